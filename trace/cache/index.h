/*
 * The slot in which each block is cached. Blocks are numbered densely, so an
 * array has an entry for each; where there are many times as many blocks as
 * slots, a table has only those that are cached, so that memory grows with the
 * cache and not with the trace.
 */
#ifndef MOONCAKE_INDEX_H
#define MOONCAKE_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/mem.h"

#define CACHE_NO_SLOT UINT32_MAX
#define INDEX_LINE 16 /* entries of a CPU's cache line: blocks side by side */
#define INDEX_STEP (INDEX_LINE + 1)

struct index {
	uint32_t *entries; /* slot + 1; 0: none */
	uint64_t nr;
	unsigned int shift;	/* of a table; 0: an entry for each block */
	const uint32_t *blocks; /* of each slot that is in a table */
};

/*
 * Makes an index for @nr_blocks blocks, of which no more than @slots are cached
 * at a time. Before a block is inserted it must stand in @blocks at its slot,
 * and stay there until it is removed. Returns 0, or -1 when there is no memory.
 */
int index_init(struct index *x, uint32_t nr_blocks, uint64_t slots,
	       const uint32_t *blocks, const struct mem *mem);
void index_exit(struct index *x, const struct mem *mem);

/* Returns the entry at which the search for a block begins. */
static inline uint64_t index_home(const struct index *x, uint32_t block)
{
	uint64_t line = (block / INDEX_LINE + UINT64_C(1)) * 0x9e3779b97f4a7c15;

	return (line >> x->shift) * INDEX_LINE + block % INDEX_LINE;
}

/*
 * Returns the entry at which the search goes on: in the next line, so that
 * blocks side by side are not in each other's way. The step is odd, so it comes
 * to every entry.
 */
static inline uint64_t index_next(const struct index *x, uint64_t at)
{
	return (at + INDEX_STEP) & (x->nr - 1);
}

/* Returns the entry of the block, or the free one where it belongs. */
static inline uint64_t index_entry(const struct index *x, uint32_t block)
{
	uint64_t at;

	if (!x->shift)
		return block;
	at = index_home(x, block);
	while (x->entries[at] && x->blocks[x->entries[at] - 1] != block)
		at = index_next(x, at);
	return at;
}

/* Returns the slot of the block, or CACHE_NO_SLOT. */
static inline uint32_t index_find(const struct index *x, uint32_t block)
{
	return x->entries[index_entry(x, block)] - 1;
}

/* Adds a block, which must not be there, with its slot. */
static inline void index_insert(struct index *x, uint32_t block, uint32_t slot)
{
	x->entries[index_entry(x, block)] = slot + 1;
}

/* Removes a block, which must be there. */
void index_remove(struct index *x, uint32_t block);

#endif
