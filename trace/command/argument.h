/*
 * How the text of an option of mooncake-plan becomes a value.
 */
#ifndef MOONCAKE_ARGUMENT_H
#define MOONCAKE_ARGUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/base/choice.h"
#include "trace/base/error.h"

/* One option: how its text becomes a member of struct arguments. */
struct argument {
	const char *name;
	const char *value; /* what --help calls it; NULL: a flag */
	const char *help;
	int (*set)(const struct argument *arg, void *member, const char *text,
		   struct error *err);
	size_t offset; /* of the member */
	const struct choice *choices;
	uint64_t min, max;
	bool optional; /* the value may be left out */
};

/*
 * Each sets the member, of the type that its name or comment says. 0, or -1
 * with @err filled.
 */
typedef int argument_set(const struct argument *arg, void *member,
			 const char *text, struct error *err);

argument_set set_flag;	   /* bool */
argument_set set_switch;   /* bool, from 0, 1, or no text */
argument_set set_text;	   /* const char * */
argument_set set_choice;   /* enum of the choices */
argument_set set_number;   /* uint64_t from min to max */
argument_set set_number32; /* uint32_t, likewise */
argument_set set_percent;  /* uint32_t from 1 to 100 */
argument_set set_reach;	   /* double: a share */
argument_set set_shard;	   /* struct trace_options: its shard */

/* Lists, struct quantities; one given again takes the place of the first. */
argument_set set_policies;   /* indexes into policies */
argument_set set_numbers;    /* from min to max */
argument_set set_capacities; /* slots, or ARGUMENTS_UNBOUNDED */
argument_set set_sizes;	     /* bytes, likewise */

#endif
