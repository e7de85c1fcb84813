#define _GNU_SOURCE /* mremap */
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "trace/base/array.h"
#include "trace/base/hash.h"
#include "trace/base/pages.h"
#include "trace/source/ids.h"

#define GROUP 16 /* ids that may share an entry */
#define LINE 16	 /* slots of the CPU's cache line: groups side by side */
#define SLOTS_MIN 4096
#define SLOTS_MANY (1 << 20) /* from then on the table grows by less */
#define BATCH 64

/* Returns how many slots of the table may be filled. A search is cheap even in
 * a table that is rather full, since tags tell most groups apart. */
static uint64_t filled_at_most(uint64_t nr_slots)
{
	return nr_slots / 4 * 3;
}

/* Where the search for the ids of a group begins, and the tag of the group. */
struct home {
	uint32_t slot;
	uint32_t tag; /* at its place in a slot */
};

static inline struct home home_of(const struct ids *ids, uint64_t id)
{
	uint64_t group = id / GROUP, hash = hash64(group / LINE);
	uint64_t line = (hash >> 32) * (ids->nr_slots / LINE) >> 32;

	return (struct home){ line * LINE + (group ^ hash >> 28) % LINE,
			      hash << ids->number_bits };
}

static uint64_t number_mask(const struct ids *ids)
{
	return (UINT64_C(1) << ids->number_bits) - 1;
}

/*
 * Returns where the search goes on: in the next line. Groups side by side that
 * fill a line come to the same next one, and pass what others have there once,
 * not once for each of them.
 */
static inline uint64_t next_slot(const struct ids *ids, uint64_t at)
{
	at += LINE;
	return at < ids->nr_slots ? at : at - ids->nr_slots;
}

/* Does the id follow the one that was numbered before it, in the same group?
 * Then it has no entry of its own. */
static inline bool goes_on(const uint64_t *list, uint64_t nr, uint64_t id)
{
	return nr && id % GROUP && id == list[nr - 1] + 1;
}

static void fill(struct ids *ids, uint64_t from, uint64_t end)
{
	struct home homes[BATCH];
	uint64_t numbers[BATCH], at;
	unsigned int n = 0, i;

	for (uint64_t k = from; k < end; k++) {
		if (goes_on(ids->list, k, ids->list[k]))
			continue;
		homes[n] = home_of(ids, ids->list[k]);
		__builtin_prefetch(&ids->slots[homes[n].slot], 1);
		numbers[n++] = k + 1;
	}
	for (i = 0; i < n; i++) {
		for (at = homes[i].slot; ids->slots[at];)
			at = next_slot(ids, at);
		ids->slots[at] = homes[i].tag | numbers[i];
	}
}

void ids_end(struct ids *ids)
{
	if (ids->slots)
		munmap(ids->slots, ids->nr_slots * sizeof(*ids->slots));
	ids->slots = NULL;
}

/*
 * Maps a table of @nr slots, which are all 0. malloc() would keep the old table
 * between other things when it is freed. Its pages are used again: the kernel
 * clears pages no faster than this does.
 */
static int map_slots(struct ids *ids, uint64_t nr)
{
	size_t before = ids->nr_slots * sizeof(*ids->slots);
	size_t bytes = nr * sizeof(*ids->slots);
	void *map = ids->slots ?
			    mremap(ids->slots, before, bytes, MREMAP_MAYMOVE) :
			    mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		return -1;
	memset(map, 0, before);
	if (!before)
		pages_huge(map, bytes);
	pages_ready((char *)map + before, bytes - before);
	ids->slots = map;
	ids->nr_slots = nr;
	return 0;
}

static unsigned int bits_for(uint64_t numbers)
{
	unsigned int bits = 64 - __builtin_clzll(numbers | SLOTS_MIN);

	return bits < 32 ? bits : 32;
}

/* Makes a larger table from the list, so that the old one need not be there as
 * well. */
static int grow(struct ids *ids)
{
	uint64_t nr_slots = ids->nr_slots, i, end;

	if (ids->used + BATCH > filled_at_most(nr_slots)) {
		nr_slots += nr_slots < SLOTS_MANY ? nr_slots : nr_slots / 2;
		nr_slots = nr_slots ? nr_slots - nr_slots % LINE : SLOTS_MIN;
	}
	if (map_slots(ids, nr_slots))
		return -1;
	ids->number_bits = bits_for(2 * (ids->nr + BATCH));
	for (i = 0; i < ids->nr; i = end) {
		end = ids->nr - i < BATCH ? ids->nr : i + BATCH;
		fill(ids, i, end);
	}
	return 0;
}

static int make_room(struct ids *ids)
{
	uint64_t *list = array_grow(ids->list, &ids->room, ids->nr + BATCH,
				    sizeof(*list));

	if (!list)
		return -1;
	ids->list = list;
	while (ids->used + BATCH > filled_at_most(ids->nr_slots) ||
	       ids->nr + BATCH > number_mask(ids))
		if (grow(ids))
			return -1;
	return 0;
}

/* Is the id in the run that @slot stands for? If so, *@number is its number. */
static inline bool in_run(const struct ids *ids, uint32_t slot, uint64_t id,
			  uint64_t *number)
{
	uint64_t first = (slot & number_mask(ids)) - 1;

	*number = first + (id - ids->list[first]);
	return *number < ids->nr && ids->list[*number] == id;
}

static uint32_t find_or_add(struct ids *ids, uint64_t id)
{
	struct home home = home_of(ids, id);
	uint64_t at = home.slot, number;
	uint32_t mask = number_mask(ids);
	bool alone = true;

	for (; ids->slots[at]; at = next_slot(ids, at)) {
		if ((ids->slots[at] & ~mask) != home.tag)
			continue;
		if (in_run(ids, ids->slots[at], id, &number))
			return number;
		alone = false;
	}
	if (!goes_on(ids->list, ids->nr, id)) {
		ids->slots[at] = home.tag | (ids->nr + 1);
		ids->used++;
		ids->alone = alone;
	}
	ids->list[ids->nr] = id;
	return ids->nr++;
}

/* Numbers the first of @n ids, as far as they follow number @next as they did
 * before. Returns how many. */
static inline size_t number_known(const struct ids *ids, const uint64_t *ahead,
				  size_t n, uint64_t next, uint32_t *numbers)
{
	const uint64_t *list = ids->list + next;
	size_t i;

	n = n < ids->nr - next ? n : ids->nr - next;
	for (i = 0; i < n && ahead[i] == list[i]; i++)
		numbers[i] = next + i;
	return i;
}

/* Numbers the first of @n ids, as far as they go on with the run of the latest
 * new one, where no other run is in its group. Returns how many. */
static inline size_t number_new(struct ids *ids, const uint64_t *ahead,
				size_t n, uint32_t *numbers)
{
	uint64_t nr = ids->nr, id = nr ? ids->list[nr - 1] + 1 : 0;
	uint64_t *list = ids->list + nr;
	size_t i;

	if (!ids->alone)
		return 0;
	for (i = 0; i < n && ahead[i] == id && id % GROUP; i++) {
		list[i] = id++;
		numbers[i] = nr + i;
	}
	ids->nr += i;
	return i;
}

static void number_batch(struct ids *ids, const uint64_t *ahead, size_t n,
			 uint32_t *numbers)
{
	uint64_t next = ids->next;
	size_t i = 0;

	for (;;) {
		i += number_known(ids, ahead + i, n - i, next, numbers + i);
		i += number_new(ids, ahead + i, n - i, numbers + i);
		if (i == n)
			break;
		numbers[i] = find_or_add(ids, ahead[i]);
		next = numbers[i++] + UINT64_C(1);
	}
	ids->next = n ? numbers[n - 1] + UINT64_C(1) : next;
}

int ids_number(struct ids *ids, const uint64_t *list, size_t n,
	       uint32_t *numbers)
{
	while (n) {
		size_t batch = n < BATCH ? n : BATCH;

		if (make_room(ids))
			return -1;
		number_batch(ids, list, batch, numbers);
		list += batch;
		numbers += batch;
		n -= batch;
	}
	return 0;
}
