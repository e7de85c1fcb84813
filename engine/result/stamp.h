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
 * Where stamps lie in the buffer of an I/O: its bytes begin at @offset of an
 * object, and every @stride bytes of that there is a stamp, because reads may
 * be larger or smaller than writes. A remainder too short for one at the
 * object's end goes without. Of one that the I/O's bounds cut, each I/O has its
 * part.
 */
struct stamp_places {
	uint64_t offset;
	uint64_t len;
	uint64_t stride;
	uint64_t end; /* of the object */
};

/*
 * Stamps (or checks) such a buffer, whose first byte is at @s->offset of the
 * slot. With @data all bytes between the stamps are made from their identity,
 * and checked, too.
 */
void stamp_write(const struct stamp *s, void *buf,
		 const struct stamp_places *places, bool data);

/* What stamp_check() found. */
enum stamp_result {
	STAMP_RIGHT,
	STAMP_WRONG, /* @where is the offset in the slot, @found what is there */
	STAMP_DATA_WRONG, /* the same, but for @found: a byte between stamps */
};

enum stamp_result stamp_check(const struct stamp *s, const void *buf,
			      const struct stamp_places *places, bool data,
			      uint64_t *where, struct stamp *found);

/* Is this a stamp at all, of whatever block and run? */
bool stamp_valid(const struct stamp *s);

#endif
