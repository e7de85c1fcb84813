/*
 * Every policy against one that looks at every place in use at each eviction.
 */
#include <stdlib.h>

#include "trace/cache/policy.h"
#include "small_trace.h"
#include "unit.h"

#define PLACES	200

/* What the test knows of what is in each place. */
struct content {
	bool in;
	uint64_t inserted, used, uses, next_use;
};

typedef bool (*goes_before)(const struct content *a, const struct content *b);

/* A policy at work, and who has its tickets. */
static const struct policy *policy;
static void *state;
static uint32_t nr_tickets;
static uint32_t *place_of; /* each ticket, or PLACES */
static uint32_t ticket_of[PLACES];

static void hand_over(uint32_t ticket, uint32_t place)
{
	CHECK(ticket < nr_tickets);
	CHECK_EQ(place_of[ticket], PLACES);
	place_of[ticket] = place;
	ticket_of[place] = ticket;
}

static uint32_t take_back(uint32_t ticket)
{
	uint32_t place = place_of[ticket];

	CHECK(place < PLACES);
	place_of[ticket] = PLACES;
	return place;
}

static void ticket_changed(void *owner, uint32_t from, uint32_t to)
{
	CHECK(owner == &policy);
	hand_over(to, take_back(from));
}

static void begin(const char *name, uint32_t nr)
{
	policy = policy_find(name);
	nr_tickets = policy->tickets(nr);
	place_of = malloc(nr_tickets * sizeof(*place_of));
	for (uint32_t i = 0; i < nr_tickets; i++)
		place_of[i] = PLACES;
	state = policy->create(
		nr, (struct ticket_holder){ ticket_changed, &policy },
		&mem_private);
}

static void end(void)
{
	policy->destroy(state, &mem_private);
	free(place_of);
}

static void insert(uint32_t place, uint64_t next_use)
{
	hand_over(policy->insert(state, place, next_use), place);
}

static void touch(uint32_t place, uint64_t next_use)
{
	uint32_t ticket = policy->touch(state, ticket_of[place], next_use);

	CHECK_EQ(ticket, ticket_of[place]);
}

static uint32_t evict(void)
{
	return take_back(policy->evict(state));
}

static bool lru_before(const struct content *a, const struct content *b)
{
	return a->used < b->used;
}

static bool fifo_before(const struct content *a, const struct content *b)
{
	return a->inserted < b->inserted;
}

static bool lfu_before(const struct content *a, const struct content *b)
{
	return a->uses < b->uses || (a->uses == b->uses && a->used < b->used);
}

static bool opt_before(const struct content *a, const struct content *b)
{
	return a->next_use > b->next_use;
}

static uint32_t first_to_go(const struct content *places, goes_before before)
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

static void evict_first(struct content *places, goes_before before)
{
	uint32_t victim = first_to_go(places, before);

	CHECK_EQ(evict(), victim);
	places[victim].in = false;
}

/* Places are used at random; of so many uses one evicts, or none at all. */
static void against_naive(const char *name, goes_before before, uint32_t nr,
			  uint32_t uses)
{
	struct content places[PLACES] = { 0 };
	uint64_t seed = nr + uses;
	uint32_t used = 0;

	begin(name, nr);
	for (uint64_t now = 1; now < 20000; now++) {
		uint32_t place = some_place(&seed, nr);
		struct content *c = &places[place];
		/* Sooner or later than before, never the same twice. */
		uint64_t next = small_random(&seed, 10000) * 3000ULL + now;

		if (c->in) {
			touch(place, next);
			c->uses++;
		} else {
			insert(place, next);
			*c = (struct content){ .in = true, .inserted = now };
			used++;
		}
		c->used = now;
		c->next_use = next;
		if (uses && !small_random(&seed, uses) && used) {
			evict_first(places, before);
			used--;
		}
	}
	while (used--)
		evict_first(places, before);
	end();
}

static void with_every_number(const char *name, goes_before before)
{
	static const uint32_t numbers[] = { 1, 2, 3, 7, 20, PLACES };

	static const uint32_t uses[] = { 2, 4, 30, 0 };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		for (size_t u = 0; u < sizeof(uses) / sizeof(*uses); u++)
			against_naive(name, before, numbers[i], uses[u]);
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

static void one_pass(struct content *places, uint32_t *at_place, uint32_t *used)
{
	for (uint32_t at = 0; at < LENGTH; at++) {
		uint32_t block = trace[at], place = at_place[block] - 1;
		uint64_t next = use_behind(at);

		if (at_place[block]) {
			touch(place, next);
		} else {
			place = *used;
			if (*used < ROOM) {
				++*used;
			} else {
				place = first_to_go(places, opt_before);
				CHECK_EQ(evict(), place);
				at_place[places[place].inserted] = 0;
			}
			insert(place, next);
			places[place] = (struct content){ .in = true,
							 .inserted = block };
			at_place[block] = place + 1;
		}
		places[place].next_use = next;
	}
}

static void opt_pass_after_pass(void)
{
	struct content places[PLACES] = { 0 };
	uint32_t at_place[BLOCKS] = { 0 }, used = 0;
	uint64_t seed = 7;

	begin("opt", ROOM);
	/* Blocks of the first half fill the cache, and go in the second. */
	for (uint32_t at = 0; at < LENGTH; at++)
		trace[at] = small_random(&seed, BLOCKS / 2) +
			    (at < LENGTH / 2 ? 0 : BLOCKS / 2);
	for (int pass = 0; pass < 4; pass++) {
		if (pass)
			policy->begin_pass(state);
		for (uint32_t place = 0; pass && place < used; place++)
			places[place].next_use =
				first_from(0, places[place].inserted);
		one_pass(places, at_place, &used);
	}
	end();
}

static void *no_memory(size_t bytes)
{
	(void)bytes;
	return NULL;
}

static void without_memory(void)
{
	const struct mem none = { no_memory, mem_private.free };
	const struct ticket_holder holder = { ticket_changed, &policy };

	for (size_t i = 0; policies[i]; i++) {
		CHECK(!policies[i]->create(PLACES, holder, &none));
		policies[i]->destroy(NULL, &none);
	}
}

/* A table of tickets has room for the largest number of places there is, and
 * that fits into an index. */
static void tickets_of_many_places(void)
{
	const uint32_t most = (UINT32_C(1) << 31) - 2;

	for (size_t i = 0; policies[i]; i++) {
		CHECK(policies[i]->tickets(1) >= 1);
		CHECK(policies[i]->tickets(most) >= most);
		CHECK(policies[i]->tickets(most) < UINT32_MAX);
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
	RUN(tickets_of_many_places);
	RUN(without_memory);
	UNIT_END();
}
