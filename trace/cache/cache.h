/*
 * One tier of a cache: which blocks it holds, in which slots, and which of them
 * it evicts when it is full.
 */
#ifndef MOONCAKE_CACHE_H
#define MOONCAKE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/mem.h"
#include "trace/cache/index.h"
#include "trace/cache/places.h"
#include "trace/cache/policy.h"

/* The operations on a place, in the order of the plan. */
struct order {
	uint32_t ops;	 /* planned so far */
	uint32_t filled; /* what reads of its content need */
};

/* A block that can be evicted, with all that is known of its slot: what is used
 * together lies together. */
struct cached {
	uint32_t block;
	uint32_t slot;
	struct order order;
};

struct cache {
	const struct policy *policy;
	bool evicts;   /* else there is room for all blocks */
	bool in_order; /* a block's slot is its number, and index is empty */
	void *state;   /* the policy's, if it evicts */
	struct index index;    /* the ticket of each block; its slot, if nothing
			     * is evicted */
	struct cached *cached; /* of each ticket, if it evicts */
	struct places places;  /* slots */
	uint32_t *ops; /* planned on each slot in the ring of places, if it
			* evicts */
};

/*
 * Makes a tier of @capacity slots for a trace of @nr_blocks blocks. @in_order:
 * they are inserted for the first time in the order of their numbers, so that
 * where there is room for all, how many there are says which. Returns 0, or -1
 * when there is no memory; nothing need be freed then.
 */
int cache_init(struct cache *c, const struct policy *policy, uint32_t nr_blocks,
	       bool in_order, uint64_t capacity, struct watermarks marks,
	       const struct mem *mem);
void cache_exit(struct cache *c, const struct mem *mem);

/* Returns the ticket of the block, or its slot, if nothing is evicted. Returns
 * INDEX_NONE where it is not cached. */
static inline uint32_t cache_find(const struct cache *c, uint32_t block)
{
	if (c->in_order)
		return block < c->places.fresh ? block : INDEX_NONE;
	return index_find(&c->index, block);
}

/* Notes that the block with that ticket is used, and returns the ticket that it
 * has now. @next_use is as in policy.h. */
static inline uint32_t cache_touch(struct cache *c, uint32_t ticket,
				   uint64_t next_use)
{
	if (!c->evicts)
		return ticket;
	return c->policy->touch(c->state, ticket, next_use);
}

/* Returns how many blocks must be evicted before one more is inserted. */
static inline uint32_t cache_excess(const struct cache *c)
{
	return places_excess(&c->places);
}

/* Evicts a block, of which there must be one, and returns it. So many
 * operations are planned on its slot before another block takes that. */
struct cached cache_evict(struct cache *c, uint32_t ops);

/*
 * Puts a block into a slot, and returns that. There must be no excess.
 * @next_use is as in policy.h. *@ops gets how many operations were planned on
 * the slot; one more, which fills it, is counted.
 */
static inline uint32_t cache_insert(struct cache *c, uint32_t block,
				    uint64_t next_use, uint32_t *ops)
{
	bool again = places_used_before(&c->places);
	uint32_t ticket, slot;

	*ops = again ? c->ops[places_ring_index(&c->places, 0)] : 0;
	slot = places_take(&c->places);
	ticket = slot;
	if (c->evicts) {
		ticket = c->policy->insert(c->state, slot, next_use);
		c->cached[ticket] =
			(struct cached){ block, slot, { *ops + 1, *ops + 1 } };
	}
	if (!c->in_order)
		index_set(&c->index, block, ticket);
	return slot;
}

#endif
