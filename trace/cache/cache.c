#include <string.h>

#include "trace/cache/cache.h"

int cache_init(struct cache *c, const struct policy *policy, uint32_t nr_blocks,
	       uint64_t capacity, const struct mem *mem)
{
	size_t bytes = (size_t)nr_blocks * sizeof(*c->slots);

	memset(c, 0, sizeof(*c));
	c->policy = policy;
	c->nr_blocks = nr_blocks;
	c->capacity = capacity < nr_blocks ? capacity : nr_blocks;
	c->slots = mem->alloc(bytes);
	if (!c->slots)
		return -1;
	c->state = policy->create(nr_blocks, c->capacity, mem);
	if (!c->state) {
		mem->free(c->slots, bytes);
		memset(c, 0, sizeof(*c));
		return -1;
	}
	for (uint32_t b = 0; b < nr_blocks; b++)
		c->slots[b] = CACHE_NO_SLOT;
	return 0;
}

void cache_exit(struct cache *c, const struct mem *mem)
{
	if (!c->policy)
		return;
	c->policy->destroy(c->state, mem);
	mem->free(c->slots, (size_t)c->nr_blocks * sizeof(*c->slots));
	memset(c, 0, sizeof(*c));
}

uint32_t cache_insert(struct cache *c, uint32_t block, uint64_t next_use)
{
	uint32_t victim = POLICY_NO_BLOCK;

	if (c->used < c->capacity) {
		c->slots[block] = c->used++;
	} else {
		victim = c->policy->evict(c->state);
		c->slots[block] = c->slots[victim];
		c->slots[victim] = CACHE_NO_SLOT;
	}
	c->policy->insert(c->state, block, next_use);
	return victim;
}
