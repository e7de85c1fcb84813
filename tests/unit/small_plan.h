/*
 * Plans of small traces, whose steps are compared one by one, and memory that
 * runs out while they are made.
 */
#ifndef MOONCAKE_SMALL_PLAN_H
#define MOONCAKE_SMALL_PLAN_H

#include "trace/plan/plan.h"
#include "small_trace.h"
#include "unit.h"

static struct small_trace small;
static struct error err;
static struct planner *planner;
static struct plan plan;
static struct plan_stats stats;

/* Plans a pass over the trace that small_parse() makes of the text. */
static void begin(const char *text, const struct plan_options *o)
{
	small_parse(&small, text);
	planner = planner_create(&small.t, o, &mem_private, &err);
	CHECK(planner != NULL);
	CHECK_EQ(plan_alloc(&plan, small.t.nr_requests,
			    planner_pass_steps(planner), &mem_private, &err), 0);
	planner_pass(planner, &plan, &stats);
}

static void end(void)
{
	plan_free(&plan, &mem_private);
	planner_free(planner);
}

/* The steps of a request, as "r0.1=5" for a read of block 5 from slot 0 that
 * needs 1 operation; w is a write, o opens, e evicts. */
static const char *steps_of(uint32_t r)
{
	static char text[256];
	const struct plan_request *rq = &plan.requests[r];
	uint32_t nr = rq->nr_reads + rq->nr_writes + rq->nr_files;
	size_t n = 0;

	text[0] = '\0';
	for (uint32_t i = 0; i < nr; i++) {
		const struct plan_step *s = &plan_steps(&plan, rq)[i];

		n += snprintf(text + n, sizeof(text) - n, "%s%c%u.%u=%u",
			      i ? " " : "", "rwoe"[plan_kind(s)], s->slot,
			      s->need, s->block);
	}
	return text;
}

static int allocations_left;

static void *scarce_alloc(size_t bytes)
{
	return allocations_left-- > 0 ? mem_private.alloc(bytes) : NULL;
}

static const struct mem *scarce_memory(void)
{
	static struct mem scarce;

	scarce = (struct mem){ scarce_alloc, mem_private.free };
	return &scarce;
}

/* Makes a planner for three blocks while one allocation more succeeds each
 * time. Returns how often it failed. */
static int failures_without_memory(const struct plan_options *o)
{
	int room;

	small_parse(&small, "0 1 2, 1 2");
	for (room = 0;; room++) {
		allocations_left = room;
		planner = planner_create(&small.t, o, scarce_memory(), &err);
		if (planner)
			break;
		CHECK_HAS(err.text, "not enough memory to plan with 3 blocks");
	}
	planner_free(planner);
	return room;
}

#endif
