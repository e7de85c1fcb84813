/*
 * A number of each block that is cached: its slot, or its ticket (policy.h).
 * Blocks are numbered densely, so an array has an entry for each; where there
 * are many times as many blocks as are cached, a table has only those, so that
 * memory grows with the cache and not with the trace.
 */
#ifndef MOONCAKE_INDEX_H
#define MOONCAKE_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/mem.h"

#define INDEX_NONE UINT32_MAX
#define INDEX_RUN 512 /* entries of a page: blocks side by side */
#define INDEX_STEP (INDEX_RUN + 1)

struct index_entry {
	uint32_t number; /* + 1; 0: free */
	uint32_t block : 31;
	uint32_t passed : 1; /* other blocks are further on because of it */
};

struct index {
	uint32_t *numbers; /* of each block, + 1; 0: none. NULL with a table */
	struct index_entry *table;
	uint64_t nr;
	unsigned int shift; /* of a table */
};

/* Makes an index for @nr_blocks blocks, fewer than 2^31, of which no more than
 * @most are cached at a time. Returns 0, or -1 when there is no memory. */
int index_init(struct index *x, uint32_t nr_blocks, uint64_t most,
	       const struct mem *mem);
void index_exit(struct index *x, const struct mem *mem);

/*
 * Returns the entry at which the search for a block begins. Blocks side by
 * side, as requests have them, share a page, since to find a page takes the CPU
 * longer than to read a line of it. Each run of them begins elsewhere in its
 * page, so that blocks at equal distances, such as the first of each request,
 * are not in each other's way.
 */
static inline uint64_t index_home(const struct index *x, uint32_t block)
{
	uint64_t run = block / INDEX_RUN + UINT64_C(1);
	uint64_t hash = run * 0x9e3779b97f4a7c15;

	return (hash >> x->shift) * INDEX_RUN +
	       (block + (hash >> 16)) % INDEX_RUN;
}

/*
 * Returns the entry at which the search goes on: in the next page, so that
 * blocks side by side are not in each other's way. The step is odd, so it comes
 * to every entry.
 */
static inline uint64_t index_next(const struct index *x, uint64_t at)
{
	return (at + INDEX_STEP) & (x->nr - 1);
}

/* Does the search for a block end at this entry of a table? It is the block's,
 * or it is free. */
static inline bool index_ends(const struct index *x, uint64_t at,
			      uint32_t block)
{
	return !x->table[at].number || x->table[at].block == block;
}

/* Returns the entry of the block in a table, or the free one where it
 * belongs. */
static inline uint64_t index_entry(const struct index *x, uint32_t block)
{
	uint64_t at = index_home(x, block);

	while (!index_ends(x, at, block))
		at = index_next(x, at);
	return at;
}

/* Returns the number of the block, or INDEX_NONE. */
static inline uint32_t index_find(const struct index *x, uint32_t block)
{
	if (x->numbers)
		return x->numbers[block] - 1;
	return x->table[index_entry(x, block)].number - 1;
}

/* Gives a block a number, whether it has one or not. */
static inline void index_set(struct index *x, uint32_t block, uint32_t number)
{
	uint64_t at;

	if (x->numbers) {
		x->numbers[block] = number + 1;
		return;
	}
	for (at = index_home(x, block); !index_ends(x, at, block);
	     at = index_next(x, at))
		x->table[at].passed = 1;
	x->table[at].block = block;
	x->table[at].number = number + 1;
}

/* Removes a block, which must be there. */
void index_remove(struct index *x, uint32_t block);

#endif
