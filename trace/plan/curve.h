/*
 * The whole curve of lru without a memory tier, hits at every capacity, from
 * one pass in O(n log n): a block is cached at a capacity if no more than that
 * many different blocks were used since its latest use, itself included (its
 * stack distance). With lookup=prefix a hit needs that of every lookup before
 * it in the request too. Lookups that admit leaves out use nothing.
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

/*
 * Of @o, lookup, admit and warmup_requests count. 0, or -1 with @err filled.
 */
int curve_make(struct curve *c, const struct trace *t,
	       const struct plan_options *o, struct error *err);
void curve_free(struct curve *c);

static inline uint64_t curve_writes(const struct curve *c, uint32_t slots)
{
	return c->lookups - c->unadmitted - c->cached[slots];
}

#endif
