#include <string.h>

#include "trace/cache/cache.h"

/* What is kept to know who goes, and where he was. */
static int choose_victims(struct cache *c, const struct mem *mem)
{
	c->blocks = mem->alloc((size_t)c->places.nr * sizeof(*c->blocks));
	c->state = c->policy->create(c->places.nr, mem);
	return c->blocks && c->state ? 0 : -1;
}

int cache_init(struct cache *c, const struct policy *policy, uint32_t nr_blocks,
	       uint64_t capacity, struct watermarks marks,
	       const struct mem *mem)
{
	memset(c, 0, sizeof(*c));
	c->policy = policy;
	c->nr_blocks = nr_blocks;
	if (places_init(&c->places, capacity, nr_blocks, marks, mem)) {
		memset(c, 0, sizeof(*c));
		return -1;
	}
	c->evicts = c->places.nr < nr_blocks;
	c->slots = mem->alloc((size_t)nr_blocks * sizeof(*c->slots));
	if (!c->slots || (c->evicts && choose_victims(c, mem))) {
		cache_exit(c, mem);
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
	mem->free(c->blocks, (size_t)c->places.nr * sizeof(*c->blocks));
	places_exit(&c->places, mem);
	memset(c, 0, sizeof(*c));
}

uint32_t cache_evict(struct cache *c, uint32_t *slot)
{
	uint32_t victim;

	*slot = c->policy->evict(c->state);
	victim = c->blocks[*slot];
	c->slots[victim] = CACHE_NO_SLOT;
	places_give_back(&c->places, *slot);
	return victim;
}
