/*
 * Options that take one of a few words: the words, and the values they stand
 * for, in one table an option, which stands beside the enum of the values.
 */
#ifndef MOONCAKE_CHOICE_H
#define MOONCAKE_CHOICE_H

#include <stddef.h>

struct choice {
	const char *name; /* NULL ends the table */
	int value;
	const char *help; /* one line, as fio lists it */
};

/* The entry of that name, or NULL. */
const struct choice *choice_find(const struct choice *table, const char *name);

/* The word for a value that is in the table. */
const char *choice_name(const struct choice *table, int value);

/* All words of the table with @between between them, into @text. */
void choice_list(const struct choice *table, const char *between, char *text,
		 size_t size);

#endif
