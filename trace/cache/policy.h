/*
 * Eviction policies. Each is a file behind this interface and a line in the
 * table of policy.c. A policy knows what is cached by its place, which is a
 * slot or a bucket.
 */
#ifndef MOONCAKE_POLICY_H
#define MOONCAKE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/error.h"
#include "trace/base/mem.h"

#define POLICY_NEXT_PASS 32 /* bits of a time: see insert */

struct policy {
	const char *name;
	const char *help;  /* one line */
	bool needs_future; /* insert and touch are given the next use */
	bool of_buckets;   /* can choose among buckets as well as blocks */

	/* Makes the state for places 0 .. nr_places - 1, of which none is in
	 * use. Returns NULL when there is no memory. */
	void *(*create)(uint32_t nr_places, const struct mem *mem);
	void (*destroy)(void *state, const struct mem *mem);

	/*
	 * Something new is in @place. @next_use says when it is used next: the
	 * smaller, the sooner; always 0 without needs_future. Where it has bits
	 * above POLICY_NEXT_PASS it is not used in this pass any more, and
	 * those below are when it is used in the next one.
	 */
	void (*insert)(void *state, uint32_t place, uint64_t next_use);
	/* What is in @place is used again. */
	void (*touch)(void *state, uint32_t place, uint64_t next_use);
	/* Chooses a place, forgets it and returns it. There is one in use. */
	uint32_t (*evict)(void *state);
	/* Another pass begins: whatever is cached is not used in the one before
	 * any more. NULL without needs_future. */
	void (*begin_pass)(void *state);
};

/* The table, ended by NULL. */
extern const struct policy *const policies[];

/* Returns the policy of that name, or NULL. */
const struct policy *policy_find(const char *name);

/* Returns the policy that eviction=@name means, or NULL with @err filled.
 * @dashes is what the error puts before the option's name: "" or "--". */
const struct policy *policy_named(const char *name, const char *dashes,
				  struct error *err);

#endif
