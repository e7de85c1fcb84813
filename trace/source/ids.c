#include <stdlib.h>
#include <sys/mman.h>

#include "trace/base/array.h"
#include "trace/base/hash.h"
#include "trace/base/pages.h"
#include "trace/source/ids.h"

#define GROUP 8 /* slots of ids that lie side by side */
#define SLOTS_MIN 4096
#define SLOTS_MANY (1 << 20) /* from then on the table grows by less */
#define BATCH 64

/* Slots are filled up to 4 of 5: with tags, to pass over a few is cheap. */
static uint64_t filled_at_most(uint64_t nr_slots)
{
	return nr_slots / 5 * 4;
}

/* Where the search for an id begins, and its tag. */
struct home {
	uint32_t slot;
	uint32_t tag; /* at its place in a slot */
};

static inline struct home home_of(const struct ids *ids, uint64_t id)
{
	uint64_t hash = hash64(id / GROUP);
	uint64_t group = (hash >> 32) * (ids->nr_slots / GROUP) >> 32;

	return (struct home){ group * GROUP + (id ^ hash >> 29) % GROUP,
			      hash << ids->number_bits };
}

static uint32_t number_mask(const struct ids *ids)
{
	return (UINT64_C(1) << ids->number_bits) - 1;
}

/* Where the search goes on: in the next group. Neighbours that fill a group
 * find it taken by others once each, not once for each of them. */
static inline uint64_t next(const struct ids *ids, uint64_t at)
{
	at += GROUP;
	return at < ids->nr_slots ? at : at - ids->nr_slots;
}

/* The slot of the id, or the free one where it belongs. */
static uint32_t *find(const struct ids *ids, uint64_t id, struct home home)
{
	uint32_t mask = number_mask(ids);
	uint64_t at = home.slot;

	for (;;) {
		uint32_t slot = ids->slots[at];

		if (!slot || ((slot & ~mask) == home.tag &&
			      ids->list[(slot & mask) - 1] == id))
			return &ids->slots[at];
		at = next(ids, at);
	}
}

static unsigned int bits_of(uint64_t n)
{
	return 64 - __builtin_clzll(n | 1);
}

static void fill(struct ids *ids, uint64_t from, size_t n)
{
	struct home homes[BATCH];
	size_t i;

	for (i = 0; i < n; i++) {
		homes[i] = home_of(ids, ids->list[from + i]);
		__builtin_prefetch(&ids->slots[homes[i].slot], 1);
	}
	for (i = 0; i < n; i++) {
		uint64_t at = homes[i].slot;

		while (ids->slots[at])
			at = next(ids, at);
		ids->slots[at] = homes[i].tag | (from + i + 1);
	}
}

void ids_end(struct ids *ids)
{
	if (ids->slots)
		munmap(ids->slots, ids->nr_slots * sizeof(*ids->slots));
	ids->slots = NULL;
}

/* Not by malloc(), which keeps what is freed between other things. */
static int map_slots(struct ids *ids, uint64_t nr)
{
	void *map = mmap(NULL, nr * sizeof(*ids->slots), PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		return -1;
	ids->slots = map;
	ids->nr_slots = nr;
	return 0;
}

/* Made from the list, so that the old table need not be there as well. */
static int grow(struct ids *ids)
{
	uint64_t more =
		ids->nr_slots < SLOTS_MANY ? ids->nr_slots : ids->nr_slots / 2;
	uint64_t nr_slots = ids->nr_slots + (more ? more : SLOTS_MIN);

	nr_slots -= nr_slots % GROUP;
	ids_end(ids);
	if (map_slots(ids, nr_slots))
		return -1;
	pages_ready_huge(ids->slots, nr_slots * sizeof(*ids->slots));
	ids->number_bits = bits_of(filled_at_most(nr_slots) + 1);
	for (uint64_t i = 0; i < ids->nr; i += BATCH)
		fill(ids, i, ids->nr - i < BATCH ? ids->nr - i : BATCH);
	return 0;
}

static int make_room(struct ids *ids, size_t n)
{
	uint64_t *list =
		array_grow(ids->list, &ids->room, ids->nr + n, sizeof(*list));

	if (!list)
		return -1;
	ids->list = list;
	while (ids->nr + n > filled_at_most(ids->nr_slots))
		if (grow(ids))
			return -1;
	return 0;
}

static void number_batch(struct ids *ids, const uint64_t *list, size_t n,
			 uint32_t *numbers)
{
	uint32_t mask = number_mask(ids);
	struct home homes[BATCH];
	size_t i;

	for (i = 0; i < n; i++) {
		homes[i] = home_of(ids, list[i]);
		__builtin_prefetch(&ids->slots[homes[i].slot]);
	}
	for (i = 0; i < n; i++) {
		uint32_t *slot = find(ids, list[i], homes[i]);

		if (!*slot) {
			ids->list[ids->nr++] = list[i];
			*slot = homes[i].tag | ids->nr;
		}
		numbers[i] = (*slot & mask) - 1;
	}
}

int ids_number(struct ids *ids, const uint64_t *list, size_t n,
	       uint32_t *numbers)
{
	while (n) {
		size_t batch = n < BATCH ? n : BATCH;

		if (make_room(ids, batch))
			return -1;
		number_batch(ids, list, batch, numbers);
		list += batch;
		numbers += batch;
		n -= batch;
	}
	return 0;
}
