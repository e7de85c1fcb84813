#include <string.h>

#include "trace/base/hash.h"
#include "trace/plan/tally.h"

struct tally_more {
	uint32_t block; /* + 1; 0: free */
	uint32_t hits;	/* beyond those of the byte */
};

int tally_init(struct tally *t, uint32_t nr_blocks, uint64_t lookups,
	       const struct mem *mem)
{
	uint64_t full = lookups / UINT8_MAX + 1; /* bytes at the most */

	*t = (struct tally){ .nr_blocks = nr_blocks, .nr_more = 2 };
	while (t->nr_more < 2 * full)
		t->nr_more *= 2;
	t->few = mem->alloc(nr_blocks);
	t->more = mem->alloc(t->nr_more * sizeof(*t->more));
	return t->few && t->more ? 0 : -1;
}

void tally_exit(struct tally *t, const struct mem *mem)
{
	mem->free(t->few, t->nr_blocks);
	mem->free(t->more, t->nr_more * sizeof(*t->more));
	memset(t, 0, sizeof(*t));
}

void tally_clear(struct tally *t)
{
	memset(t->few, 0, t->nr_blocks);
	memset(t->more, 0, t->nr_more * sizeof(*t->more));
}

uint64_t tally_more(struct tally *t, uint32_t block)
{
	uint64_t at = hash64(block) & (t->nr_more - 1);

	while (t->more[at].block && t->more[at].block != block + 1)
		at = (at + 1) & (t->nr_more - 1);
	t->more[at].block = block + 1;
	return UINT8_MAX - 1 + (uint64_t)++t->more[at].hits;
}
