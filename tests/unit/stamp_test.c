/* Stamps of blocks, and the bytes between them. */
#include "engine/result/pattern.c"
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

static uint64_t end_of_object = sizeof(buf);

static struct stamp_places places(uint64_t offset, uint64_t len, uint64_t stride)
{
	return (struct stamp_places){ offset, len, stride, end_of_object };
}

static void write_at(const struct stamp *s, void *to, uint64_t len,
		     uint64_t stride, bool data)
{
	struct stamp_places p = places(s->offset, len, stride);

	stamp_write(s, to, &p, data);
}

static void write_block(uint64_t stride)
{
	struct stamp s = block();

	memset(buf, 0x55, sizeof(buf));
	write_at(&s, buf, sizeof(buf), stride, false);
}

/* Is what @s says read in @len bytes at @offset? */
static bool reads(const struct stamp *s, uint64_t offset, uint64_t len,
		  uint64_t *at, struct stamp *found)
{
	struct stamp piece = stamp_make(s->run, s->hash_id, s->generation,
					offset);

	struct stamp_places p = places(offset, len, STRIDE);

	return stamp_check(&piece, buf + offset, &p, false, at, found) ==
	       STAMP_RIGHT;
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

		write_at(&piece, buf + i * STRIDE, STRIDE, STRIDE, false);
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

	end_of_object = len;
	memset(buf, 0x55, sizeof(buf));
	write_at(&s, buf, len, STRIDE, false);
	CHECK_EQ(buf[STRIDE], 0x55);
	CHECK(reads(&s, 0, len, &at, &found));
	memset(buf, 0x55, sizeof(buf));
	end_of_object = sizeof(s) - 1;
	write_at(&s, buf, sizeof(s) - 1, STRIDE, false);
	CHECK_EQ(buf[0], 0x55);
	CHECK(reads(&s, 0, sizeof(s) - 1, &at, &found));
	end_of_object = sizeof(buf);
}

/* Where a header was left out the read begins between two stamps. */
static void a_read_may_begin_anywhere(void)
{
	struct stamp s = block(), found;
	uint64_t at = 0, offset;

	write_block(STRIDE);
	for (offset = 0; offset < 2 * STRIDE; offset += 7)
		CHECK(reads(&s, offset, sizeof(buf) - offset, &at, &found));
	buf[2 * STRIDE + 5] ^= 1;
	CHECK(!reads(&s, 100, sizeof(buf) - 100, &at, &found));
	CHECK_EQ(at, 2 * STRIDE);
}

/* Where an object's data does not begin at its first byte, writes cut stamps. */
static void of_a_cut_stamp_each_part_counts(void)
{
	struct stamp s = block(), found;
	uint64_t at, cut, byte;

	for (cut = STRIDE + 1; cut < STRIDE + sizeof(s); cut++) {
		struct stamp rest = stamp_make(1, 7, 3, cut);

		memset(buf, 0x55, sizeof(buf));
		write_at(&s, buf, cut, STRIDE, false);
		write_at(&rest, buf + cut, sizeof(buf) - cut, STRIDE, false);
		CHECK(reads(&s, 0, sizeof(buf), &at, &found));
		byte = cut % 2 ? cut - 1 : cut;
		buf[byte] ^= 1;
		CHECK(!reads(&s, 0, sizeof(buf), &at, &found));
		CHECK_EQ(reads(&s, 0, cut, &at, &found), byte == cut);
		CHECK_EQ(reads(&s, cut, sizeof(buf) - cut, &at, &found),
			 byte != cut);
	}
}

static enum stamp_result check_data(uint64_t offset, uint64_t len, uint64_t *at)
{
	struct stamp piece = stamp_make(1, 7, 3, offset), found;
	struct stamp_places p = places(offset, len, STRIDE);

	return stamp_check(&piece, buf + offset, &p, true, at, &found);
}

static void every_byte_of_data_counts(void)
{
	struct stamp s = block();
	uint64_t at = 0, i;

	write_at(&s, buf, sizeof(buf), STRIDE, true);
	CHECK_EQ(check_data(0, sizeof(buf), &at), STAMP_RIGHT);
	for (i = 0; i < sizeof(buf); i += 11) {
		buf[i] ^= 0x40;
		CHECK(check_data(0, sizeof(buf), &at) != STAMP_RIGHT);
		CHECK(at == i || at == i / STRIDE * STRIDE);
		buf[i] ^= 0x40;
	}
}

static void data_in_parts_is_the_same(void)
{
	struct stamp s = block();
	uint64_t at, offset, len;

	write_at(&s, buf, sizeof(buf), STRIDE, true);
	for (offset = 0; offset < STRIDE + 100; offset += 13)
		for (len = 1; len < 3 * STRIDE; len = len * 2 + 1)
			CHECK_EQ(check_data(offset, len, &at), STAMP_RIGHT);
}

/* Any part of a pattern has the bytes of the whole, and is checked as such. */
static void any_part_of_a_pattern(void)
{
	unsigned char whole[64], part[64];
	uint64_t from, len;

	pattern_fill(whole, sizeof(whole), 5, 0);
	for (from = 0; from < 24; from++)
		for (len = 0; from + len <= sizeof(whole); len++) {
			pattern_fill(part, len, 5, from);
			CHECK(!memcmp(part, whole + from, len));
			CHECK_EQ(pattern_check(whole + from, len, 5, from), len);
			if (!len)
				continue;
			part[len / 2] ^= 1;
			CHECK_EQ(pattern_check(part, len, 5, from), len / 2);
		}
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
	RUN(a_read_may_begin_anywhere);
	RUN(of_a_cut_stamp_each_part_counts);
	RUN(every_byte_of_data_counts);
	RUN(data_in_parts_is_the_same);
	RUN(any_part_of_a_pattern);
	UNIT_END();
}
