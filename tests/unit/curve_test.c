/*
 * The curve of one pass against a run at every capacity, and the smallest
 * capacity that reaches a share against all of them.
 */
#include <stdlib.h>

#include "trace/plan/curve.h"
#include "trace/command/find_capacity.h"
#include "small_trace.h"
#include "unit.h"

static struct small_trace small;
static struct error err;
static const struct shape shape = { .objects = 1, .slot_bytes = 4096 };

static struct plan_stats run_at(const struct plan_options *base, uint64_t slots)
{
	struct plan_options o = *base;
	struct planner *pl;
	struct plan_stats st;

	o.slots = slots;
	pl = planner_create(&small.t, &o, &mem_private, &err);
	planner_pass(pl, NULL, &st);
	planner_free(pl);
	return st;
}

static void same_as_runs(const struct plan_options *o)
{
	struct curve c;

	CHECK_EQ(curve_make(&c, &small.t, o, &err), 0);
	CHECK_EQ(c.max_slots, small.t.nr_blocks);
	for (uint32_t slots = 1; slots <= c.max_slots; slots++) {
		struct plan_stats st = run_at(o, slots);

		CHECK_EQ(c.lookups, st.lookups);
		CHECK_EQ(c.unadmitted, st.unadmitted);
		CHECK_EQ(c.hits[slots], st.hits);
		CHECK_EQ(c.cached[slots], st.hits + st.skipped);
		CHECK_EQ(curve_writes(&c, slots), st.writes);
	}
	curve_free(&c);
}

static void curves(void)
{
	struct plan_options o;

	plan_options_init(&o);
	for (int round = 1; round < 30; round++) {
		small_at_random(&small, round);
		for (o.lookup = 0; o.lookup < 2; o.lookup++)
			for (o.admit = 1; o.admit < 4; o.admit++)
				for (o.warmup_requests = 0;
				     o.warmup_requests < 60;
				     o.warmup_requests += 29)
					same_as_runs(&o);
	}
}

static void curve_of_nothing(void)
{
	struct plan_options o;
	struct curve c;

	plan_options_init(&o);
	small_begin(&small);
	CHECK_EQ(curve_make(&c, &small.t, &o, &err), 0);
	CHECK_EQ(c.max_slots, 0);
	CHECK_EQ(c.hits[0], 0);
	curve_free(&c);
}

static bool reaches(const struct arguments *a, const struct run *run,
		    uint64_t slots)
{
	struct run at = *run;

	at.what.slots = slots;
	CHECK_EQ(run_once(&at, a, &small.t, &shape, &err), 0);
	return at.stats.hits + at.stats.memory_hits >=
	       a->reach * run->unbounded_hit_rate * at.stats.lookups - 1e-6;
}

static void reach_with(struct arguments *a, const struct policy *eviction,
		       uint64_t memory_size)
{
	struct run run = {
		.what = {
			.eviction = eviction,
			.admit = 1,
			.memory_size = memory_size,
		},
	};
	bool buckets = a->settings.plan.layout == PLAN_LAYOUT_BUCKETS;
	uint64_t unit = buckets ? a->settings.bucket_objects : 1;
	bool rises = a->settings.plan.evict.low == 100 && !buckets &&
		     eviction != policy_find("fifo") &&
		     eviction != policy_find("lfu") && !memory_size;

	CHECK_EQ(find_capacity(&run, a, &small.t, &shape, &err), 0);
	CHECK(reaches(a, &run, run.what.slots));
	CHECK_EQ(run.what.slots % unit, 0);
	CHECK(run.what.slots == (buckets ? 2 * unit : 1) ||
	      !reaches(a, &run, run.what.slots - unit));
	for (uint64_t slots = 1; rises && slots < run.what.slots; slots++)
		CHECK(!reaches(a, &run, slots));
}

static void smallest_capacity(void)
{
	static const double shares[] = { 0.01, 0.5, 0.95, 1 };
	struct arguments a = { 0 };

	settings_init(&a.settings);
	for (int round = 1; round < 10; round++) {
		small_at_random(&small, round);
		a.reach = shares[round % 4];
		for (size_t i = 0; policies[i]; i++) {
			reach_with(&a, policies[i], 0);
			reach_with(&a, policies[i], 3 * shape.slot_bytes);
		}
	}
}

static void smallest_capacity_of_layouts(void)
{
	struct arguments a = { 0 };

	settings_init(&a.settings);
	a.settings.bucket_size = UINT64_MAX;
	a.settings.bucket_objects = 3;
	a.reach = 0.9;
	for (int round = 1; round < 10; round++) {
		small_at_random(&small, round);
		a.settings.plan.layout = PLAN_LAYOUT_BUCKETS;
		a.settings.plan.evict = WATERMARKS_OFF;
		reach_with(&a, policy_find("lru"), 0);
		reach_with(&a, policy_find("fifo"), 0);
		a.settings.plan.evict = (struct watermarks){ 60, 40 };
		reach_with(&a, policy_find("lru"), 0);
		a.settings.plan.layout = PLAN_LAYOUT_FILES;
		reach_with(&a, policy_find("lru"), 0);
		reach_with(&a, policy_find("fifo"), 0);
	}
}

int main(void)
{
	RUN(curves);
	RUN(curve_of_nothing);
	RUN(smallest_capacity);
	RUN(smallest_capacity_of_layouts);
	UNIT_END();
}
