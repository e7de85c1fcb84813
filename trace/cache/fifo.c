#include "trace/cache/policy.h"

/* Tickets are given one after the other, round and round. */
struct fifo {
	uint32_t nr_tickets;
	uint32_t oldest;
	uint32_t newest; /* the next one to be given */
};

static void *fifo_create(uint32_t nr_places, struct ticket_holder holder,
			 const struct mem *mem)
{
	struct fifo *fifo = mem->alloc(sizeof(*fifo));

	(void)holder;
	if (fifo)
		fifo->nr_tickets = nr_places;
	return fifo;
}

static void fifo_destroy(void *state, const struct mem *mem)
{
	mem->free(state, sizeof(struct fifo));
}

/* Returns the ticket, and moves on to the one after it. */
static uint32_t advance(const struct fifo *fifo, uint32_t *ticket)
{
	uint32_t old = *ticket;

	*ticket = old + 1 < fifo->nr_tickets ? old + 1 : 0;
	return old;
}

static uint32_t fifo_insert(void *state, uint32_t place, uint64_t next_use)
{
	struct fifo *fifo = state;

	(void)place;
	(void)next_use;
	return advance(fifo, &fifo->newest);
}

static uint32_t fifo_touch(void *state, uint32_t ticket, uint64_t next_use)
{
	(void)state;
	(void)next_use;
	return ticket;
}

static uint32_t fifo_evict(void *state)
{
	struct fifo *fifo = state;

	return advance(fifo, &fifo->oldest);
}

const struct policy policy_fifo = {
	.name = "fifo",
	.help = "the block inserted first goes first",
	.of_buckets = true,
	.tickets = policy_ticket_a_place,
	.create = fifo_create,
	.destroy = fifo_destroy,
	.insert = fifo_insert,
	.touch = fifo_touch,
	.evict = fifo_evict,
};
