#define _GNU_SOURCE /* mremap */
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "trace/base/hash.h"
#include "trace/base/pages.h"
#include "trace/source/ids.h"

#define GROUP 16 /* ids that may share an entry */
#define LINE 16	 /* slots of the CPU's cache line: groups side by side */
#define SLOTS_MIN 4096
#define SLOTS_MANY (1 << 20) /* from then on the table grows by less */
#define BATCH 64	     /* ids */

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
static inline bool goes_on(uint64_t before, uint64_t id)
{
	return id % GROUP && id == before + 1;
}

static inline void put(struct ids *ids, struct home home, uint64_t number)
{
	uint64_t at = home.slot;

	while (ids->slots[at])
		at = next_slot(ids, at);
	ids->slots[at] = home.tag | (number + 1);
}

/* Gives the run that begins with a new id, of that number, its entry. */
static inline void enter(struct ids *ids, uint64_t id, uint64_t number)
{
	put(ids, home_of(ids, id), number);
	ids->used++;
}

/* Puts the runs of a chunk of the list into the table. */
static void put_chunk(struct ids *ids, uint64_t from)
{
	const struct id_list *list = ids->list;
	bool one_run = !list->chunks[from / ID_CHUNK].others;
	uint64_t end = from + ID_CHUNK < list->nr ? from + ID_CHUNK : list->nr;
	uint64_t numbers[ID_CHUNK], id = id_list_at(list, from - !!from);
	struct home homes[ID_CHUNK];
	unsigned int n = 0;

	for (uint64_t k = from; k < end;
	     k += one_run ? GROUP - id % GROUP : 1) {
		uint64_t before = id;

		id = id_list_at(list, k);
		if (goes_on(before, id))
			continue;
		homes[n] = home_of(ids, id);
		__builtin_prefetch(&ids->slots[homes[n].slot], 1);
		numbers[n++] = k;
	}
	for (unsigned int i = 0; i < n; i++)
		put(ids, homes[i], numbers[i]);
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
	uint64_t nr_slots = ids->nr_slots;

	if (ids->used + BATCH > filled_at_most(nr_slots)) {
		nr_slots += nr_slots < SLOTS_MANY ? nr_slots : nr_slots / 2;
		nr_slots = nr_slots ? nr_slots - nr_slots % LINE : SLOTS_MIN;
	}
	if (map_slots(ids, nr_slots))
		return -1;
	ids->number_bits = bits_for(2 * (ids->list->nr + BATCH));
	for (uint64_t from = 0; from < ids->list->nr; from += ID_CHUNK)
		put_chunk(ids, from);
	return 0;
}

static int make_room(struct ids *ids)
{
	if (id_list_room(ids->list, BATCH))
		return -1;
	while (ids->used + BATCH > filled_at_most(ids->nr_slots) ||
	       ids->list->nr + BATCH > number_mask(ids))
		if (grow(ids))
			return -1;
	return 0;
}

/* Is the id in the run that @slot stands for? If so, *@number is its number. */
static inline bool in_run(const struct ids *ids, uint32_t slot, uint64_t id,
			  uint64_t *number)
{
	uint64_t first = (slot & number_mask(ids)) - 1;

	*number = first + (id - id_list_at(ids->list, first));
	return *number < ids->list->nr && id_list_at(ids->list, *number) == id;
}

/* Gives a new id the next number, which it returns. */
static uint32_t append(struct ids *ids, uint64_t id)
{
	id_list_append(ids->list, id);
	ids->latest = id;
	if (id > ids->largest)
		ids->largest = id;
	return ids->list->nr - 1;
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
	if (!ids->list->nr || !goes_on(ids->latest, id)) {
		ids->slots[at] = home.tag | (ids->list->nr + 1);
		ids->used++;
		ids->alone = alone;
	}
	return append(ids, id);
}

/* Numbers the first of @n ids, as far as they follow number @next as they did
 * before. Returns how many. */
static inline size_t number_known(const struct ids *ids, const uint64_t *ahead,
				  size_t n, uint64_t next, uint32_t *numbers)
{
	uint64_t left = ids->list->nr - next;
	size_t i;

	n = n < left ? n : left;
	for (i = 0; i < n && ahead[i] == id_list_at(ids->list, next + i); i++)
		numbers[i] = next + i;
	return i;
}

/* Numbers the first of @n ids, as far as they go on with the run of the latest
 * new one: in its group alone, or, where @largest says that what is behind it
 * must be new, beyond. Returns how many. */
static inline size_t number_run(struct ids *ids, const uint64_t *ahead,
				size_t n, bool largest, uint32_t *numbers)
{
	uint64_t nr = ids->list->nr, id = ids->latest + 1;
	uint64_t in_group = -id % GROUP, beyond = UINT64_MAX - ids->latest;
	uint64_t end = largest ? beyond : in_group;
	size_t i;

	n = n < end ? n : end;
	for (i = 0; i < n && ahead[i] == id + i; i++)
		numbers[i] = nr + i;
	for (uint64_t at = in_group; at < i; at += GROUP)
		enter(ids, id + at, nr + at);
	id_list_append_run(ids->list, id, i);
	ids->latest += i;
	return i;
}

/* Numbers the first of @n ids, as far as they must be new: they go on with a
 * run that is alone in its group, or are larger than all before. Returns how
 * many. */
static inline size_t number_new(struct ids *ids, const uint64_t *ahead,
				size_t n, uint32_t *numbers)
{
	bool largest = ids->latest == ids->largest && ids->list->nr;
	size_t i = 0;

	if (!largest && !ids->alone)
		return 0;
	for (;;) {
		i += number_run(ids, ahead + i, n - i, largest, numbers + i);
		if (!largest)
			return i;
		ids->largest = ids->latest;
		if (i == n || ahead[i] <= ids->largest)
			return i;
		enter(ids, ahead[i], ids->list->nr);
		numbers[i] = append(ids, ahead[i]);
		i++;
	}
}

/* Numbers a batch of ids. @next is the number of the one that is likely to
 * come. Returns the one that is likely to come behind the batch. */
static uint64_t number_batch(struct ids *ids, const uint64_t *ahead, size_t n,
			     uint64_t next, uint32_t *numbers)
{
	size_t i = 0;

	for (;;) {
		i += number_known(ids, ahead + i, n - i, next, numbers + i);
		i += number_new(ids, ahead + i, n - i, numbers + i);
		if (i == n)
			return numbers[n - 1] + UINT64_C(1);
		numbers[i] = find_or_add(ids, ahead[i]);
		next = numbers[i++] + UINT64_C(1);
	}
}

int ids_number(struct ids *ids, const uint64_t *list, size_t n,
	       uint32_t *numbers)
{
	uint64_t next = ids->first;
	size_t batch;

	for (size_t i = 0; i < n; i += batch) {
		batch = n - i < BATCH ? n - i : BATCH;
		if (make_room(ids))
			return -1;
		next = number_batch(ids, list + i, batch, next, numbers + i);
		if (!i)
			ids->first = numbers[0];
	}
	return 0;
}
