#include <string.h>

#include "trace/cache/buckets.h"

uint32_t buckets_wanted(uint32_t nr_blocks, uint32_t bucket_blocks)
{
	return nr_blocks / bucket_blocks + !!(nr_blocks % bucket_blocks);
}

static size_t blocks_bytes(const struct buckets *b)
{
	return (size_t)b->places.nr * b->bucket_blocks * sizeof(*b->blocks);
}

static size_t tickets_bytes(const struct buckets *b)
{
	return b->policy->tickets(b->places.nr) * sizeof(*b->bucket);
}

static void ticket_changed(void *owner, uint32_t from, uint32_t to)
{
	struct buckets *b = owner;

	b->bucket[to] = b->bucket[from];
	b->tickets[b->bucket[to]] = to;
}

/* Makes what is needed to choose which bucket is evicted. */
static int choose_victims(struct buckets *b, const struct mem *mem)
{
	struct ticket_holder holder = { ticket_changed, b };

	b->tickets = mem->alloc(b->places.nr * sizeof(*b->tickets));
	b->bucket = mem->alloc(tickets_bytes(b));
	b->state = b->policy->create(b->places.nr, holder, mem);
	return b->tickets && b->bucket && b->state ? 0 : -1;
}

int buckets_init(struct buckets *b, const struct policy *policy,
		 uint32_t nr_blocks, uint64_t capacity, uint32_t bucket_blocks,
		 struct watermarks marks, const struct mem *mem)
{
	uint32_t most = nr_blocks ? nr_blocks : 1;
	uint64_t slots;

	memset(b, 0, sizeof(*b));
	b->policy = policy;
	b->bucket_blocks = bucket_blocks < most ? bucket_blocks : most;
	b->open_used = b->bucket_blocks;
	if (places_init(&b->places, capacity,
			buckets_wanted(nr_blocks, bucket_blocks), marks, mem)) {
		memset(b, 0, sizeof(*b));
		return -1;
	}
	b->blocks = mem->alloc(blocks_bytes(b));
	slots = (uint64_t)b->places.nr * b->bucket_blocks;
	if (!b->blocks || choose_victims(b, mem) ||
	    index_init(&b->slots, nr_blocks, slots, slots, mem)) {
		buckets_exit(b, mem);
		return -1;
	}
	return 0;
}

void buckets_exit(struct buckets *b, const struct mem *mem)
{
	if (!b->policy)
		return;
	b->policy->destroy(b->state, mem);
	index_exit(&b->slots, mem);
	mem->free(b->bucket, tickets_bytes(b));
	mem->free(b->tickets, b->places.nr * sizeof(*b->tickets));
	mem->free(b->blocks, blocks_bytes(b));
	places_exit(&b->places, mem);
	memset(b, 0, sizeof(*b));
}

void buckets_touch(struct buckets *b, uint32_t slot)
{
	b->policy->touch(b->state, b->tickets[slot / b->bucket_blocks], 0);
}

uint32_t buckets_evict(struct buckets *b)
{
	uint32_t bucket = b->bucket[b->policy->evict(b->state)];
	const uint32_t *blocks = b->blocks + (size_t)bucket * b->bucket_blocks;

	/* The bucket is full: no other is opened or evicted before the open one
	 * is. */
	for (uint32_t k = 0; k < b->bucket_blocks; k++)
		index_remove(&b->slots, blocks[k]);
	places_give_back(&b->places, bucket);
	b->held -= b->bucket_blocks;
	return bucket;
}

uint32_t buckets_open(struct buckets *b)
{
	uint32_t ticket;

	b->open_again = places_used_before(&b->places);
	b->open = places_take(&b->places);
	b->open_used = 0;
	ticket = b->policy->insert(b->state, b->open, 0);
	b->tickets[b->open] = ticket;
	b->bucket[ticket] = b->open;
	return b->open;
}

uint32_t buckets_insert(struct buckets *b, uint32_t block)
{
	uint32_t slot = b->open * b->bucket_blocks + b->open_used++;

	b->blocks[slot] = block;
	index_set(&b->slots, block, slot);
	b->held++;
	b->slots_used += !b->open_again;
	buckets_touch(b, slot);
	return slot;
}
