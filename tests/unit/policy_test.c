/*
 * Every policy against one that looks at every place in use at each eviction.
 */
#include <stdlib.h>

#include "trace/cache/policy.h"
#include "small_trace.h"
#include "unit.h"

#define PLACES	200

/* What the test knows of what is in each place. */
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

static uint32_t first_to_go(const struct cached *places, goes_before before)
{
	uint32_t first = PLACES;

	for (uint32_t i = 0; i < PLACES; i++)
		if (places[i].in &&
		    (first == PLACES || before(&places[i], &places[first])))
			first = i;
	return first;
}

/* Draws a place, so that some are used much more than others. */
static uint32_t some_place(uint64_t *seed, uint32_t nr)
{
	return small_random(seed, 1 + small_random(seed, nr));
}

static void evict(const struct policy *p, void *state, struct cached *places,
		  goes_before before)
{
	uint32_t victim = first_to_go(places, before);

	CHECK_EQ(p->evict(state), victim);
	places[victim].in = false;
}

static void against_naive(const char *name, goes_before before, uint32_t nr,
			  uint64_t seed)
{
	const struct policy *p = policy_find(name);
	void *state = p->create(nr, &mem_private);
	struct cached places[PLACES] = { 0 };
	uint32_t used = 0;

	for (uint64_t now = 1; now < 3000; now++) {
		uint32_t place = some_place(&seed, nr);
		struct cached *c = &places[place];
		/* Sooner or later than before, never the same twice. */
		uint64_t next = small_random(&seed, 10000) * 3000ULL + now;

		if (c->in) {
			p->touch(state, place, next);
			c->uses++;
		} else {
			p->insert(state, place, next);
			*c = (struct cached){ .in = true, .inserted = now };
			used++;
		}
		c->used = now;
		c->next_use = next;
		if (!small_random(&seed, 4) && used) {
			evict(p, state, places, before);
			used--;
		}
	}
	while (used--)
		evict(p, state, places, before);
	p->destroy(state, &mem_private);
}

static void with_every_number(const char *name, goes_before before)
{
	static const uint32_t numbers[] = { 1, 2, 3, 7, 20, PLACES };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		against_naive(name, before, numbers[i], i + 1);
}

static void lru(void)
{
	with_every_number("lru", lru_before);
}

static void fifo(void)
{
	with_every_number("fifo", fifo_before);
}

static void lfu(void)
{
	with_every_number("lfu", lfu_before);
}

static void opt(void)
{
	with_every_number("opt", opt_before);
}

/* A trace that is replayed several times, whose blocks go by their next use. */
enum { LENGTH = 3000, BLOCKS = 500, ROOM = PLACES };

static uint32_t trace[LENGTH];

static uint64_t first_from(uint32_t at, uint32_t block)
{
	while (at < LENGTH && trace[at] != block)
		at++;
	return at;
}

static uint64_t use_behind(uint32_t at)
{
	uint64_t next = first_from(at + 1, trace[at]);

	if (next < LENGTH)
		return next;
	return (at + UINT64_C(1)) << POLICY_NEXT_PASS |
	       first_from(0, trace[at]);
}

static void one_pass(const struct policy *p, void *state, struct cached *places,
		     uint32_t *place_of, uint32_t *used)
{
	for (uint32_t at = 0; at < LENGTH; at++) {
		uint32_t block = trace[at], place = place_of[block] - 1;
		uint64_t next = use_behind(at);

		if (place_of[block]) {
			p->touch(state, place, next);
		} else {
			place = *used;
			if (*used < ROOM) {
				++*used;
			} else {
				place = first_to_go(places, opt_before);
				CHECK_EQ(p->evict(state), place);
				place_of[places[place].inserted] = 0;
			}
			p->insert(state, place, next);
			places[place] = (struct cached){ .in = true,
							 .inserted = block };
			place_of[block] = place + 1;
		}
		places[place].next_use = next;
	}
}

static void opt_pass_after_pass(void)
{
	const struct policy *p = policy_find("opt");
	void *state = p->create(ROOM, &mem_private);
	struct cached places[PLACES] = { 0 };
	uint32_t place_of[BLOCKS] = { 0 }, used = 0;
	uint64_t seed = 7;

	/* Blocks of the first half fill the cache, and go in the second. */
	for (uint32_t at = 0; at < LENGTH; at++)
		trace[at] = small_random(&seed, BLOCKS / 2) +
			    (at < LENGTH / 2 ? 0 : BLOCKS / 2);
	for (int pass = 0; pass < 4; pass++) {
		if (pass)
			p->begin_pass(state);
		for (uint32_t place = 0; pass && place < used; place++)
			places[place].next_use =
				first_from(0, places[place].inserted);
		one_pass(p, state, places, place_of, &used);
	}
	p->destroy(state, &mem_private);
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
		CHECK(!policies[i]->create(PLACES, &none));
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
	RUN(opt_pass_after_pass);
	RUN(without_memory);
	UNIT_END();
}
