#include <string.h>

#include "trace/cache/index.h"

#define STEP_INVERSE 0xf0f0f0f0f0f0f0f1 /* of INDEX_STEP, modulo 2^64 */
#define FEW_BLOCKS (1 << 18)		/* an array of 1 MiB */

static uint64_t table_size(uint64_t slots)
{
	uint64_t nr = 2 * INDEX_LINE;

	while (nr < 2 * slots)
		nr *= 2;
	return nr;
}

int index_init(struct index *x, uint32_t nr_blocks, uint64_t slots,
	       const uint32_t *blocks, const struct mem *mem)
{
	uint64_t nr = table_size(slots);

	*x = (struct index){ .nr = nr_blocks, .blocks = blocks };
	if (nr_blocks > FEW_BLOCKS && nr <= nr_blocks / 4) {
		x->nr = nr;
		x->shift = 64 - __builtin_ctzll(nr / INDEX_LINE);
	}
	x->entries = mem->alloc(x->nr * sizeof(*x->entries));
	return x->entries ? 0 : -1;
}

void index_exit(struct index *x, const struct mem *mem)
{
	mem->free(x->entries, x->nr * sizeof(*x->entries));
	memset(x, 0, sizeof(*x));
}

/* Returns how many steps a search takes from one entry to another. */
static uint64_t steps(const struct index *x, uint64_t from, uint64_t to)
{
	return (to - from) * STEP_INVERSE & (x->nr - 1);
}

/* In a table, entries behind the hole move up into it where a search for them
 * would end there. */
void index_remove(struct index *x, uint32_t block)
{
	uint64_t hole = index_entry(x, block), at = hole, home;

	x->entries[hole] = 0;
	if (!x->shift)
		return;
	for (;;) {
		at = index_next(x, at);
		if (!x->entries[at])
			return;
		home = index_home(x, x->blocks[x->entries[at] - 1]);
		if (steps(x, home, at) < steps(x, hole, at))
			continue;
		x->entries[hole] = x->entries[at];
		x->entries[at] = 0;
		hole = at;
	}
}
