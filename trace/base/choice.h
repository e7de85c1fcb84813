/*
 * Options that take one of a few words. Each has a table of its words and of
 * the values that they stand for, which lies beside the enum of these values.
 */
#ifndef MOONCAKE_CHOICE_H
#define MOONCAKE_CHOICE_H

#include <stddef.h>

struct choice {
	const char *name; /* NULL ends the table */
	int value;
	const char *help; /* one line, as fio lists it */
};

/* Returns the entry of that name, or NULL. */
const struct choice *choice_find(const struct choice *table, const char *name);

/* Returns the word for a value, which must be in the table. */
const char *choice_name(const struct choice *table, int value);

/* Writes all words of the table, with @between between them, into @text of
 * @size bytes. */
void choice_list(const struct choice *table, const char *between, char *text,
		 size_t size);

#endif
