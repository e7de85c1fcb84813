#include <inttypes.h>

#include "trace/plan/planner.h"

#define MAX_SLOTS (UINT32_C(1) << 31) /* what a step can name */

static uint32_t longest_request(const struct trace *t)
{
	uint32_t max = 0;

	for (uint32_t r = 0; r < t->nr_requests; r++) {
		uint32_t nr = trace_lookups_of(t, r);

		if (nr > max)
			max = nr;
	}
	return max;
}

uint64_t planner_slots(const struct planner *pl)
{
	if (pl->opt.layout == PLAN_LAYOUT_BUCKETS)
		return (uint64_t)pl->buckets.places.nr *
		       pl->buckets.bucket_blocks;
	return pl->storage.places.nr;
}

uint32_t planner_bucket_blocks(const struct planner *pl)
{
	return pl->buckets.bucket_blocks;
}

uint64_t planner_future_bytes(const struct planner *pl)
{
	return pl->future.after ? future_bytes(pl->trace) : 0;
}

bool planner_reuses_slots(const struct planner *pl)
{
	return planner_slots(pl) < pl->trace->nr_blocks;
}

/* A lookup makes one step at most, but two where a block is read, goes into
 * memory and pushes out another that has to be written. */
uint64_t planner_steps(const struct planner *pl, uint64_t lookups)
{
	bool two =
		pl->opt.memory_blocks && pl->opt.offload == PLAN_OFFLOAD_EVICT;

	return (two ? 2 : 1) * lookups + storage_file_steps(pl, lookups);
}

/* Where the ring ends as many steps again may be skipped. */
uint64_t planner_request_steps(const struct planner *pl)
{
	return 2 * planner_steps(pl, pl->max_lookups);
}

uint64_t planner_pass_steps(const struct planner *pl)
{
	return planner_steps(pl, pl->trace->nr_lookups) +
	       planner_request_steps(pl);
}

static int allocate(struct planner *pl)
{
	const struct trace *t = pl->trace;
	const struct plan_options *o = &pl->opt;
	const struct mem *mem = pl->mem;
	bool admit = o->admit > 1;

	if (storage_init(pl))
		return -1;
	if (o->memory_blocks &&
	    cache_init(&pl->memory, policy_find("lru"), t->nr_blocks, false,
		       o->memory_blocks, WATERMARKS_OFF, mem))
		return -1;
	if (o->eviction->needs_future && pl->storage.evicts &&
	    future_init(&pl->future, t, mem))
		return -1;
	if (admit)
		pl->lookups = mem->alloc(t->nr_blocks * sizeof(*pl->lookups));
	if (o->tallies &&
	    tally_init(&pl->tally, t->nr_blocks, t->nr_lookups, mem))
		return -1;
	pl->max_lookups = longest_request(t);
	pl->max_store_steps =
		pl->max_lookups + storage_file_steps(pl, pl->max_lookups);
	pl->store_steps =
		mem->alloc(pl->max_store_steps * sizeof(*pl->store_steps));
	return pl->store_steps && (!admit || pl->lookups) ? 0 : -1;
}

static int check_buckets(const struct plan_options *o, struct error *err)
{
	uint64_t buckets = o->slots / o->bucket_blocks;

	if (!o->eviction->of_buckets)
		return fail(err,
			    "eviction=%s chooses among blocks, and layout=buckets evicts whole buckets: use eviction=fifo or lru",
			    o->eviction->name);
	if (buckets < 2)
		return fail(err,
			    "layout=buckets needs room for at least two buckets, and a capacity of %" PRIu64
			    " slots has that for %" PRIu64 " of %" PRIu32
			    " blocks: raise size=, or lower bucket_size= or bucket_objects=",
			    o->slots, buckets, o->bucket_blocks);
	return 0;
}

/* Returns how many blocks a plan can't have. With buckets there may be almost
 * twice as many slots as blocks, since the last bucket need not be full. */
static uint32_t max_blocks(const struct plan_options *o)
{
	return o->layout == PLAN_LAYOUT_BUCKETS ? MAX_SLOTS / 2 : MAX_SLOTS;
}

static int check(const struct trace *t, const struct plan_options *o,
		 struct error *err)
{
	if (t->nr_blocks >= max_blocks(o))
		return fail(err,
			    "%" PRIu32
			    " different blocks are more than a plan can hold (%" PRIu32
			    "): cut the trace with max_requests= or shard=",
			    t->nr_blocks, max_blocks(o) - 1);
	if (o->evict.high < 1 || o->evict.high > 100)
		return fail(err, "evict_high=%u: give percent from 1 to 100",
			    o->evict.high);
	if (o->evict.low < 1 || o->evict.low > o->evict.high)
		return fail(err,
			    "evict_low=%u: give percent from 1 to evict_high=%u",
			    o->evict.low, o->evict.high);
	return o->layout == PLAN_LAYOUT_BUCKETS ? check_buckets(o, err) : 0;
}

struct planner *planner_create(const struct trace *t,
			       const struct plan_options *o,
			       const struct mem *mem, struct error *err)
{
	struct planner *pl;

	if (check(t, o, err))
		return NULL;
	pl = mem->alloc(sizeof(*pl));
	if (pl) {
		pl->trace = t;
		pl->mem = mem;
		pl->opt = *o;
		if (!allocate(pl))
			return pl;
		planner_free(pl);
	}
	fail(err,
	     "not enough memory to plan with %" PRIu32
	     " blocks: cut the trace with max_requests=",
	     t->nr_blocks);
	return NULL;
}

void planner_free(struct planner *pl)
{
	const struct trace *t;
	const struct mem *mem;

	if (!pl)
		return;
	t = pl->trace;
	mem = pl->mem;
	tally_exit(&pl->tally, mem);
	mem->free(pl->lookups, t->nr_blocks * sizeof(*pl->lookups));
	mem->free(pl->store_steps,
		  pl->max_store_steps * sizeof(*pl->store_steps));
	future_exit(&pl->future, t, mem);
	cache_exit(&pl->memory, mem);
	storage_exit(pl);
	mem->free(pl, sizeof(*pl));
}
