/*
 * A tier of buckets. A bucket takes bucket_blocks blocks in the order in which
 * they come, and is evicted as a whole, with every block in it. Position k of
 * bucket b is slot b * bucket_blocks + k.
 */
#ifndef MOONCAKE_BUCKETS_H
#define MOONCAKE_BUCKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/mem.h"
#include "trace/cache/index.h"
#include "trace/cache/places.h"
#include "trace/cache/policy.h"

struct buckets {
	const struct policy *policy; /* which chooses among buckets */
	void *state;
	struct index slots; /* of each block */
	uint32_t *blocks;   /* of each slot in use */
	uint32_t *tickets;  /* of each bucket in use */
	uint32_t *bucket;   /* of each ticket */
	uint32_t bucket_blocks;
	struct places places; /* buckets */
	uint32_t open;	      /* the bucket that takes blocks */
	uint32_t open_used;   /* blocks in it; bucket_blocks: none is open */
	bool open_again;      /* another bucket was in its place before */
	uint32_t held;	      /* blocks in all buckets */
	uint32_t slots_used;  /* slots that ever held a block */
};

/* Returns how many buckets so many different blocks can fill at the most. */
uint32_t buckets_wanted(uint32_t nr_blocks, uint32_t bucket_blocks);

/*
 * Makes a tier of @capacity buckets of @bucket_blocks blocks each, or of all
 * @nr_blocks where that is less. The policy must be able to choose among
 * buckets. Returns 0, or -1 when there is no memory; nothing need be freed
 * then.
 */
int buckets_init(struct buckets *b, const struct policy *policy,
		 uint32_t nr_blocks, uint64_t capacity, uint32_t bucket_blocks,
		 struct watermarks marks, const struct mem *mem);
void buckets_exit(struct buckets *b, const struct mem *mem);

/* Must a bucket be opened before a block is inserted? */
static inline bool buckets_full(const struct buckets *b)
{
	return b->open_used == b->bucket_blocks;
}

/* Returns how many buckets must be evicted before one more is opened. */
static inline uint32_t buckets_excess(const struct buckets *b)
{
	return places_excess(&b->places);
}

/* Notes that the block in that slot is used. */
void buckets_touch(struct buckets *b, uint32_t slot);

/* Evicts a bucket with its bucket_blocks blocks, and returns it. */
uint32_t buckets_evict(struct buckets *b);

/* Opens a bucket and returns it. There must be no excess. */
uint32_t buckets_open(struct buckets *b);

/* Gives the block the next slot of the open bucket, which is not full. */
uint32_t buckets_insert(struct buckets *b, uint32_t block);

#endif
