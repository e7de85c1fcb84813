#include <string.h>

#include "trace/cache/cache.h"

static void ticket_changed(void *owner, uint32_t from, uint32_t to)
{
	struct cache *c = owner;

	c->cached[to] = c->cached[from];
	index_set(&c->index, c->cached[to].block, to);
}

static size_t cached_bytes(const struct cache *c)
{
	return c->policy->tickets(c->places.nr) * sizeof(*c->cached);
}

static size_t ops_bytes(const struct cache *c)
{
	return places_ring(&c->places) * sizeof(*c->ops);
}

/* Makes what is needed to choose which block is evicted. */
static int choose_victims(struct cache *c, const struct mem *mem)
{
	struct ticket_holder holder = { ticket_changed, c };

	c->cached = mem->alloc(cached_bytes(c));
	c->ops = mem->alloc(ops_bytes(c));
	c->state = c->policy->create(c->places.nr, holder, mem);
	return c->cached && c->ops && c->state ? 0 : -1;
}

/* Returns how many tickets there are, or slots, if nothing is evicted. */
static uint32_t numbers(const struct cache *c)
{
	return c->evicts ? c->policy->tickets(c->places.nr) : c->places.nr;
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
	    index_init(&c->index, nr_blocks, c->places.nr, numbers(c), mem)) {
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
	index_exit(&c->index, mem);
	mem->free(c->ops, ops_bytes(c));
	mem->free(c->cached, cached_bytes(c));
	places_exit(&c->places, mem);
	memset(c, 0, sizeof(*c));
}

struct cached cache_evict(struct cache *c, uint32_t ops)
{
	struct places *p = &c->places;
	struct cached victim = c->cached[c->policy->evict(c->state)];

	index_remove(&c->index, victim.block);
	c->ops[places_ring_index(p, p->ring_used)] = victim.order.ops + ops;
	places_give_back(p, victim.slot);
	return victim;
}
