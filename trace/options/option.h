/*
 * An option is one entry in a table: its name, its words, its help, and where
 * its value lies. fio's option, that of mooncake-plan and the member of
 * "options" in the plan's JSON are all made from that entry.
 */
#ifndef MOONCAKE_OPTION_H
#define MOONCAKE_OPTION_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "trace/base/choice.h"
#include "trace/base/error.h"

enum option_kind {
	OPTION_TEXT, /* a char pointer; NULL where it is not given */
	OPTION_BOOL, /* 32 bits, 0 or 1 */
	OPTION_U32,
	OPTION_PERCENT, /* 32 bits, 1 to 100 */
	OPTION_U64,
	OPTION_TIME, /* 64 bits, microseconds; for fio alone */
	OPTION_WORD, /* an enum: one of the words */
};

struct option_entry {
	const char *name; /* with underscores; NULL ends a table */
	const char *title;
	const char *help;
	const char *value;    /* what help calls the value; NULL: by the kind */
	const char *fallback; /* the default as one would write it, or NULL */
	enum option_kind kind;
	size_t offset; /* of the value, in what the table is about */
	const struct choice *words;
	int min;
	uint64_t max;	    /* 0: what the kind holds */
	bool decides_group; /* jobs that differ in it are two replay groups */
	bool left_out;	    /* of the plan's JSON */
};

#define OPTION_BYTES(kind) \
	((kind) == OPTION_TEXT			       ? sizeof(char *) : \
	 (kind) == OPTION_U64 || (kind) == OPTION_TIME ? 8 : \
							 4)

/* Where the value lies, and of which kind it is. Where the member has another
 * size than that kind, this does not compile. */
#define OPTION_AT(owner, member, k) \
	.kind = k, .offset = offsetof(owner, member) + \
			     0 * sizeof(char[sizeof(((owner *)0)->member) == \
							     OPTION_BYTES(k) ? \
						     1 : \
						     -1])

/* Writes what help calls the value: "N", "ms|s". */
void option_value(const struct option_entry *opt, char *text, size_t size);

/*
 * Sets the option in @values to what @text says; the text is kept, not copied.
 * Returns 0, or -1 with @err filled, which calls the option @name.
 */
int option_set(const struct option_entry *opt, void *values, const char *name,
	       const char *text, struct error *err);

/* Adds each option of a table to @obj, under its name. */
void options_put(struct json_object *obj, const struct option_entry *table,
		 const void *values);

/* Does the same, but only for options that decide which jobs are one replay
 * group. */
void options_put_deciding(struct json_object *obj,
			  const struct option_entry *table, const void *values);

#endif
