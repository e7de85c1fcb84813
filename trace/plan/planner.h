/*
 * The inside of a planner, for the files of this folder that make plans.
 * Storage is what a layout makes of reads and writes of blocks: their places,
 * evictions, and the order of the steps on each place.
 */
#ifndef MOONCAKE_PLANNER_H
#define MOONCAKE_PLANNER_H

#include "trace/cache/buckets.h"
#include "trace/cache/cache.h"
#include "trace/plan/future.h"
#include "trace/plan/plan.h"
#include "trace/plan/tally.h"

struct planner {
	const struct trace *trace;
	const struct mem *mem;
	struct plan_options opt;
	/* Storage is one of these; the other is empty. */
	struct cache storage;
	struct buckets buckets;
	struct cache memory;  /* of no places without a memory tier */
	struct future future; /* empty unless the eviction policy needs it */
	struct order *orders; /* of each bucket */
	uint32_t *lookups;    /* of each block, in all passes; for admit */
	struct tally tally;   /* empty without tallies */
	/* The steps that follow the reads of the request that is being planned:
	 * writes, openings and evictions. */
	struct plan_step *store_steps;
	uint64_t max_store_steps;  /* of any request */
	uint32_t max_lookups;	   /* likewise */
	bool warm;		   /* a pass has begun */
	struct plan_stats unasked; /* of requests that nobody asks about */
};

/* A request, while it is planned. */
struct plan_run {
	struct planner *pl;
	struct plan_stats *stats;
	struct plan_step *steps; /* NULL: statistics only */
	uint32_t nr_lookups;
	uint32_t nr_cached; /* lookups of blocks that a tier had */
	uint32_t nr_reads;
	uint32_t nr_memory_hits;
	uint32_t nr_writes;
	uint32_t nr_rewrites; /* of slots that held a block */
	uint32_t nr_files;    /* openings and evictions */
	uint32_t nr_probes;
	uint32_t nr_first; /* lookups of blocks that were not seen before */
	uint64_t hottest;  /* most hits of a block that is hit */
	bool tallies;	   /* what the statistics say of blocks is kept */
	bool last_cached;  /* the latest lookup was of a block that is cached */
	bool hit_beyond_first;
	bool missed;
};

static inline uint64_t planner_next_use(const struct planner *pl,
					uint32_t block)
{
	return pl->future.after ? future_next_use(&pl->future, block) : 0;
}

/* Returns how many steps so many lookups make at the most. */
uint64_t planner_steps(const struct planner *pl, uint64_t lookups);

/* Looks up the blocks of a request, and notes in @run what comes of it. */
void planner_look_up(struct plan_run *run, const struct trace_request *rq);

/* Makes storage as the planner's options say. Returns 0, or -1 when there is no
 * memory; storage_exit() is due either way. */
int storage_init(struct planner *pl);
void storage_exit(struct planner *pl);

/* Returns how many openings and evictions so many writes cause at the most,
 * whatever storage holds before. */
uint64_t storage_file_steps(const struct planner *pl, uint64_t writes);

static inline bool storage_in_buckets(const struct planner *pl)
{
	return pl->opt.layout == PLAN_LAYOUT_BUCKETS;
}

/* Returns the ticket of the block, as cache_find() does, with buckets its slot,
 * or INDEX_NONE. */
static inline uint32_t storage_find(const struct planner *pl, uint32_t block)
{
	return storage_in_buckets(pl) ? index_find(&pl->buckets.slots, block) :
					cache_find(&pl->storage, block);
}

/* Notes that the block that storage_find() has found is used, and returns what
 * it would return now. @next_use is as in policy.h. */
static inline uint32_t storage_touch(struct planner *pl, uint32_t ticket,
				     uint64_t next_use)
{
	if (!storage_in_buckets(pl))
		return cache_touch(&pl->storage, ticket, next_use);
	buckets_touch(&pl->buckets, ticket);
	return ticket;
}

/* Counts one more operation on a content: see PLAN_ROUND. */
static inline void storage_count(struct order *order)
{
	if (++order->ops - order->filled == PLAN_ROUND)
		order->ops = order->filled;
}

static inline void storage_set_step(struct plan_step *step, enum plan_kind kind,
				    uint32_t slot, uint32_t block,
				    uint32_t need)
{
	step->write = kind & 1;
	step->file = kind >> 1;
	step->slot = slot;
	step->block = block;
	step->need = need;
}

/* Adds a step of the store. It is kept apart for now: in the plan it follows
 * all reads of the request. */
static inline void storage_add(struct plan_run *run, enum plan_kind kind,
			       uint32_t slot, uint32_t block, uint32_t need)
{
	uint32_t at = run->nr_writes + run->nr_files;

	if (run->steps)
		storage_set_step(&run->pl->store_steps[at], kind, slot, block,
				 need);
	if (kind == PLAN_WRITE)
		run->nr_writes++;
	else
		run->nr_files++;
}

/* Reads the block that storage_find() has found. */
static inline void storage_read(struct plan_run *run, uint32_t block,
				uint32_t ticket)
{
	struct planner *pl = run->pl;
	uint32_t slot = ticket, need = 1;

	if (storage_in_buckets(pl)) {
		struct order *order =
			&pl->orders[slot / pl->buckets.bucket_blocks];

		need = order->filled;
		storage_count(order);
	} else if (pl->storage.evicts) {
		struct cached *cached = &pl->storage.cached[ticket];

		slot = cached->slot;
		need = cached->order.filled;
		storage_count(&cached->order);
	}
	if (run->steps)
		storage_set_step(&run->steps[run->nr_reads], PLAN_READ, slot,
				 block, need);
	run->nr_reads++;
}

static inline void storage_evict_slot(struct plan_run *run)
{
	struct planner *pl = run->pl;
	bool unlinks = pl->opt.layout == PLAN_LAYOUT_FILES;
	struct cached victim = cache_evict(&pl->storage, unlinks);

	run->stats->evictions++;
	if (unlinks)
		storage_add(run, PLAN_EVICT, victim.slot, victim.block,
			    victim.order.ops);
}

/* Writes a block where there are no buckets, and first evicts what must go for
 * it. @next_use is as in policy.h. */
static inline void storage_write_slot(struct plan_run *run, uint32_t block,
				      uint64_t next_use)
{
	struct cache *storage = &run->pl->storage;
	uint32_t slot, need;

	for (uint32_t n = cache_excess(storage); n; n--)
		storage_evict_slot(run);
	run->nr_rewrites += places_used_before(&storage->places);
	slot = cache_insert(storage, block, next_use, &need);
	storage_add(run, PLAN_WRITE, slot, block, need);
}

/* Does the same with any layout. */
void storage_write(struct plan_run *run, uint32_t block, uint64_t next_use);

#endif
