/*
 * Fetches into the CPU's cache what the steps that come soon need: each step,
 * and the state of its slot. Both are mostly in memory, or in the cache of the
 * job that planned the step or used the slot last.
 *
 * All is inlined at any rate: compilers leave out calls of functions that change
 * nothing.
 */
#ifndef MOONCAKE_FETCH_H
#define MOONCAKE_FETCH_H

#include "engine/replay/replay.h"
#include "engine/replay/request.h"

#define FETCH_STEPS 128 /* how many steps ahead a step is fetched */
#define FETCH_SLOTS 32	/* and the state of its slot */

/* With each step that begins. @end is the end of the steps that this job does,
 * as far as that is known. */
static inline __attribute__((always_inline)) void fetch_ahead(
	const struct replay *r, const struct plan_step *step,
	const struct plan_step *end)
{
	if (step + FETCH_SLOTS < end)
		__builtin_prefetch(&r->slots[step[FETCH_SLOTS].slot]);
	if (step + FETCH_STEPS < end)
		__builtin_prefetch(step + FETCH_STEPS);
}

/* With a request that begins and was not known before. */
static inline __attribute__((always_inline)) void fetch_first(
	const struct replay *r, const struct request *req)
{
	unsigned int i;

	for (i = 0; i < FETCH_SLOTS && i < req->nr_steps; i++)
		__builtin_prefetch(&r->slots[req->steps[i].slot]);
}

#endif
