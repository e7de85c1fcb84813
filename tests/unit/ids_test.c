/* Numbers of ids that come in all kinds of order, against an array that has the
 * number of each. */
#include "trace/base/hash.h"
#include "trace/source/ids.h"
#include "unit.h"

#define SPAN	100000 /* different ids of a test */
#define LOOKUPS 300000
#define AT_ONCE 100
#define MANY	4000000 /* ids without a run: a table of many huge pages */

static uint32_t expected[SPAN]; /* number + 1 of each, 0: not seen */
static uint64_t state;

static uint64_t draw(uint64_t below)
{
	return hash64(state++) % below;
}

/* Returns what comes behind @at, below SPAN. */
typedef uint64_t (*order)(uint64_t at);

static uint64_t one_by_one(uint64_t at)
{
	return (at + 1) % SPAN;
}

static uint64_t backwards(uint64_t at)
{
	return (at + SPAN - 1) % SPAN;
}

static uint64_t anywhere(uint64_t at)
{
	(void)at;
	return draw(SPAN);
}

/*
 * Goes on as requests do: in a run, then elsewhere, and often a little aside.
 */
static uint64_t in_runs(uint64_t at)
{
	switch (draw(24)) {
	case 0:
		return draw(SPAN);
	case 1:
		return (at + draw(40)) % SPAN;
	case 2:
		return (at + SPAN - draw(40)) % SPAN;
	}
	return (at + 1) % SPAN;
}

static void check_ids(const struct ids *ids, uint64_t first, uint64_t factor)
{
	uint64_t seen = 0;

	for (uint64_t i = 0; i < SPAN; i++)
		if (expected[i]) {
			seen++;
			CHECK(id_list_at(ids->list, expected[i] - 1) == first + i * factor);
		}
	CHECK_EQ(ids->list->nr, seen);
}

/* Numbers ids that are @first + @factor * what the order says. */
static void check_order(order next, uint64_t first, uint64_t factor)
{
	uint64_t list[AT_ONCE], places[AT_ONCE], at = 0, nr = 0;
	uint32_t numbers[AT_ONCE];
	struct id_list all = { 0 };
	struct ids ids = { .list = &all };

	memset(expected, 0, sizeof(expected));
	for (uint64_t done = 0; done < LOOKUPS;) {
		size_t n = draw(AT_ONCE + 1);

		for (size_t i = 0; i < n; i++) {
			places[i] = at = next(at);
			list[i] = first + at * factor;
		}
		CHECK_EQ(ids_number(&ids, list, n, numbers), 0);
		for (size_t i = 0; i < n; i++) {
			if (!expected[places[i]])
				expected[places[i]] = ++nr;
			CHECK_EQ(numbers[i], expected[places[i]] - 1);
		}
		done += n;
	}
	check_ids(&ids, first, factor);
	ids_end(&ids);
	id_list_free(&all);
}

static void check_everywhere(order next)
{
	check_order(next, 0, 1);
	check_order(next, 12345678901, 1);
	check_order(next, UINT64_MAX - SPAN / 2, 1); /* over the end to 0 */
	check_order(next, 3, 2);
	check_order(next, 0, 0x9e3779b97f4a7c15);
}

static void runs(void)
{
	check_everywhere(in_runs);
}

static void one_after_the_other(void)
{
	check_everywhere(one_by_one);
}

static void against_the_order(void)
{
	check_everywhere(backwards);
}

static void at_random(void)
{
	check_everywhere(anywhere);
}

static void few_lists(void)
{
	const uint64_t list[] = { 5, 6, 5, 7, 7, 6, 7, 8 };
	const uint32_t wanted[] = { 0, 1, 0, 2, 2, 1, 2, 3 };
	struct id_list all = { 0 };
	struct ids ids = { .list = &all };
	uint32_t numbers[8];

	CHECK_EQ(ids_number(&ids, list, 0, numbers), 0);
	CHECK_EQ(ids_number(&ids, list, 8, numbers), 0);
	for (int i = 0; i < 8; i++)
		CHECK_EQ(numbers[i], wanted[i]);
	ids_end(&ids);
	id_list_free(&all);
}

static void many(void)
{
	struct id_list all = { 0 };
	struct ids ids = { .list = &all };
	uint32_t number;

	for (uint64_t i = 0; i < MANY; i++) {
		uint64_t id = hash64(i);

		CHECK_EQ(ids_number(&ids, &id, 1, &number), 0);
		CHECK_EQ(number, i);
	}
	for (uint64_t i = 0; i < MANY; i += MANY / 1000) {
		uint64_t id = hash64(i);

		CHECK_EQ(ids_number(&ids, &id, 1, &number), 0);
		CHECK_EQ(number, i);
	}
	ids_end(&ids);
	id_list_free(&all);
}

int main(void)
{
	RUN(few_lists);
	RUN(one_after_the_other);
	RUN(against_the_order);
	RUN(runs);
	RUN(at_random);
	RUN(many);
	UNIT_END();
}
