/*
 * The inside of a planner, for planner.c and pass.c alone.
 */
#ifndef MOONCAKE_PLANNER_H
#define MOONCAKE_PLANNER_H

#include "trace/cache/cache.h"
#include "trace/cache/future.h"
#include "trace/plan/plan.h"

/* The operations on a slot, in the order of the plan. */
struct slot {
	uint32_t ops;	 /* planned so far */
	uint32_t filled; /* of these, up to the write of the content */
};

struct planner {
	const struct trace *trace;
	const struct mem *mem;
	struct plan_options opt;
	struct cache storage;
	struct cache memory;  /* of capacity 0 without a memory tier */
	struct future future; /* empty unless the eviction policy needs it */
	struct slot *slots;   /* of storage */
	uint32_t *lookups;    /* of each block, in all passes; for admit */
	uint32_t *tally;      /* each block: 1 + its hits, 0 if not seen */
	struct plan_step *writes; /* of the request being planned */
	uint32_t max_lookups;	  /* of any request */
	bool warm;		  /* a pass has begun */
};

#endif
