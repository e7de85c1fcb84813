#include <string.h>

#include "trace/cache/index.h"

#define FEW_BLOCKS (1 << 18)	       /* an array of 1 MiB */
#define ENTRY_BITS 31		       /* without INDEX_OTHERS */
#define RUN 512			       /* others side by side */
#define RUN_INVERSE 0x803fe00ff803fe01 /* of RUN + 1, modulo 2^64 */

/* Returns how many bits a number has. */
static unsigned int bits(uint64_t n)
{
	return n ? 64 - __builtin_clzll(n) : 0;
}

/* Are laps so much shorter than an array for all blocks that they pay? */
static bool laps_pay(const struct index *x, uint32_t nr_blocks)
{
	return UINT64_C(4) << x->lap_bits <= nr_blocks;
}

/* Makes laps as short as they can be: at least twice as long as @most, and so
 * few that an entry has room for their number. None where they don't pay. */
static void choose_laps(struct index *x, uint32_t nr_blocks, uint64_t most,
			uint64_t numbers)
{
	x->number_bits = bits(numbers);
	x->lap_bits = bits(2 * most - 1);
	while (laps_pay(x, nr_blocks) &&
	       bits(nr_blocks >> x->lap_bits) + x->number_bits > ENTRY_BITS)
		x->lap_bits++;
	if (!laps_pay(x, nr_blocks))
		x->lap_bits = 0;
}

static size_t entries_bytes(const struct index *x)
{
	return x->nr * sizeof(*x->entries);
}

static size_t others_bytes(const struct index *x)
{
	return x->nr / 2 * sizeof(*x->others);
}

int index_init(struct index *x, uint32_t nr_blocks, uint64_t most,
	       uint64_t numbers, const struct mem *mem)
{
	*x = (struct index){ .nr = nr_blocks };
	if (nr_blocks > FEW_BLOCKS)
		choose_laps(x, nr_blocks, most, numbers);
	if (x->lap_bits) {
		x->nr = UINT64_C(1) << x->lap_bits;
		x->others = mem->alloc(others_bytes(x));
		if (!x->others)
			return -1;
	}
	x->entries = mem->alloc(entries_bytes(x));
	return x->entries ? 0 : -1;
}

void index_exit(struct index *x, const struct mem *mem)
{
	mem->free(x->others, others_bytes(x));
	mem->free(x->entries, entries_bytes(x));
	memset(x, 0, sizeof(*x));
}

/* Returns which of the places in @others it is, counted round and round. */
static uint64_t wrap(const struct index *x, uint64_t at)
{
	return at & (x->nr / 2 - 1);
}

/* Returns where in @others the search for a block begins: for a run of blocks
 * anywhere, but side by side. */
static uint64_t start_of(const struct index *x, uint32_t block)
{
	uint64_t home = index_home(x, block);
	uint64_t run = home / RUN * INDEX_HASH >> 32;

	return wrap(x, home + run);
}

/* Returns where it goes on. The step is odd, so it comes to every place. */
static uint64_t behind(const struct index *x, uint64_t at)
{
	return wrap(x, at + RUN + 1);
}

/* Returns where in @others the block is, or the free place where it belongs. */
static uint64_t place_of(const struct index *x, uint32_t block)
{
	uint64_t at = start_of(x, block);

	while (x->others[at].number && x->others[at].block != block)
		at = behind(x, at);
	return at;
}

uint32_t index_find_other(const struct index *x, uint32_t block)
{
	return x->others[place_of(x, block)].number - 1;
}

void index_set_other(struct index *x, uint32_t block, uint32_t number)
{
	x->entries[index_home(x, block)] |= INDEX_OTHERS;
	x->others[place_of(x, block)] =
		(struct index_other){ number + 1, block };
}

/* Returns how many steps a search takes from one place to another. */
static uint64_t steps(const struct index *x, uint64_t from, uint64_t to)
{
	return wrap(x, (to - from) * RUN_INVERSE);
}

/* Frees a place in @others. What is behind it moves up into it where a search
 * for that would end there. */
static void free_place(struct index *x, uint64_t hole)
{
	uint64_t at = behind(x, hole), start;

	for (; x->others[at].number; at = behind(x, at)) {
		start = start_of(x, x->others[at].block);
		if (steps(x, start, at) < steps(x, hole, at))
			continue;
		x->others[hole] = x->others[at];
		hole = at;
	}
	x->others[hole].number = 0;
}

/* Gives the entry to one of the others that come by it, if there is one. */
static void pass_on(struct index *x, uint64_t home, uint64_t start)
{
	struct index_other heir;
	uint64_t at = start;

	while (x->others[at].number &&
	       index_home(x, x->others[at].block) != home)
		at = behind(x, at);
	heir = x->others[at];
	x->entries[home] = 0;
	if (!heir.number)
		return;
	x->entries[home] =
		INDEX_OTHERS | (index_blank(x, heir.block) + heir.number);
	free_place(x, at);
}

void index_remove_other(struct index *x, uint32_t block)
{
	uint64_t home = index_home(x, block);
	uint32_t number = index_number(x, block, x->entries[home]);

	if (index_is_number(x, number))
		pass_on(x, home, start_of(x, block));
	else
		free_place(x, place_of(x, block));
}
