/* The options that mooncake-plan has beside those of settings_tables, and
 * those that take lists in the command alone. */
#ifndef MOONCAKE_ARGUMENT_H
#define MOONCAKE_ARGUMENT_H

#include <stddef.h>
#include <stdint.h>

#include "trace/options/option.h"

/* One option: how its text becomes a member of struct arguments. */
struct argument {
	const char *name;  /* with dashes; NULL ends the table */
	const char *value; /* what --help calls it; NULL: a flag */
	const char *help;
	int (*set)(const struct argument *arg, void *member, const char *text,
		   struct error *err);
	size_t offset; /* of the member */
	uint64_t min, max;
	const struct option_entry *shared; /* or NULL */
	bool optional;			   /* the value may be left out */
};

extern const struct argument own_arguments[];

#endif
