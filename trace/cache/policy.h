/*
 * Eviction policies: one file each behind this interface. They know what is
 * cached by its place, a slot or a bucket. A new policy is one
 * new file and one line in the table of policy.c.
 */
#ifndef MOONCAKE_POLICY_H
#define MOONCAKE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/error.h"
#include "trace/base/mem.h"

#define POLICY_NO_BLOCK UINT32_MAX

struct policy {
	const char *name;
	const char *help;  /* one line */
	bool needs_future; /* insert and touch are given the next use */
	bool of_buckets;   /* can choose among buckets as well as blocks */

	/* State for places 0 .. nr_places - 1, none in use; NULL when there is
	 * no memory. */
	void *(*create)(uint32_t nr_places, const struct mem *mem);
	void (*destroy)(void *state, const struct mem *mem);

	/* What is in @place is new. @next_use orders future uses: smaller is
	 * sooner; 0 unless needs_future. */
	void (*insert)(void *state, uint32_t place, uint64_t next_use);
	/* What is in @place is used again. */
	void (*touch)(void *state, uint32_t place, uint64_t next_use);
	/* Picks a victim, takes it out and returns it. Never called empty. */
	uint32_t (*evict)(void *state);
};

/* The table, ended by NULL, and the policy of that name or NULL. */
extern const struct policy *const policies[];
const struct policy *policy_find(const char *name);

/*
 * The policy that the option eviction= names; NULL with @err filled where
 * there is none of that name. @dashes stands before the option there.
 */
const struct policy *policy_named(const char *name, const char *dashes,
				  struct error *err);

#endif
