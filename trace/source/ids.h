/*
 * Numbers hash ids of any spread densely, by first appearance. Traces mostly
 * number their blocks one after the other, so ids come in runs, and runs come
 * again in later requests: an id is first compared with the one that followed
 * last time, and with the largest so far, behind which all are new; the table
 * has one entry for a run of up to 16.
 *
 * An entry of 4 bytes has the number of the id that its run begins with and, in
 * the bits that numbers leave free, a tag of its group, so that a search passes
 * other groups without looking at their ids. Ids of any other kind, such as
 * hashes, have an entry each.
 */
#ifndef MOONCAKE_IDS_H
#define MOONCAKE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/source/id_list.h"

/* All zero but for the list, which is the caller's, and empty at first. */
struct ids {
	struct id_list *list;
	uint32_t *slots; /* tag, and number + 1; 0 is free */
	uint64_t nr_slots;
	uint64_t used; /* slots */
	unsigned int number_bits;
	uint32_t first;	  /* number of the id that the list before began with */
	uint64_t latest;  /* new id */
	uint64_t largest; /* id so far */
	bool alone;	  /* the run of the latest id is alone in its group: the
			   * id behind it is new as well */
};

/*
 * Writes the numbers of @n ids to @numbers, and appends new ones to the list.
 * There must be fewer than 2^32 - 2 different ids in all. Returns 0, or -1 when
 * there is no memory.
 */
int ids_number(struct ids *ids, const uint64_t *list, size_t n,
	       uint32_t *numbers);

/* Frees the table, so that no further id can be numbered. */
void ids_end(struct ids *ids);

#endif
