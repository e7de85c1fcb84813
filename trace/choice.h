/*
 * Options that take one of a few words: the words, and the values they stand
 * for, in one table per option.
 */
#ifndef MOONCAKE_CHOICE_H
#define MOONCAKE_CHOICE_H

struct choice {
	const char *name;	/* NULL ends the table */
	int value;
};

extern const struct choice choice_unit[];
extern const struct choice choice_partial[];
extern const struct choice choice_bad_lines[];
extern const struct choice choice_ranks[];
extern const struct choice choice_window[];
extern const struct choice choice_lookup[];
extern const struct choice choice_offload[];

/* The entry of that name, or NULL. */
const struct choice *choice_find(const struct choice *table, const char *name);

/* The word for a value that is in the table. */
const char *choice_name(const struct choice *table, int value);

#endif
