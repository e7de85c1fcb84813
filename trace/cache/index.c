#include <string.h>

#include "trace/cache/index.h"

#define STEP_INVERSE 0x803fe00ff803fe01 /* of INDEX_STEP, modulo 2^64 */
#define FEW_BLOCKS (1 << 18)		/* an array of 1 MiB */

static uint64_t table_size(uint64_t most)
{
	uint64_t nr = 2 * INDEX_RUN;

	while (nr < 2 * most)
		nr *= 2;
	return nr;
}

int index_init(struct index *x, uint32_t nr_blocks, uint64_t most,
	       const struct mem *mem)
{
	uint64_t nr = table_size(most);

	*x = (struct index){ .nr = nr_blocks };
	if (nr_blocks > FEW_BLOCKS && nr <= nr_blocks / 4) {
		x->nr = nr;
		x->shift = 64 - __builtin_ctzll(nr / INDEX_RUN);
		x->table = mem->alloc(nr * sizeof(*x->table));
	} else {
		x->numbers = mem->alloc(nr_blocks * sizeof(*x->numbers));
	}
	return x->table || x->numbers ? 0 : -1;
}

void index_exit(struct index *x, const struct mem *mem)
{
	mem->free(x->table, x->nr * sizeof(*x->table));
	mem->free(x->numbers, x->nr * sizeof(*x->numbers));
	memset(x, 0, sizeof(*x));
}

/* Returns how many steps a search takes from one entry to another. */
static uint64_t steps(const struct index *x, uint64_t from, uint64_t to)
{
	return (to - from) * STEP_INVERSE & (x->nr - 1);
}

/* Removes the entry @hole of a table. Entries behind it move up into it where a
 * search for them would end there. */
static void remove_entry(struct index *x, uint64_t hole)
{
	struct index_entry *entries = x->table;
	uint64_t at = hole, home;

	while (entries[hole].passed) {
		at = index_next(x, at);
		if (!entries[at].number)
			break;
		home = index_home(x, entries[at].block);
		if (steps(x, home, at) < steps(x, hole, at))
			continue;
		entries[hole].number = entries[at].number;
		entries[hole].block = entries[at].block;
		hole = at;
	}
	entries[hole].number = 0;
	entries[hole].passed = 0;
}

void index_remove(struct index *x, uint32_t block)
{
	if (x->numbers)
		x->numbers[block] = 0;
	else
		remove_entry(x, index_entry(x, block));
}
