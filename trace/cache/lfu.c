#include "trace/base/chain.h"
#include "trace/cache/policy.h"

/*
 * Blocks with the same number of uses share a bucket, in order of their last
 * use; the buckets are in order of uses. A use moves a block to the bucket
 * next door, so everything is O(1).
 */
#define LFU_ORDER 0 /* the bucket that heads the order; holds none */

struct bucket {
	uint64_t uses;
	uint32_t next_free;
};

struct lfu {
	size_t bytes;
	uint32_t nr_blocks;
	uint32_t free; /* first unused bucket */
	struct bucket *buckets;
	struct link *order;  /* of the buckets, by uses */
	struct link *links;  /* of each block, then a head for each bucket */
	uint32_t *bucket_of; /* each block */
};

static uint32_t lfu_head(const struct lfu *lfu, uint32_t bucket)
{
	return lfu->nr_blocks + bucket;
}

/* One more bucket than blocks: a block that moves may for a moment hold two. */
static void *lfu_create(uint32_t nr_blocks, uint32_t capacity,
			const struct mem *mem)
{
	size_t nr_buckets = (size_t)capacity + 2, nr = nr_blocks;
	size_t bytes =
		sizeof(struct lfu) +
		nr_buckets * (sizeof(struct bucket) + 2 * sizeof(struct link)) +
		nr * (sizeof(struct link) + sizeof(uint32_t));
	struct lfu *lfu = mem->alloc(bytes);

	if (!lfu)
		return NULL;
	lfu->bytes = bytes;
	lfu->nr_blocks = nr_blocks;
	lfu->buckets = (struct bucket *)(lfu + 1);
	lfu->order = (struct link *)(lfu->buckets + nr_buckets);
	lfu->links = lfu->order + nr_buckets;
	lfu->bucket_of = (uint32_t *)(lfu->links + nr + nr_buckets);
	chain_init(lfu->order, LFU_ORDER);
	lfu->free = LFU_ORDER + 1;
	for (size_t i = lfu->free; i < nr_buckets; i++)
		lfu->buckets[i].next_free = i + 1;
	return lfu;
}

static void lfu_destroy(void *state, const struct mem *mem)
{
	struct lfu *lfu = state;

	if (lfu)
		mem->free(lfu, lfu->bytes);
}

/* The bucket of that many uses, which if new belongs right after @bucket. */
static uint32_t lfu_bucket_after(struct lfu *lfu, uint32_t bucket,
				 uint64_t uses)
{
	uint32_t next = lfu->order[bucket].next;

	if (next != LFU_ORDER && lfu->buckets[next].uses == uses)
		return next;
	next = lfu->free;
	lfu->free = lfu->buckets[next].next_free;
	lfu->buckets[next].uses = uses;
	chain_init(lfu->links, lfu_head(lfu, next));
	chain_insert_after(lfu->order, bucket, next);
	return next;
}

static void lfu_put(struct lfu *lfu, uint32_t block, uint32_t bucket)
{
	chain_append(lfu->links, lfu_head(lfu, bucket), block);
	lfu->bucket_of[block] = bucket;
}

static void lfu_take(struct lfu *lfu, uint32_t block)
{
	uint32_t bucket = lfu->bucket_of[block];

	chain_remove(lfu->links, block);
	if (!chain_empty(lfu->links, lfu_head(lfu, bucket)))
		return;
	chain_remove(lfu->order, bucket);
	lfu->buckets[bucket].next_free = lfu->free;
	lfu->free = bucket;
}

static void lfu_insert(void *state, uint32_t block, uint64_t next_use)
{
	struct lfu *lfu = state;

	(void)next_use;
	lfu_put(lfu, block, lfu_bucket_after(lfu, LFU_ORDER, 1));
}

static void lfu_touch(void *state, uint32_t block, uint64_t next_use)
{
	struct lfu *lfu = state;
	uint32_t bucket = lfu->bucket_of[block];
	uint32_t next;

	(void)next_use;
	next = lfu_bucket_after(lfu, bucket, lfu->buckets[bucket].uses + 1);
	lfu_take(lfu, block);
	lfu_put(lfu, block, next);
}

static uint32_t lfu_evict(void *state)
{
	struct lfu *lfu = state;
	uint32_t bucket = lfu->order[LFU_ORDER].next;
	uint32_t victim = lfu->links[lfu_head(lfu, bucket)].next;

	lfu_take(lfu, victim);
	return victim;
}

const struct policy policy_lfu = {
	.name = "lfu",
	.help = "the block with the fewest uses since insertion goes first, "
		"among equals the least recently used",
	.create = lfu_create,
	.destroy = lfu_destroy,
	.insert = lfu_insert,
	.touch = lfu_touch,
	.evict = lfu_evict,
};
