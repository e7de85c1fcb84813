/*
 * The whole curve of lru without a memory tier: the hits at every capacity,
 * from one pass in O(n log n). A block is cached at a capacity if no more than
 * that many different blocks were used since its latest use, itself included
 * (its stack distance). With lookup=prefix a lookup is a hit only where all
 * before it in the request are. Lookups that admit= leaves out use nothing.
 */
#ifndef MOONCAKE_CURVE_H
#define MOONCAKE_CURVE_H

#include "trace/plan/plan.h"

struct curve {
	uint64_t *hits;	    /* at capacity 0 .. max_slots */
	uint64_t *cached;   /* hits and skipped, likewise */
	uint32_t max_slots; /* the blocks of the trace: more is no use */
	uint64_t lookups;
	uint64_t unadmitted;
};

/* Makes the curve. Of @o, lookup, admit and warmup_requests count. Returns 0,
 * or -1 with @err filled; nothing need be freed then. */
int curve_make(struct curve *c, const struct trace *t,
	       const struct plan_options *o, struct error *err);
void curve_free(struct curve *c);

/* Returns how many blocks a cache of that many slots writes. */
static inline uint64_t curve_writes(const struct curve *c, uint32_t slots)
{
	return c->lookups - c->unadmitted - c->cached[slots];
}

#endif
