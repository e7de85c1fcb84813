#include <string.h>

#include "trace/cache/cache.h"

/* Makes what is needed to choose which block is evicted. */
static int choose_victims(struct cache *c, const struct mem *mem)
{
	c->blocks = mem->alloc((size_t)c->places.nr * sizeof(*c->blocks));
	c->state = c->policy->create(c->places.nr, mem);
	return c->blocks && c->state ? 0 : -1;
}

int cache_init(struct cache *c, const struct policy *policy, uint32_t nr_blocks,
	       bool in_order, uint64_t capacity, struct watermarks marks,
	       const struct mem *mem)
{
	memset(c, 0, sizeof(*c));
	c->policy = policy;
	if (places_init(&c->places, capacity, nr_blocks, marks, mem)) {
		memset(c, 0, sizeof(*c));
		return -1;
	}
	c->evicts = c->places.nr < nr_blocks;
	c->in_order = in_order && !c->evicts;
	if (c->in_order)
		return 0;
	if ((c->evicts && choose_victims(c, mem)) ||
	    index_init(&c->slots, nr_blocks, c->places.nr, mem)) {
		cache_exit(c, mem);
		return -1;
	}
	return 0;
}

void cache_exit(struct cache *c, const struct mem *mem)
{
	if (!c->policy)
		return;
	c->policy->destroy(c->state, mem);
	index_exit(&c->slots, mem);
	mem->free(c->blocks, (size_t)c->places.nr * sizeof(*c->blocks));
	places_exit(&c->places, mem);
	memset(c, 0, sizeof(*c));
}

uint32_t cache_evict(struct cache *c, uint32_t *slot)
{
	uint32_t victim;

	*slot = c->policy->evict(c->state);
	victim = c->blocks[*slot];
	index_remove(&c->slots, victim);
	places_give_back(&c->places, *slot);
	return victim;
}
