#include "trace/base/chain.h"
#include "trace/cache/policy.h"

struct lru {
	size_t bytes;
	uint32_t head;	     /* next: least recently used */
	struct link links[]; /* of each place, then the head */
};

static void *lru_create(uint32_t nr_places, const struct mem *mem)
{
	size_t bytes = sizeof(struct lru) +
		       ((size_t)nr_places + 1) * sizeof(struct link);
	struct lru *lru = mem->alloc(bytes);

	if (!lru)
		return NULL;
	lru->bytes = bytes;
	lru->head = nr_places;
	chain_init(lru->links, lru->head);
	return lru;
}

static void lru_destroy(void *state, const struct mem *mem)
{
	struct lru *lru = state;

	if (lru)
		mem->free(lru, lru->bytes);
}

static void lru_insert(void *state, uint32_t place, uint64_t next_use)
{
	struct lru *lru = state;

	(void)next_use;
	chain_append(lru->links, lru->head, place);
}

static void lru_touch(void *state, uint32_t place, uint64_t next_use)
{
	struct lru *lru = state;

	(void)next_use;
	chain_remove(lru->links, place);
	chain_append(lru->links, lru->head, place);
}

static uint32_t lru_evict(void *state)
{
	struct lru *lru = state;
	uint32_t victim = lru->links[lru->head].next;

	chain_remove(lru->links, victim);
	return victim;
}

const struct policy policy_lru = {
	.name = "lru",
	.help = "the least recently used block goes first",
	.of_buckets = true,
	.create = lru_create,
	.destroy = lru_destroy,
	.insert = lru_insert,
	.touch = lru_touch,
	.evict = lru_evict,
};
