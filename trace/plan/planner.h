/*
 * The inside of a planner, for the files of this folder that make plans.
 */
#ifndef MOONCAKE_PLANNER_H
#define MOONCAKE_PLANNER_H

#include "trace/cache/buckets.h"
#include "trace/cache/cache.h"
#include "trace/plan/future.h"
#include "trace/plan/plan.h"
#include "trace/plan/tally.h"

/* The operations on a place, in the order of the plan. */
struct order {
	uint32_t ops;	 /* planned so far */
	uint32_t filled; /* what reads of its content need */
};

struct planner {
	const struct trace *trace;
	const struct mem *mem;
	struct plan_options opt;
	/* Storage is one of these; the other is empty. */
	struct cache storage;
	struct buckets buckets;
	const struct index *stored; /* its slots */
	struct cache memory;	    /* of no places without a memory tier */
	struct future future; /* empty unless the eviction policy needs it */
	bool counts;	      /* and makes no steps */
	struct order *orders; /* of the places of storage; one if it counts */
	uint32_t nr_orders;
	uint32_t *lookups; /* of each block, in all passes; for admit */
	struct tally tally;
	/* The steps that follow the reads of the request that is being planned:
	 * writes, openings and evictions. */
	struct plan_step *stores;
	uint64_t max_stores;  /* of any request */
	uint32_t max_lookups; /* likewise */
	bool warm;	      /* a pass has begun */
};

/* A request, while it is planned. */
struct plan_run {
	struct planner *pl;
	struct plan_stats *stats;
	struct plan_step *steps; /* NULL: statistics only */
	uint32_t nr_lookups;
	uint32_t nr_reads;
	uint32_t nr_writes;
	uint32_t nr_files; /* openings and evictions */
	uint32_t nr_probes;
	uint32_t nr_cached; /* lookups of blocks that a tier had */
	bool tallies;	    /* what the statistics say of blocks is kept */
	bool last_cached;   /* the latest lookup was one of them */
	bool hit;
	bool hit_beyond_first;
	bool missed;
};

static inline uint64_t planner_next_use(const struct planner *pl,
					uint32_t block)
{
	return pl->future.next ? pl->future.next[block] : 0;
}

/* Returns how many steps so many lookups make at the most. */
uint64_t planner_steps(const struct planner *pl, uint64_t lookups);

/* Makes storage as the planner's options say. Returns 0, or -1 when there is no
 * memory; storage_exit() is due either way. */
int storage_init(struct planner *pl);
void storage_exit(struct planner *pl);

/* Returns how many openings and evictions so many writes cause at the most,
 * whatever storage holds before. */
uint64_t storage_file_steps(const struct planner *pl, uint64_t writes);

/* Does storage hold the block? */
static inline bool storage_has(const struct planner *pl, uint32_t block)
{
	return index_find(pl->stored, block) != CACHE_NO_SLOT;
}

/* A block that is there is used. */
void storage_touch(struct planner *pl, uint32_t block);

/* Reads a block, which must be there. */
void storage_read(struct plan_run *run, uint32_t block);

/* Writes a block, and first evicts what must go for it. */
void storage_write(struct plan_run *run, uint32_t block);

#endif
