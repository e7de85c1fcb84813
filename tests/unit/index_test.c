/*
 * The numbers of blocks and how often they hit: what takes memory as the cache
 * does, against arrays that take it as the trace does.
 */
#include "trace/cache/index.h"
#include "trace/plan/tally.h"
#include "small_trace.h"
#include "unit.h"

#define BLOCKS 400000
#define SLOTS  5000
#define ROUNDS 300000

static uint32_t slot_of[BLOCKS]; /* + 1; 0: not there */
static uint32_t blocks[BLOCKS];	 /* of each slot */
static uint32_t hits[BLOCKS];

static void check_all(const struct index *x, uint32_t nr_blocks)
{
	for (uint32_t b = 0; b < nr_blocks; b++)
		CHECK_EQ(index_find(x, b), slot_of[b] - 1);
}

/* Blocks side by side, as requests have them, come and go. */
static void check_index(uint32_t nr_blocks, uint32_t slots, bool table)
{
	uint64_t seed = nr_blocks + slots;
	uint32_t at = 0, slot = 0;
	struct index x;

	memset(slot_of, 0, sizeof(slot_of));
	CHECK_EQ(index_init(&x, nr_blocks, slots, &mem_private), 0);
	CHECK_EQ(x.table != NULL, table);
	for (uint32_t round = 0; round < ROUNDS; round++) {
		at = (small_random(&seed, 20) ? at + 1 :
				small_random(&seed, nr_blocks)) % nr_blocks;
		CHECK_EQ(index_find(&x, at), slot_of[at] - 1);
		if (slot_of[at])
			continue;
		if (round >= slots && slot_of[blocks[slot]] == slot + 1) {
			index_remove(&x, blocks[slot]);
			slot_of[blocks[slot]] = 0;
		}
		blocks[slot] = at;
		index_set(&x, at, slot);
		slot_of[at] = ++slot;
		slot %= slots;
	}
	check_all(&x, nr_blocks);
	index_exit(&x, &mem_private);
}

static void an_array(void)
{
	memset(blocks, 0, sizeof(blocks));
	check_index(1000, 50, false);
	check_index(BLOCKS, BLOCKS / 4, false);
}

static void a_table(void)
{
	memset(blocks, 0, sizeof(blocks));
	check_index(BLOCKS, 1, true);
	check_index(BLOCKS, 16, true);
	check_index(BLOCKS, 1000, true);
	check_index(BLOCKS, SLOTS, true);
	/* As full as a table gets. */
	check_index(BLOCKS, 1 << 12, true);
}

static void tallies(void)
{
	uint64_t seed = 5, block;
	struct tally t;

	CHECK_EQ(tally_init(&t, BLOCKS, ROUNDS, &mem_private), 0);
	for (int again = 0; again < 2; again++) {
		memset(hits, 0, sizeof(hits));
		for (uint32_t round = 0; round < ROUNDS; round++) {
			block = small_random(&seed, 4) ?
					small_random(&seed, 300) * 977 :
					small_random(&seed, BLOCKS);
			CHECK_EQ(tally_see(&t, block), !hits[block]);
			if (hits[block]++)
				CHECK_EQ(tally_hit(&t, block),
					 hits[block] - 1);
		}
		tally_clear(&t);
	}
	CHECK(hits[0] > UINT8_MAX);
	tally_exit(&t, &mem_private);
}

int main(void)
{
	RUN(an_array);
	RUN(a_table);
	RUN(tallies);
	UNIT_END();
}
