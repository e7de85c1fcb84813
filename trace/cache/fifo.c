#include "trace/cache/policy.h"

struct fifo {
	size_t bytes;
	uint32_t nr_places;
	uint32_t oldest; /* index into places */
	uint32_t nr;
	uint32_t places[]; /* a ring, in order of insertion */
};

static void *fifo_create(uint32_t nr_places, const struct mem *mem)
{
	size_t bytes =
		sizeof(struct fifo) + (size_t)nr_places * sizeof(uint32_t);
	struct fifo *fifo = mem->alloc(bytes);

	if (!fifo)
		return NULL;
	fifo->bytes = bytes;
	fifo->nr_places = nr_places;
	return fifo;
}

static void fifo_destroy(void *state, const struct mem *mem)
{
	struct fifo *fifo = state;

	if (fifo)
		mem->free(fifo, fifo->bytes);
}

static void fifo_insert(void *state, uint32_t place, uint64_t next_use)
{
	struct fifo *fifo = state;
	uint64_t at = (uint64_t)fifo->oldest + fifo->nr++;

	(void)next_use;
	fifo->places[at < fifo->nr_places ? at : at - fifo->nr_places] = place;
}

static void fifo_touch(void *state, uint32_t place, uint64_t next_use)
{
	(void)state;
	(void)place;
	(void)next_use;
}

static uint32_t fifo_evict(void *state)
{
	struct fifo *fifo = state;
	uint32_t victim = fifo->places[fifo->oldest];

	fifo->nr--;
	if (++fifo->oldest == fifo->nr_places)
		fifo->oldest = 0;
	return victim;
}

const struct policy policy_fifo = {
	.name = "fifo",
	.help = "the block inserted first goes first",
	.of_buckets = true,
	.create = fifo_create,
	.destroy = fifo_destroy,
	.insert = fifo_insert,
	.touch = fifo_touch,
	.evict = fifo_evict,
};
