/*
 * Every policy against one that looks at every cached block at each eviction.
 */
#include <stdlib.h>

#include "trace/cache/policy.h"
#include "small_trace.h"
#include "unit.h"

#define BLOCKS	64

/* What is known of each cached block. */
struct cached {
	bool in;
	uint64_t inserted, used, uses, next_use;
};

typedef bool (*goes_before)(const struct cached *a, const struct cached *b);

static bool lru_before(const struct cached *a, const struct cached *b)
{
	return a->used < b->used;
}

static bool fifo_before(const struct cached *a, const struct cached *b)
{
	return a->inserted < b->inserted;
}

static bool lfu_before(const struct cached *a, const struct cached *b)
{
	return a->uses < b->uses || (a->uses == b->uses && a->used < b->used);
}

static bool opt_before(const struct cached *a, const struct cached *b)
{
	return a->next_use > b->next_use;
}

static uint32_t first_to_go(const struct cached *blocks, goes_before before)
{
	uint32_t first = BLOCKS;

	for (uint32_t b = 0; b < BLOCKS; b++)
		if (blocks[b].in &&
		    (first == BLOCKS || before(&blocks[b], &blocks[first])))
			first = b;
	return first;
}

/* Skewed, so that some blocks are used much more than others. */
static uint32_t some_block(uint64_t *seed)
{
	return small_random(seed, 1 + small_random(seed, BLOCKS));
}

static void against_naive(const char *name, goes_before before,
			  uint32_t capacity, uint64_t seed)
{
	const struct policy *p = policy_find(name);
	void *state = p->create(BLOCKS, capacity, &mem_private);
	struct cached blocks[BLOCKS] = { 0 };
	uint32_t used = 0;

	for (uint64_t now = 1; now < 3000; now++) {
		uint32_t block = some_block(&seed);
		struct cached *c = &blocks[block];
		/* Sooner or later than before, never the same twice. */
		uint64_t next = small_random(&seed, 10000) * 3000ULL + now;

		if (!c->in && used == capacity) {
			uint32_t victim = first_to_go(blocks, before);

			CHECK_EQ(p->evict(state), victim);
			blocks[victim].in = false;
			used--;
		}
		if (c->in) {
			p->touch(state, block, next);
			c->uses++;
		} else {
			p->insert(state, block, next);
			*c = (struct cached){ .in = true, .inserted = now };
			used++;
		}
		c->used = now;
		c->next_use = next;
	}
	while (used--) {
		uint32_t victim = first_to_go(blocks, before);

		CHECK_EQ(p->evict(state), victim);
		blocks[victim].in = false;
	}
	p->destroy(state, &mem_private);
}

static void at_every_capacity(const char *name, goes_before before)
{
	static const uint32_t capacities[] = { 1, 2, 3, 7, 20, BLOCKS };

	for (size_t i = 0; i < sizeof(capacities) / sizeof(*capacities); i++)
		against_naive(name, before, capacities[i], i + 1);
}

static void lru(void)
{
	at_every_capacity("lru", lru_before);
}

static void fifo(void)
{
	at_every_capacity("fifo", fifo_before);
}

static void lfu(void)
{
	at_every_capacity("lfu", lfu_before);
}

static void opt(void)
{
	at_every_capacity("opt", opt_before);
}

static void *no_memory(size_t bytes)
{
	(void)bytes;
	return NULL;
}

static void without_memory(void)
{
	const struct mem none = { no_memory, mem_private.free };

	for (size_t i = 0; policies[i]; i++) {
		CHECK(!policies[i]->create(BLOCKS, 3, &none));
		policies[i]->destroy(NULL, &none);
	}
}

static void table(void)
{
	for (size_t i = 0; policies[i]; i++) {
		CHECK(policy_find(policies[i]->name) == policies[i]);
		CHECK(policies[i]->help != NULL);
	}
	CHECK(policy_find("clock") == NULL);
}

int main(void)
{
	RUN(table);
	RUN(lru);
	RUN(fifo);
	RUN(lfu);
	RUN(opt);
	RUN(without_memory);
	UNIT_END();
}
