/*
 * Numbers hash ids of any spread densely, by first appearance. Traces mostly
 * number their blocks one after the other, so ids come in runs, and runs come
 * again in later requests: an id is first compared with the one that followed
 * last time, and the table has one entry for a run of up to 16.
 *
 * An entry of 4 bytes has the number of the id that its run begins with and, in
 * the bits that numbers leave free, a tag of its group, so that a search passes
 * other groups without looking at their ids. Ids of any other kind, such as
 * hashes, have an entry each.
 */
#ifndef MOONCAKE_IDS_H
#define MOONCAKE_IDS_H

#include <stddef.h>
#include <stdint.h>

struct ids {
	uint64_t *list; /* the id of each number */
	uint64_t nr;
	uint64_t room;	 /* in list */
	uint32_t *slots; /* tag, and number + 1; 0 is free */
	uint64_t nr_slots;
	uint64_t used; /* slots */
	unsigned int number_bits;
	uint32_t next;	/* number of the id that is likely to come */
	uint32_t alone; /* the run of the latest id, new then, is alone in its
			 * group: the id behind it is new as well */
};

/* Writes the numbers of @n ids to @numbers. There must be fewer than 2^32 - 2
 * different ids in all. Returns 0, or -1 when there is no memory. */
int ids_number(struct ids *ids, const uint64_t *list, size_t n,
	       uint32_t *numbers);

/* Frees the table, so that no further id can be numbered. The list stays, for
 * its new owner to free. */
void ids_end(struct ids *ids);

#endif
