/*
 * Every I/O that writes a block carries the block's identity at its head, and
 * every read is checked against what the plan says the slot holds. So a hit
 * that returns another block, an older content of the slot, or data of an
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
	uint64_t offset;     /* of the stamp in its slot */
	uint64_t generation; /* of the slot's content */
	uint64_t checksum;   /* of the above, not of the data */
};

/* Returns the stamp of that content at that offset of a slot. */
struct stamp stamp_make(uint64_t run, uint64_t hash_id, uint64_t generation,
			uint64_t offset);

/*
 * Where stamps lie in the buffer of an I/O whose first byte is at @offset of an
 * object: there is one at every @stride bytes of the object, because reads may
 * be larger or smaller than writes. Where the object's end leaves no room for
 * one there is none. A stamp that is cut by the bounds of I/Os is in each of
 * them in part.
 */
struct stamp_places {
	uint64_t offset;
	uint64_t len;
	uint64_t stride;
	uint64_t end; /* of the object */
};

/*
 * Stamps such a buffer, whose first byte is at @s->offset of the slot. With
 * @data all bytes between the stamps are made from the block's identity, too.
 */
void stamp_write(const struct stamp *s, void *buf,
		 const struct stamp_places *places, bool data);

/* What stamp_check() has found. */
enum stamp_result {
	STAMP_RIGHT,
	STAMP_WRONG,	  /* a stamp is wrong */
	STAMP_DATA_WRONG, /* a byte between stamps is wrong */
};

/*
 * Checks what stamp_write() has written with the same arguments. Where
 * something is wrong, *@where is its offset in the slot; of a wrong stamp
 * *@found is what is there instead.
 */
enum stamp_result stamp_check(const struct stamp *s, const void *buf,
			      const struct stamp_places *places, bool data,
			      uint64_t *where, struct stamp *found);

/* Is this a stamp at all, of whatever block and run? */
bool stamp_valid(const struct stamp *s);

#endif
