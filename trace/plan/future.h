/*
 * When each block is looked up next, for policies that need to know. A time is
 * the index of a lookup in the pass. A block that is not looked up again counts
 * as looked up behind the end of the pass, and of two such blocks the one that
 * was looked up later counts as further away.
 */
#ifndef MOONCAKE_FUTURE_H
#define MOONCAKE_FUTURE_H

#include "trace/base/mem.h"
#include "trace/cache/policy.h"
#include "trace/load/trace.h"

struct future {
	uint32_t *after;  /* for each lookup, the next one of its block, in
			   * this pass or, from its beginning, in the next */
	uint32_t *latest; /* for each block, its latest lookup */
	uint32_t now;	  /* the lookup that is made */
};

/* Finds when each lookup's block is looked up next. Returns 0, or -1 when there
 * is no memory; nothing need be freed then. */
int future_init(struct future *f, const struct trace *t, const struct mem *mem);
void future_exit(struct future *f, const struct trace *t,
		 const struct mem *mem);

/* Returns how many bytes it takes for a trace. */
uint64_t future_bytes(const struct trace *t);

/* Goes on to lookup @i, which is of @block. */
static inline void future_advance(struct future *f, uint32_t i, uint32_t block)
{
	f->latest[block] = i;
	f->now = i;
}

/*
 * Returns when a block that was looked up is looked up next, as policy.h has
 * it. Where its next lookup stands before its latest one, that was its last in
 * its pass; and if it is still to come, the pass is over.
 */
static inline uint64_t future_next_use(const struct future *f, uint32_t block)
{
	uint32_t latest = f->latest[block], after = f->after[latest];

	if (after > latest || after > f->now)
		return after;
	return (latest + UINT64_C(1)) << POLICY_NEXT_PASS | after;
}

#endif
