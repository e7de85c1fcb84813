/*
 * Every piece of a block that is written carries its identity at its head, and
 * every piece read is checked against what the plan says the slot holds. So a
 * hit that returns another block, an older content of the slot, or data of an
 * earlier run, fails the run.
 */
#ifndef MOONCAKE_STAMP_H
#define MOONCAKE_STAMP_H

#include <stdbool.h>
#include <stdint.h>

struct stamp {
	uint64_t magic;
	uint64_t run; /* differs from run to run */
	uint64_t hash_id;
	uint64_t offset;     /* of the piece in its slot */
	uint64_t generation; /* of the slot's content */
	uint64_t checksum;   /* of the above, not of the data */
};

struct stamp stamp_make(uint64_t run, uint64_t hash_id, uint64_t generation,
			uint64_t offset);

/*
 * Stamps (or checks) the buffer of an I/O of @len bytes that begins at
 * @s->offset of the slot: at its head, and again every @stride bytes, because
 * reads may be larger or smaller than writes. A remainder too short for a
 * stamp goes without.
 */
void stamp_write(const struct stamp *s, void *buf, uint64_t len,
		 uint64_t stride);

/* True when all match; otherwise @at is the offset in the slot of the first
 * that doesn't, and @found what is there. */
bool stamp_check(const struct stamp *s, const void *buf, uint64_t len,
		 uint64_t stride, uint64_t *at, struct stamp *found);

/* Is this a stamp at all, whosever? */
bool stamp_valid(const struct stamp *s);

#endif
