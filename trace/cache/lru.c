#include "trace/cache/policy.h"

#define SWEPT 8 /* tickets that a sweep looks at with each use */
#define WORD 64 /* bits */

/*
 * Tickets are given one after the other, round and round, and each use gives
 * the next one. So they are in the order of use, in which they are evicted too,
 * and what a request uses together lies together, wherever its slots are. A use
 * leaves a gap where the ticket was. When few are left to be given, a sweep
 * goes over all of them, a few with each use, and moves those that are taken
 * down over the gaps.
 */
struct lru {
	size_t bytes;
	struct ticket_holder holder;
	uint32_t nr_tickets;
	uint32_t first; /* the oldest is this one, or behind it */
	uint32_t nr;	/* from the first to the newest, with the gaps */
	/* Of a sweep, counted from the first: */
	bool sweeping;
	uint32_t from;	  /* what it looks at next */
	uint32_t to;	  /* where that would go; up to @from are gaps alone */
	uint64_t taken[]; /* a bit for each ticket */
};

/*
 * A sweep begins when all but an eighth are given. Each use then takes one and
 * lets the sweep look at eight, so that it has seen all by the time the last is
 * given. There are about twice as many as places, so half of them were gaps.
 */
static uint32_t lru_tickets(uint32_t nr_places)
{
	uint32_t eighth = nr_places / 4 + 8;
	uint32_t most = (UINT32_MAX - 1) / SWEPT;

	return SWEPT * (eighth < most ? eighth : most);
}

static void *lru_create(uint32_t nr_places, struct ticket_holder holder,
			const struct mem *mem)
{
	uint32_t nr = lru_tickets(nr_places);
	size_t bytes = sizeof(struct lru) +
		       (nr / WORD + UINT64_C(1)) * sizeof(uint64_t);
	struct lru *lru = mem->alloc(bytes);

	if (!lru)
		return NULL;
	lru->bytes = bytes;
	lru->holder = holder;
	lru->nr_tickets = nr;
	return lru;
}

static void lru_destroy(void *state, const struct mem *mem)
{
	struct lru *lru = state;

	if (lru)
		mem->free(lru, lru->bytes);
}

static uint32_t nth(const struct lru *lru, uint32_t n)
{
	uint64_t ticket = (uint64_t)lru->first + n;

	return ticket < lru->nr_tickets ? ticket : ticket - lru->nr_tickets;
}

static bool is_taken(const struct lru *lru, uint32_t ticket)
{
	return lru->taken[ticket / WORD] >> ticket % WORD & 1;
}

static void take(struct lru *lru, uint32_t ticket)
{
	lru->taken[ticket / WORD] |= UINT64_C(1) << ticket % WORD;
}

static void leave(struct lru *lru, uint32_t ticket)
{
	lru->taken[ticket / WORD] &= ~(UINT64_C(1) << ticket % WORD);
}

static void change(struct lru *lru, uint32_t from, uint32_t to)
{
	leave(lru, from);
	take(lru, to);
	lru->holder.changed(lru->holder.owner, from, to);
}

/* Moves the sweep on by one ticket. If that is @ticket, and is changed, so is
 * @ticket. */
static void sweep_one(struct lru *lru, uint32_t *ticket)
{
	uint32_t from = nth(lru, lru->from), to = nth(lru, lru->to);

	lru->from++;
	if (!is_taken(lru, from))
		return;
	lru->to++;
	if (from == to)
		return;
	change(lru, from, to);
	if (*ticket == from)
		*ticket = to;
}

static void sweep(struct lru *lru, uint32_t *ticket)
{
	if (!lru->sweeping &&
	    lru->nr >= lru->nr_tickets / SWEPT * (SWEPT - 1)) {
		lru->sweeping = true;
		lru->from = lru->to = 0;
	}
	for (int i = 0; lru->sweeping && i < SWEPT; i++) {
		if (lru->from < lru->nr) {
			sweep_one(lru, ticket);
		} else {
			lru->nr = lru->to;
			lru->sweeping = false;
		}
	}
}

static uint32_t lru_insert(void *state, uint32_t place, uint64_t next_use)
{
	struct lru *lru = state;
	uint32_t ticket = lru->nr_tickets; /* none yet */

	(void)place;
	(void)next_use;
	sweep(lru, &ticket);
	ticket = nth(lru, lru->nr++);
	take(lru, ticket);
	return ticket;
}

static uint32_t lru_touch(void *state, uint32_t ticket, uint64_t next_use)
{
	struct lru *lru = state;
	uint32_t newest;

	(void)next_use;
	if (ticket == nth(lru, lru->nr - 1))
		return ticket;
	sweep(lru, &ticket);
	newest = nth(lru, lru->nr++);
	change(lru, ticket, newest);
	return newest;
}

/* Returns how many gaps there are before the first ticket that is taken. */
static uint32_t gaps(const struct lru *lru)
{
	uint32_t n = 0;

	for (;;) {
		uint32_t ticket = nth(lru, n), bit = ticket % WORD;
		uint64_t word = lru->taken[ticket / WORD] >> bit;
		uint32_t to_end = lru->nr_tickets - ticket;

		if (word)
			return n + __builtin_ctzll(word);
		n += to_end < WORD - bit ? to_end : WORD - bit;
	}
}

static uint32_t less(uint32_t n, uint32_t by)
{
	return n > by ? n - by : 0;
}

static uint32_t lru_evict(void *state)
{
	struct lru *lru = state;
	uint32_t before = gaps(lru), victim = nth(lru, before);

	leave(lru, victim);
	lru->first = nth(lru, before + 1);
	lru->nr -= before + 1;
	lru->from = less(lru->from, before + 1);
	lru->to = less(lru->to, before + 1);
	return victim;
}

const struct policy policy_lru = {
	.name = "lru",
	.help = "the least recently used block goes first",
	.of_buckets = true,
	.tickets = lru_tickets,
	.create = lru_create,
	.destroy = lru_destroy,
	.insert = lru_insert,
	.touch = lru_touch,
	.evict = lru_evict,
};
