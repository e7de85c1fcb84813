#include "trace/cache/buckets.h"
#include "trace/command/find_capacity.h"
#include "trace/plan/curve.h"
#include "trace/plan/plan_json.h"

/* Do so many hits reach the share? Shares such as 0.95 have no exact binary
 * form. */
static bool enough(uint64_t hits, uint64_t unbounded, double share)
{
	return hits >= share * unbounded * (1 - 1e-12);
}

static uint64_t hits_of(const struct plan_stats *st)
{
	return st->hits + st->memory_hits;
}

static int from_curve(struct run *run, const struct arguments *a,
		      const struct trace *t, uint64_t unbounded,
		      struct error *err)
{
	struct plan_options o = a->settings.plan;
	struct curve c;
	uint32_t slots = 1;

	o.admit = run->what.admit;
	if (curve_make(&c, t, &o, err))
		return -1;
	while (slots < c.max_slots &&
	       !enough(c.hits[slots], unbounded, a->reach))
		slots++;
	curve_free(&c);
	run->what.slots = slots;
	return 0;
}

/* Bisects for the capacity. With buckets only whole ones count, so no other
 * capacity is tried. */
static int bisect(struct run *run, const struct arguments *a,
		  const struct trace *t, const struct shape *shape,
		  uint64_t unbounded, struct error *err)
{
	const struct plan_options o = run_plan_options(run, a, shape);
	bool buckets = o.layout == PLAN_LAYOUT_BUCKETS;
	uint32_t unit = buckets ? o.bucket_blocks : 1;
	uint64_t low = buckets ? 2 : 1;
	uint64_t high = buckets_wanted(t->nr_blocks, unit) * UINT64_C(100) /
				o.evict.high +
			1;

	high = high > low ? high : low;
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		run->what.slots = middle * unit;
		if (run_once(run, a, t, shape, err))
			return -1;
		if (enough(hits_of(&run->stats), unbounded, a->reach))
			high = middle;
		else
			low = middle + 1;
	}
	run->what.slots = high * unit;
	return 0;
}

/* Can the capacity be read off the curve? That is of lru without a memory tier,
 * and of blocks that are evicted one by one. */
static bool curve_has(const struct run *run, const struct arguments *a)
{
	return run->what.eviction == policy_find("lru") &&
	       !run->what.memory_size &&
	       a->settings.plan.layout != PLAN_LAYOUT_BUCKETS &&
	       a->settings.plan.evict.low == 100;
}

int find_capacity(struct run *run, const struct arguments *a,
		  const struct trace *t, const struct shape *shape,
		  struct error *err)
{
	uint64_t unbounded;

	run->what.slots = ARGUMENTS_UNBOUNDED;
	if (run_once(run, a, t, shape, err))
		return -1;
	unbounded = hits_of(&run->stats);
	run->unbounded_hit_rate = plan_hit_rate(&run->stats);
	if (curve_has(run, a) ? from_curve(run, a, t, unbounded, err) :
				bisect(run, a, t, shape, unbounded, err))
		return -1;
	return run_once(run, a, t, shape, err);
}
