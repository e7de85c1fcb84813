/* Stamps of blocks. The file knows nothing of fio. */
#include "engine/result/stamp.c"

#include "unit.h"

#define STRIDE	4096
#define PAGES	4

static char buf[PAGES * STRIDE];

/* Block 7 of run 1, of generation 3, from the start of its slot. */
static struct stamp block(void)
{
	return stamp_make(1, 7, 3, 0);
}

static void write_block(uint64_t stride)
{
	struct stamp s = block();

	memset(buf, 0x55, sizeof(buf));
	stamp_write(&s, buf, sizeof(buf), stride);
}

/* Reads @len bytes at @offset as piece of what @s says. */
static bool reads(const struct stamp *s, uint64_t offset, uint64_t len,
		  uint64_t *at, struct stamp *found)
{
	struct stamp piece = stamp_make(s->run, s->hash_id, s->generation,
					offset);

	return stamp_check(&piece, buf + offset, len, STRIDE, at, found);
}

static void what_was_written_is_found(void)
{
	struct stamp s = block(), found;
	uint64_t at;

	write_block(STRIDE);
	CHECK(reads(&s, 0, sizeof(buf), &at, &found));
	CHECK(stamp_valid(&s));
}

static void reads_may_be_smaller_or_larger_than_writes(void)
{
	struct stamp s = block(), found;
	uint64_t at, i;

	write_block(STRIDE);
	for (i = 0; i < PAGES; i++)
		CHECK(reads(&s, i * STRIDE, STRIDE, &at, &found));
	for (i = 0; i < PAGES; i++) {
		struct stamp piece = stamp_make(1, 7, 3, i * STRIDE);

		stamp_write(&piece, buf + i * STRIDE, STRIDE, STRIDE);
	}
	CHECK(reads(&s, 0, sizeof(buf), &at, &found));
}

static void another_identity_is_found_out(void)
{
	const struct stamp others[] = {
		stamp_make(2, 7, 3, 0), stamp_make(1, 8, 3, 0),
		stamp_make(1, 7, 2, 0),
	};
	struct stamp found;
	uint64_t at;
	size_t i;

	write_block(STRIDE);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		at = 1;
		CHECK(!reads(&others[i], 0, sizeof(buf), &at, &found));
		CHECK_EQ(at, 0);
		CHECK(stamp_valid(&found));
		CHECK_EQ(found.hash_id, 7);
		CHECK_EQ(found.generation, 3);
		CHECK_EQ(found.run, 1);
	}
}

static void another_piece_of_the_block_is_found_out(void)
{
	struct stamp s = block(), found;
	uint64_t at;

	write_block(STRIDE);
	memcpy(buf + 2 * STRIDE, buf + STRIDE, STRIDE);
	CHECK(!reads(&s, 0, sizeof(buf), &at, &found));
	CHECK_EQ(at, 2 * STRIDE);
	CHECK_EQ(found.offset, STRIDE);
	CHECK(reads(&s, 0, 2 * STRIDE, &at, &found));
	CHECK(!reads(&s, STRIDE, 3 * STRIDE, &at, &found));
	CHECK_EQ(at, 2 * STRIDE);
}

static void every_bit_of_a_stamp_counts(void)
{
	struct stamp s = block(), found;
	uint64_t at;
	size_t bit;

	for (bit = 0; bit < 8 * sizeof(s); bit++) {
		write_block(STRIDE);
		buf[bit / 8] ^= 1 << bit % 8;
		CHECK(!reads(&s, 0, sizeof(buf), &at, &found));
		CHECK(!stamp_valid(&found));
	}
}

static void data_is_not_checked(void)
{
	struct stamp s = block(), found;
	uint64_t at;

	write_block(STRIDE);
	buf[sizeof(s)] ^= 1;
	buf[sizeof(buf) - 1] ^= 1;
	CHECK(reads(&s, 0, sizeof(buf), &at, &found));
}

static void what_was_never_written_is_no_stamp(void)
{
	struct stamp s = block(), found;
	uint64_t at;

	memset(buf, 0, sizeof(buf));
	CHECK(!reads(&s, 0, sizeof(buf), &at, &found));
	CHECK(!stamp_valid(&found));
}

static void a_remainder_too_short_goes_without(void)
{
	struct stamp s = block(), found;
	uint64_t at, len = STRIDE + sizeof(s) - 1;

	memset(buf, 0x55, sizeof(buf));
	stamp_write(&s, buf, len, STRIDE);
	CHECK_EQ(buf[STRIDE], 0x55);
	CHECK(stamp_check(&s, buf, len, STRIDE, &at, &found));
	memset(buf, 0x55, sizeof(buf));
	stamp_write(&s, buf, sizeof(s) - 1, STRIDE);
	CHECK_EQ(buf[0], 0x55);
	CHECK(stamp_check(&s, buf, sizeof(s) - 1, STRIDE, &at, &found));
}

int main(void)
{
	RUN(what_was_written_is_found);
	RUN(reads_may_be_smaller_or_larger_than_writes);
	RUN(another_identity_is_found_out);
	RUN(another_piece_of_the_block_is_found_out);
	RUN(every_bit_of_a_stamp_counts);
	RUN(data_is_not_checked);
	RUN(what_was_never_written_is_no_stamp);
	RUN(a_remainder_too_short_goes_without);
	UNIT_END();
}
