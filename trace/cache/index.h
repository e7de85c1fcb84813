/*
 * A number of each block that is cached: its slot, or its ticket (policy.h).
 * Blocks are numbered densely, so an array has an entry for each. Where there
 * are many times as many blocks as are cached they go over a shorter array, lap
 * after lap, so that memory grows with the cache and not with the trace. Of the
 * blocks that come by the same entry one has it, and the others, while they are
 * cached at the same time, are in a hash table.
 *
 * Blocks side by side have entries side by side, 16 to a line of the CPU's
 * cache: so lies what a request looks up, and mostly what is evicted.
 */
#ifndef MOONCAKE_INDEX_H
#define MOONCAKE_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/mem.h"

#define INDEX_NONE UINT32_MAX
#define INDEX_HASH UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / golden ratio */
#define INDEX_OTHERS (UINT32_C(1) << 31)

/* A block whose entry another one has. */
struct index_other {
	uint32_t number; /* + 1; 0: free */
	uint32_t block;
};

struct index {
	/*
	 * Of each block the number + 1; 0: none. With laps there is the lap of
	 * the block above the number, and INDEX_OTHERS where others that come
	 * by the entry may be cached; while it is 0 there are none.
	 */
	uint32_t *entries;
	uint64_t nr;		    /* with laps 2^lap_bits */
	unsigned int lap_bits;	    /* of a block, below its lap; 0: no laps */
	unsigned int number_bits;   /* of an entry, below the lap */
	struct index_other *others; /* nr / 2; NULL without laps */
};

/*
 * Makes an index for @nr_blocks blocks, fewer than 2^31, of which no more than
 * @most are cached at a time, with numbers below @numbers. Returns 0, or -1 when
 * there is no memory; index_exit() is due either way.
 */
int index_init(struct index *x, uint32_t nr_blocks, uint64_t most,
	       uint64_t numbers, const struct mem *mem);
void index_exit(struct index *x, const struct mem *mem);

/* Do the same as those below for a block whose entry others come by. */
uint32_t index_find_other(const struct index *x, uint32_t block);
void index_set_other(struct index *x, uint32_t block, uint32_t number);
void index_remove_other(struct index *x, uint32_t block);

static inline uint32_t index_lap(const struct index *x, uint32_t block)
{
	return block >> x->lap_bits;
}

/*
 * Returns which entry a block comes by. Each lap begins up to 8,191 entries
 * further on, so that blocks at equal distances, such as the first of each
 * request, do not all meet. It is not more, since the end of a lap is cached
 * together with the beginning of the next.
 */
static inline uint64_t index_home(const struct index *x, uint32_t block)
{
	uint64_t further = index_lap(x, block) * INDEX_HASH >> 51;

	return (block + further) & (x->nr - 1);
}

/* Returns what the entry of a block without a number would be. */
static inline uint32_t index_blank(const struct index *x, uint32_t block)
{
	return index_lap(x, block) << x->number_bits;
}

/* Returns the number in the entry that the block comes by, or something that is
 * none where another block has it. */
static inline uint32_t index_number(const struct index *x, uint32_t block,
				    uint32_t entry)
{
	return ((entry & ~INDEX_OTHERS) ^ index_blank(x, block)) - 1;
}

static inline bool index_is_number(const struct index *x, uint32_t number)
{
	return number < (UINT32_C(1) << x->number_bits) - 1;
}

/* Returns the number of the block, or INDEX_NONE. */
static inline uint32_t index_find(const struct index *x, uint32_t block)
{
	uint32_t entry, number;

	if (!x->others)
		return x->entries[block] - 1;
	entry = x->entries[index_home(x, block)];
	number = index_number(x, block, entry);
	if (index_is_number(x, number))
		return number;
	return entry & INDEX_OTHERS ? index_find_other(x, block) : INDEX_NONE;
}

/* Gives a block a number, whether it has one or not. */
static inline void index_set(struct index *x, uint32_t block, uint32_t number)
{
	uint32_t *entry;

	if (!x->others) {
		x->entries[block] = number + 1;
		return;
	}
	entry = &x->entries[index_home(x, block)];
	if (!*entry || index_is_number(x, index_number(x, block, *entry)))
		*entry = (*entry & INDEX_OTHERS) |
			 (index_blank(x, block) + number + 1);
	else
		index_set_other(x, block, number);
}

/* Removes a block, which must be there. */
static inline void index_remove(struct index *x, uint32_t block)
{
	uint32_t *entry;

	if (!x->others) {
		x->entries[block] = 0;
		return;
	}
	entry = &x->entries[index_home(x, block)];
	if (*entry & INDEX_OTHERS)
		index_remove_other(x, block);
	else
		*entry = 0;
}

#endif
