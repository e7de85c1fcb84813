/*
 * Places and buckets: small cases by hand, and buckets at random against lists
 * of their blocks.
 */
#include <stdlib.h>

#include "trace/cache/buckets.h"
#include "trace/cache/cache.h"
#include "small_trace.h"
#include "unit.h"

#define BLOCKS	64
#define SERIALS 4096

static struct places places;
static struct buckets buckets;

static void begin_places(uint64_t capacity, uint32_t wanted, uint32_t high,
			 uint32_t low)
{
	CHECK_EQ(places_init(&places, capacity, wanted,
			     (struct watermarks){ high, low }, &mem_private),
		 0);
}

static void one_place_at_a_time(void)
{
	begin_places(3, 10, 100, 100);
	for (uint32_t i = 0; i < 3; i++) {
		CHECK_EQ(places_excess(&places), 0);
		CHECK(!places_used_before(&places));
		CHECK_EQ(places_take(&places), i);
	}
	CHECK_EQ(places_excess(&places), 1);
	places_give_back(&places, 1);
	CHECK_EQ(places_excess(&places), 0);
	CHECK(places_used_before(&places));
	CHECK_EQ(places_take(&places), 1);
	CHECK_EQ(places.fresh, 3);
	places_exit(&places, &mem_private);
}

/* 90% of 25 is 22.5, 50% is 12.5: from 22 on down to 11. */
static void watermarks_round_down(void)
{
	begin_places(25, 100, 90, 50);
	for (uint32_t i = 0; i < 22; i++) {
		CHECK_EQ(places_excess(&places), 0);
		places_take(&places);
	}
	CHECK_EQ(places_excess(&places), 11);
	for (uint32_t i = 0; i < 11; i++)
		places_give_back(&places, 21 - i);
	CHECK_EQ(places_excess(&places), 0);
	for (uint32_t i = 0; i < 11; i++)
		CHECK_EQ(places_take(&places), 21 - i);
	CHECK_EQ(places_excess(&places), 11);
	CHECK_EQ(places.fresh, 22);
	places_exit(&places, &mem_private);
}

static void marks_below_one_place(void)
{
	begin_places(5, 100, 10, 10);
	CHECK_EQ(places.nr, 1);
	CHECK_EQ(places.left, 0);
	places_exit(&places, &mem_private);
	CHECK_EQ(places_count(UINT64_MAX, 7, WATERMARKS_OFF), 7);
	CHECK_EQ(places_count(UINT64_MAX, 7, (struct watermarks){ 1, 1 }), 7);
	begin_places(9, 0, 100, 100);
	CHECK_EQ(places.nr, 0);
	CHECK_EQ(places_excess(&places), 0);
	places_exit(&places, &mem_private);
}

static void begin_buckets(const char *policy, uint64_t capacity, uint32_t blocks,
			  struct watermarks marks)
{
	CHECK_EQ(buckets_init(&buckets, policy_find(policy), BLOCKS, capacity,
			      blocks, marks, &mem_private),
		 0);
}

static void fill_bucket(uint32_t place, uint32_t first, uint32_t nr)
{
	CHECK(buckets_full(&buckets));
	CHECK_EQ(buckets_excess(&buckets), 0);
	CHECK_EQ(buckets_open(&buckets), place);
	for (uint32_t k = 0; k < nr; k++)
		CHECK_EQ(buckets_insert(&buckets, first + k), place * 3 + k);
}

static void a_bucket_goes_whole(void)
{
	begin_buckets("lru", 2, 3, WATERMARKS_OFF);
	fill_bucket(0, 0, 3);
	fill_bucket(1, 10, 3);
	buckets_touch(&buckets, 1);
	CHECK_EQ(buckets_excess(&buckets), 1);
	CHECK_EQ(buckets_evict(&buckets), 1);
	for (uint32_t k = 0; k < 3; k++) {
		CHECK_EQ(index_find(&buckets.slots, 10 + k), INDEX_NONE);
		CHECK_EQ(index_find(&buckets.slots, k), k);
	}
	CHECK_EQ(buckets.held, 3);
	fill_bucket(1, 20, 2);
	CHECK(!buckets_full(&buckets));
	CHECK_EQ(buckets.held, 5);
	CHECK_EQ(buckets.slots_used, 6);
	buckets_exit(&buckets, &mem_private);
}

static void the_last_bucket_may_be_partly_used(void)
{
	begin_buckets("fifo", UINT64_MAX, 3, WATERMARKS_OFF);
	CHECK_EQ(buckets.places.nr, 22);
	fill_bucket(0, 0, 3);
	fill_bucket(1, 3, 1);
	CHECK_EQ(buckets.slots_used, 4);
	buckets_exit(&buckets, &mem_private);
	begin_buckets("fifo", UINT64_MAX, UINT32_MAX, WATERMARKS_OFF);
	CHECK_EQ(buckets.bucket_blocks, BLOCKS);
	CHECK_EQ(buckets.places.nr, 1);
	buckets_exit(&buckets, &mem_private);
}

/* A bucket by its number in order of opening. */
struct listed {
	bool in;
	uint64_t opened, used;
	uint32_t blocks[BLOCKS], nr;
};

static struct listed list[SERIALS];
static uint32_t nr_listed, in_use;
static uint32_t serial_of[BLOCKS]; /* of each block, or SERIALS */

static uint32_t first_to_go(bool lru)
{
	uint32_t first = SERIALS;

	for (uint32_t i = 0; i < nr_listed; i++)
		if (list[i].in &&
		    (first == SERIALS ||
		     (lru ? list[i].used < list[first].used :
			    list[i].opened < list[first].opened)))
			first = i;
	return first;
}

static void evict_listed(bool lru)
{
	struct listed *l = &list[first_to_go(lru)];
	uint32_t bucket = buckets_evict(&buckets);

	CHECK_EQ(buckets.bucket_blocks, l->nr);
	CHECK_EQ(buckets.blocks[bucket * l->nr], l->blocks[0]);
	for (uint32_t k = 0; k < l->nr; k++) {
		CHECK_EQ(index_find(&buckets.slots, l->blocks[k]), INDEX_NONE);
		serial_of[l->blocks[k]] = SERIALS;
	}
	l->in = false;
	in_use--;
}

static void insert_listed(uint32_t block, uint64_t now, bool lru,
			  uint32_t high, uint32_t low, uint32_t size)
{
	struct listed *l = nr_listed ? &list[nr_listed - 1] : NULL;

	if (!l || l->nr == size) {
		CHECK(buckets_full(&buckets));
		if (in_use >= high)
			while (in_use > (low ? low - 1 : 0))
				evict_listed(lru);
		CHECK_EQ(buckets_excess(&buckets), 0);
		buckets_open(&buckets);
		l = &list[nr_listed++];
		*l = (struct listed){ .in = true, .opened = now };
		in_use++;
	}
	CHECK(!buckets_full(&buckets));
	buckets_insert(&buckets, block);
	l->blocks[l->nr++] = block;
	l->used = now;
	serial_of[block] = nr_listed - 1;
}

static void against_lists(bool lru, uint32_t capacity, uint32_t size,
			  struct watermarks marks, uint64_t seed)
{
	nr_listed = in_use = 0;
	for (int b = 0; b < BLOCKS; b++)
		serial_of[b] = SERIALS;
	begin_buckets(lru ? "lru" : "fifo", capacity, size, marks);
	for (uint64_t now = 1; now < 3000; now++) {
		uint32_t block = small_random(&seed, BLOCKS);

		CHECK_EQ(index_find(&buckets.slots, block) != INDEX_NONE,
			 serial_of[block] != SERIALS);
		if (serial_of[block] == SERIALS) {
			insert_listed(block, now, lru,
				      capacity * marks.high / 100,
				      capacity * marks.low / 100, size);
		} else {
			buckets_touch(&buckets,
				      index_find(&buckets.slots, block));
			list[serial_of[block]].used = now;
		}
	}
	buckets_exit(&buckets, &mem_private);
}

static void at_random(void)
{
	static const struct watermarks marks[] = { { 100, 100 },
						   { 90, 50 },
						   { 80, 80 },
						   { 50, 1 } };

	for (int lru = 0; lru < 2; lru++)
		for (size_t m = 0; m < 4; m++)
			for (uint32_t size = 1; size < 6; size++)
				for (uint32_t c = 2; c * size < BLOCKS; c += 3)
					against_lists(lru, c, size, marks[m],
						      size * 100 + c);
}

static void policies_for_buckets(void)
{
	for (size_t i = 0; policies[i]; i++)
		CHECK_EQ(policies[i]->of_buckets,
			 !strcmp(policies[i]->name, "lru") ||
				 !strcmp(policies[i]->name, "fifo"));
}

int main(void)
{
	RUN(one_place_at_a_time);
	RUN(watermarks_round_down);
	RUN(marks_below_one_place);
	RUN(a_bucket_goes_whole);
	RUN(the_last_bucket_may_be_partly_used);
	RUN(at_random);
	RUN(policies_for_buckets);
	UNIT_END();
}
