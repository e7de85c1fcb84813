/*
 * How often each block was a hit, in a byte: what has more hits than that holds
 * is rare, and counted on in a table.
 */
#ifndef MOONCAKE_TALLY_H
#define MOONCAKE_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/mem.h"

struct tally {
	uint8_t *few; /* of each block: 1 + its hits, 0 if it was not seen */
	uint32_t nr_blocks;
	struct tally_more *more; /* of those whose byte is full */
	uint64_t nr_more;	 /* a power of two */
};

/* Of @lookups of so many blocks. 0, or -1 when there is no memory; either way
 * tally_exit() is due. */
int tally_init(struct tally *t, uint32_t nr_blocks, uint64_t lookups,
	       const struct mem *mem);
void tally_exit(struct tally *t, const struct mem *mem);

/* Forgets all. */
void tally_clear(struct tally *t);

/* The block is looked up: for the first time? */
static inline bool tally_see(struct tally *t, uint32_t block)
{
	if (t->few[block])
		return false;
	t->few[block] = 1;
	return true;
}

/* One more hit of a full byte: how many there are now. */
uint64_t tally_more(struct tally *t, uint32_t block);

/* A block that was seen is a hit: how many there are now. */
static inline uint64_t tally_hit(struct tally *t, uint32_t block)
{
	return t->few[block] < UINT8_MAX ? t->few[block]++ :
					   tally_more(t, block);
}

#endif
