#include <inttypes.h>

#include "trace/plan/planner.h"

#define MAX_BLOCKS (UINT32_C(1) << 31) /* what a step can name */

static uint32_t longest_request(const struct trace *t)
{
	uint32_t max = 0;

	for (uint32_t r = 0; r < t->nr_requests; r++)
		if (t->requests[r].nr_lookups > max)
			max = t->requests[r].nr_lookups;
	return max;
}

uint64_t planner_slots(const struct planner *pl)
{
	return pl->storage.capacity;
}

bool planner_reuses_slots(const struct planner *pl)
{
	return pl->storage.capacity < pl->trace->nr_blocks;
}

static int allocate(struct planner *pl)
{
	const struct trace *t = pl->trace;
	const struct plan_options *o = &pl->opt;
	const struct mem *mem = pl->mem;
	bool admit = o->admit > 1;

	if (cache_init(&pl->storage, o->eviction, t->nr_blocks, o->slots, mem))
		return -1;
	if (o->memory_blocks && cache_init(&pl->memory, policy_find("lru"),
					   t->nr_blocks, o->memory_blocks, mem))
		return -1;
	if (o->eviction->needs_future && future_init(&pl->future, t, mem))
		return -1;
	if (admit)
		pl->lookups = mem->alloc(t->nr_blocks * sizeof(*pl->lookups));
	pl->slots = mem->alloc(pl->storage.capacity * sizeof(*pl->slots));
	pl->tally = mem->alloc(t->nr_blocks * sizeof(*pl->tally));
	pl->writes = mem->alloc(pl->max_lookups * sizeof(*pl->writes));
	return pl->slots && pl->tally && pl->writes && (!admit || pl->lookups) ?
		       0 :
		       -1;
}

struct planner *planner_create(const struct trace *t,
			       const struct plan_options *o,
			       const struct mem *mem, struct error *err)
{
	struct planner *pl;

	if (t->nr_blocks >= MAX_BLOCKS) {
		fail(err,
		     "%" PRIu32 " different blocks are more than a "
		     "plan can hold (%" PRIu32 "): cut the trace with "
		     "max_requests= or shard=",
		     t->nr_blocks, MAX_BLOCKS - 1);
		return NULL;
	}
	pl = mem->alloc(sizeof(*pl));
	if (pl) {
		pl->trace = t;
		pl->mem = mem;
		pl->opt = *o;
		pl->max_lookups = longest_request(t);
		if (!allocate(pl))
			return pl;
		planner_free(pl);
	}
	fail(err,
	     "not enough memory to plan with %" PRIu32 " blocks: "
	     "cut the trace with max_requests=",
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
	mem->free(pl->slots, pl->storage.capacity * sizeof(*pl->slots));
	mem->free(pl->tally, t->nr_blocks * sizeof(*pl->tally));
	mem->free(pl->lookups, t->nr_blocks * sizeof(*pl->lookups));
	mem->free(pl->writes, pl->max_lookups * sizeof(*pl->writes));
	future_exit(&pl->future, t, mem);
	cache_exit(&pl->memory, mem);
	cache_exit(&pl->storage, mem);
	mem->free(pl, sizeof(*pl));
}
