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

static uint32_t others(const struct index *x)
{
	uint32_t n = 0;

	for (uint64_t i = 0; x->others && i < x->nr / 2; i++)
		n += x->others[i].number > 0;
	return n;
}

/* Puts a block into a slot, and takes away what is there. */
static void put(struct index *x, uint32_t block, uint32_t slot)
{
	if (slot_of[blocks[slot]] == slot + 1) {
		index_remove(x, blocks[slot]);
		slot_of[blocks[slot]] = 0;
	}
	blocks[slot] = block;
	index_set(x, block, slot);
	slot_of[block] = slot + 1;
}

/* Blocks side by side, as requests have them, take the slots in turn, or any
 * slot, so that some stay for long. */
static void check_index(uint32_t nr_blocks, uint32_t slots, bool in_turn)
{
	uint64_t seed = nr_blocks + slots + in_turn;
	uint32_t at = 0;
	struct index x;

	memset(slot_of, 0, sizeof(slot_of));
	memset(blocks, 0, sizeof(blocks));
	CHECK_EQ(index_init(&x, nr_blocks, slots, slots, &mem_private), 0);
	CHECK_EQ(x.others != NULL, nr_blocks == BLOCKS && slots < BLOCKS / 8);
	for (uint32_t round = 0; round < ROUNDS; round++) {
		at = (small_random(&seed, 20) ? at + 1 :
				small_random(&seed, nr_blocks)) % nr_blocks;
		CHECK_EQ(index_find(&x, at), slot_of[at] - 1);
		if (!slot_of[at])
			put(&x, at, in_turn ? round % slots :
					      small_random(&seed, slots));
	}
	check_all(&x, nr_blocks);
	index_exit(&x, &mem_private);
}

static void an_array(void)
{
	check_index(1000, 50, true);
	check_index(BLOCKS, BLOCKS / 4, true);
	check_index(BLOCKS, BLOCKS / 4, false);
}

static void laps(void)
{
	check_index(BLOCKS, 1, true);
	check_index(BLOCKS, 16, true);
	check_index(BLOCKS, 16, false);
	check_index(BLOCKS, SLOTS, true);
	check_index(BLOCKS, SLOTS, false);
	/* With as few entries as there can be. */
	check_index(BLOCKS, 1 << 12, true);
	check_index(BLOCKS, 1 << 12, false);
}

/* Blocks at equal distances mostly get their entries. */
static void check_distance(uint32_t distance)
{
	struct index x;

	CHECK_EQ(index_init(&x, BLOCKS, SLOTS, SLOTS, &mem_private), 0);
	for (uint32_t i = 0; i < SLOTS / 2; i++)
		index_set(&x, i * distance % BLOCKS, i);
	CHECK(others(&x) < SLOTS / 10);
	index_exit(&x, &mem_private);
}

static void distances(void)
{
	check_distance(1);
	check_distance(64);
	check_distance(1 << 14); /* a lap */
}

/* As many blocks as there is room for, that all come by one entry, go one after
 * the other, beginning with the @first. */
static void check_crowd(uint32_t first)
{
	enum { CROWD = 64 };
	uint32_t nr = 0, crowd[CROWD + 1];
	struct index x;

	CHECK_EQ(index_init(&x, BLOCKS, CROWD, CROWD, &mem_private), 0);
	for (uint32_t block = 7; nr <= CROWD; block++)
		if (index_home(&x, block) == index_home(&x, 7))
			crowd[nr++] = block;
	for (uint32_t i = 0; i < CROWD; i++)
		index_set(&x, crowd[i], i);
	CHECK_EQ(others(&x), CROWD - 1);
	CHECK_EQ(index_find(&x, crowd[CROWD]), INDEX_NONE);
	for (uint32_t gone = 1; gone <= CROWD; gone++) {
		index_remove(&x, crowd[(first + gone - 1) % CROWD]);
		for (uint32_t i = 0; i < CROWD; i++)
			CHECK_EQ(index_find(&x, crowd[(first + i) % CROWD]),
				 i < gone ? INDEX_NONE : (first + i) % CROWD);
	}
	CHECK_EQ(others(&x), 0);
	index_exit(&x, &mem_private);
}

static void crowds(void)
{
	check_crowd(0);
	check_crowd(1);
	check_crowd(40);
}

/* An entry has room for the lap of the last block and the largest number. */
static void most_laps(void)
{
	const uint32_t last = (UINT32_C(1) << 31) - 2;

	for (uint32_t most = 1; most <= 1 << 16; most *= 16) {
		struct index x;

		CHECK_EQ(index_init(&x, last + 1, most, 2 * most + 64,
				    &mem_private), 0);
		index_set(&x, last, 2 * most + 63);
		CHECK_EQ(index_find(&x, last), 2 * most + 63);
		CHECK_EQ(index_find(&x, last - x.nr), INDEX_NONE);
		index_set(&x, last, 0);
		CHECK_EQ(index_find(&x, last), 0);
		CHECK_EQ(others(&x), 0);
		index_remove(&x, last);
		CHECK_EQ(index_find(&x, last), INDEX_NONE);
		index_exit(&x, &mem_private);
	}
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
	RUN(laps);
	RUN(distances);
	RUN(crowds);
	RUN(most_laps);
	RUN(tallies);
	UNIT_END();
}
