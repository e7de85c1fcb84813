#include "trace/plan/planner.h"

#define NO_BLOCK UINT32_MAX

static void store(struct plan_run *run, uint32_t block)
{
	struct planner *pl = run->pl;

	if (pl->lookups && pl->lookups[block] < pl->opt.admit) {
		run->stats->unadmitted++;
		return;
	}
	storage_write(run, block, planner_next_use(pl, block));
}

/* Takes the block into memory, if there is such a tier. */
static void promote(struct plan_run *run, uint32_t block)
{
	struct planner *pl = run->pl;
	uint32_t ops, victim = NO_BLOCK;

	if (!pl->memory.places.nr)
		return;
	if (cache_excess(&pl->memory))
		victim = cache_evict(&pl->memory, 0).block;
	cache_insert(&pl->memory, block, 0, &ops);
	if (victim != NO_BLOCK && pl->opt.offload == PLAN_OFFLOAD_EVICT &&
	    storage_find(pl, victim) == INDEX_NONE)
		store(run, victim);
}

static void miss(struct plan_run *run, uint32_t block)
{
	struct planner *pl = run->pl;

	if (!pl->memory.places.nr || pl->opt.offload == PLAN_OFFLOAD_THROUGH)
		store(run, block);
	promote(run, block);
}

static inline void tally_lookup(struct plan_run *run, uint32_t block)
{
	if (run->tallies)
		run->nr_first += tally_see(&run->pl->tally, block);
}

/* Counts a lookup of a block that is cached. Returns whether it is a hit, which
 * it is not behind the first miss of a prefix. */
static inline bool count_cached(struct plan_run *run, uint32_t block,
				bool first)
{
	run->nr_cached++;
	run->last_cached = true;
	if (run->missed && run->pl->opt.lookup == PLAN_LOOKUP_PREFIX)
		return false;
	if (run->tallies) {
		uint64_t hits = tally_hit(&run->pl->tally, block);

		if (hits > run->hottest)
			run->hottest = hits;
	}
	run->hit_beyond_first |= !first;
	return true;
}

static inline void count_missed(struct plan_run *run)
{
	run->last_cached = false;
	run->missed = true;
}

/* Looks up a block where nothing but slots would have to be asked or told. */
static inline void look_up_plain(struct plan_run *run, uint32_t block,
				 bool first)
{
	struct cache *storage = &run->pl->storage;
	uint32_t ticket = cache_find(storage, block);

	tally_lookup(run, block);
	if (ticket == INDEX_NONE) {
		storage_write_slot(run, block, 0);
		count_missed(run);
		return;
	}
	ticket = cache_touch(storage, ticket, 0);
	if (count_cached(run, block, first))
		storage_read(run, block, ticket);
}

/* Looks up a block where there is room for all, and nothing to do but count:
 * the first @held of them are cached. */
static inline void count_plain(struct plan_run *run, uint32_t block, bool first,
			       uint32_t *held)
{
	tally_lookup(run, block);
	if (block >= *held) {
		++*held;
		run->nr_writes++;
		count_missed(run);
	} else {
		run->nr_reads += count_cached(run, block, first);
	}
}

/* Looks up a block that memory has. That does not use storage, but changes when
 * the block is used there next. */
static void find_in_memory(struct plan_run *run, uint32_t block, bool first,
			   uint32_t in_memory, uint32_t ticket)
{
	struct planner *pl = run->pl;

	cache_touch(&pl->memory, in_memory, 0);
	if (ticket != INDEX_NONE && pl->future.after)
		storage_touch(pl, ticket, planner_next_use(pl, block));
	run->nr_memory_hits += count_cached(run, block, first);
}

static void find_stored(struct plan_run *run, uint32_t block, bool first,
			uint32_t ticket)
{
	ticket = storage_touch(run->pl, ticket,
			       planner_next_use(run->pl, block));
	if (count_cached(run, block, first)) {
		storage_read(run, block, ticket);
		promote(run, block);
	}
}

static void look_up(struct plan_run *run, uint32_t block, bool first)
{
	struct planner *pl = run->pl;
	uint32_t ticket = storage_find(pl, block);
	uint32_t in_memory = pl->memory.places.nr ?
				     cache_find(&pl->memory, block) :
				     INDEX_NONE;

	if (pl->lookups)
		pl->lookups[block]++;
	tally_lookup(run, block);
	if (!run->missed && in_memory == INDEX_NONE &&
	    pl->opt.probe == PLAN_PROBE_STAT)
		run->nr_probes++;
	if (in_memory != INDEX_NONE) {
		find_in_memory(run, block, first, in_memory, ticket);
	} else if (ticket != INDEX_NONE) {
		find_stored(run, block, first, ticket);
	} else {
		miss(run, block);
		count_missed(run);
	}
}

static bool is_plain(const struct planner *pl)
{
	return !storage_in_buckets(pl) && !pl->memory.places.nr &&
	       !pl->lookups && !pl->future.after &&
	       pl->opt.probe == PLAN_PROBE_NONE;
}

/* Most plans are plain. All is inlined here for a copy of the run, to which
 * nothing points, so that its counts are in registers. */
static __attribute__((flatten)) void look_up_all_plain(struct plan_run *run,
						       const uint32_t *blocks)
{
	struct plan_run copy = *run;

	for (uint32_t i = 0; i < copy.nr_lookups; i++)
		look_up_plain(&copy, blocks[i], !i);
	*run = copy;
}

static __attribute__((flatten)) void count_all_plain(struct plan_run *run,
						     const uint32_t *blocks)
{
	struct plan_run copy = *run;
	struct places *places = &run->pl->storage.places;
	uint32_t held = places->fresh;

	for (uint32_t i = 0; i < copy.nr_lookups; i++)
		count_plain(&copy, blocks[i], !i, &held);
	*run = copy;
	places->fresh = held;
	places->used = held;
}

void planner_look_up(struct plan_run *run, const struct trace_request *rq)
{
	struct planner *pl = run->pl;
	const uint32_t *blocks = &pl->trace->lookups[rq->first_lookup];

	if (is_plain(pl)) {
		if (!run->steps && pl->storage.in_order)
			count_all_plain(run, blocks);
		else
			look_up_all_plain(run, blocks);
		return;
	}
	if (pl->opt.probe == PLAN_PROBE_LIST)
		run->nr_probes = run->nr_lookups > 0;
	for (uint32_t i = 0; i < run->nr_lookups; i++) {
		if (pl->future.after)
			future_advance(&pl->future, rq->first_lookup + i,
				       blocks[i]);
		look_up(run, blocks[i], !i);
	}
}
