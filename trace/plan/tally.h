/* Counts how often each block was a hit, in a byte. The few blocks with more
 * hits than a byte holds are counted on in a table. */
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

/* Makes a tally for @lookups lookups of @nr_blocks blocks. Returns 0, or -1
 * when there is no memory; tally_exit() is due either way. */
int tally_init(struct tally *t, uint32_t nr_blocks, uint64_t lookups,
	       const struct mem *mem);
void tally_exit(struct tally *t, const struct mem *mem);

/* Forgets every block. */
void tally_clear(struct tally *t);

/* Notes that the block is looked up. Returns whether that is the first time. */
static inline bool tally_see(struct tally *t, uint32_t block)
{
	if (t->few[block])
		return false;
	t->few[block] = 1;
	return true;
}

/* Counts one more hit of a block whose byte is full. Returns how many there are
 * now. */
uint64_t tally_more(struct tally *t, uint32_t block);

/* Counts one more hit of a block, which was seen before. Returns how many there
 * are now. */
static inline uint64_t tally_hit(struct tally *t, uint32_t block)
{
	return t->few[block] < UINT8_MAX ? t->few[block]++ :
					   tally_more(t, block);
}

#endif
