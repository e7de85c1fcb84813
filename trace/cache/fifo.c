#include "trace/cache/policy.h"

struct fifo {
	size_t bytes;
	uint32_t capacity;
	uint32_t oldest; /* index into blocks */
	uint32_t nr;
	uint32_t blocks[]; /* a ring, in order of insertion */
};

static void *fifo_create(uint32_t nr_blocks, uint32_t capacity,
			 const struct mem *mem)
{
	size_t bytes =
		sizeof(struct fifo) + (size_t)capacity * sizeof(uint32_t);
	struct fifo *fifo = mem->alloc(bytes);

	(void)nr_blocks;
	if (!fifo)
		return NULL;
	fifo->bytes = bytes;
	fifo->capacity = capacity;
	return fifo;
}

static void fifo_destroy(void *state, const struct mem *mem)
{
	struct fifo *fifo = state;

	if (fifo)
		mem->free(fifo, fifo->bytes);
}

static void fifo_insert(void *state, uint32_t block, uint64_t next_use)
{
	struct fifo *fifo = state;
	uint64_t at = (uint64_t)fifo->oldest + fifo->nr++;

	(void)next_use;
	fifo->blocks[at < fifo->capacity ? at : at - fifo->capacity] = block;
}

static void fifo_touch(void *state, uint32_t block, uint64_t next_use)
{
	(void)state;
	(void)block;
	(void)next_use;
}

static uint32_t fifo_evict(void *state)
{
	struct fifo *fifo = state;
	uint32_t victim = fifo->blocks[fifo->oldest];

	fifo->nr--;
	if (++fifo->oldest == fifo->capacity)
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
