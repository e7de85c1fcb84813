/*
 * Numbers hash ids of any spread densely, by first appearance: a table of ids
 * in open addressing, made for traces beyond the CPU's caches.
 *
 * Ids that differ in their last three bits alone lie side by side, so that the
 * consecutive ones of a request cost one miss of the cache for eight. A slot
 * of 4 bytes has a number and, in the bits that numbers leave free, a tag of
 * the id, so that other ids are passed over without a look at them.
 */
#ifndef MOONCAKE_IDS_H
#define MOONCAKE_IDS_H

#include <stddef.h>
#include <stdint.h>

struct ids {
	uint64_t *list; /* the id of each number */
	uint64_t nr;
	uint64_t room;	   /* in list */
	uint32_t *slots;   /* tag and number + 1; 0 is free */
	uint64_t nr_slots; /* a multiple of 8 */
	unsigned int number_bits;
};

/*
 * The numbers of @n ids into @numbers. -1: no memory. There must be fewer than
 * 2^32 - 2 in all.
 */
int ids_number(struct ids *ids, const uint64_t *list, size_t n,
	       uint32_t *numbers);

/* Gives back the table; the list is kept for its new owner. */
void ids_end(struct ids *ids);

#endif
