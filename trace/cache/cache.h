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

struct cache {
	const struct policy *policy;
	bool evicts;   /* else there is room for all blocks */
	bool in_order; /* a block's slot is its number, and slots is empty */
	void *state;   /* the policy's, if it evicts */
	struct index slots;   /* of each block */
	uint32_t *blocks;     /* of each slot in use, if it evicts */
	struct places places; /* slots */
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

/* Returns the slot of the block, or CACHE_NO_SLOT. */
static inline uint32_t cache_find(const struct cache *c, uint32_t block)
{
	if (c->in_order)
		return block < c->places.fresh ? block : CACHE_NO_SLOT;
	return index_find(&c->slots, block);
}

/* Notes that the block in that slot is used. @next_use is as in policy.h. */
static inline void cache_touch(struct cache *c, uint32_t slot,
			       uint64_t next_use)
{
	if (c->evicts)
		c->policy->touch(c->state, slot, next_use);
}

/* Returns how many blocks must be evicted before one more is inserted. */
static inline uint32_t cache_excess(const struct cache *c)
{
	return places_excess(&c->places);
}

/* Evicts a block, of which there must be one, and returns it. *@slot is where
 * it was. */
uint32_t cache_evict(struct cache *c, uint32_t *slot);

/* Puts a block into a slot, and returns that. There must be no excess.
 * @next_use is as in policy.h. */
static inline uint32_t cache_insert(struct cache *c, uint32_t block,
				    uint64_t next_use)
{
	uint32_t slot = places_take(&c->places);

	if (c->evicts) {
		c->blocks[slot] = block;
		c->policy->insert(c->state, slot, next_use);
	}
	if (!c->in_order)
		index_insert(&c->slots, block, slot);
	return slot;
}

#endif
