/* The places that a cache has, slots or buckets: which are in use, how many
 * must be given back, and which is taken next. */
#ifndef MOONCAKE_PLACES_H
#define MOONCAKE_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/mem.h"

/* In percent of the capacity: 1 <= low <= high <= 100. */
struct watermarks {
	uint32_t high; /* when so many are in use, the next one evicts first */
	uint32_t low;  /* it evicts until one less than this is left */
};

#define WATERMARKS_OFF ((struct watermarks){ 100, 100 }) /* one at a time */

struct places {
	uint32_t nr;	/* how many can be in use; 0 only if none is wanted */
	uint32_t left;	/* how many stay in use when some are evicted */
	uint32_t used;	/* how many are in use */
	uint32_t fresh; /* the first place that was never in use */
	/* Places that were given back and not taken again yet. */
	uint32_t *ring;
	uint32_t ring_first;
	uint32_t ring_used;
};

/*
 * Makes places for a cache of @capacity of them, but no more than @wanted, the
 * most that will ever be in use at a time. Returns 0, or -1 when there is no
 * memory; nothing need be freed then.
 */
int places_init(struct places *p, uint64_t capacity, uint32_t wanted,
		struct watermarks marks, const struct mem *mem);
void places_exit(struct places *p, const struct mem *mem);

/* Returns how many places such a cache can have in use. */
uint32_t places_count(uint64_t capacity, uint32_t wanted,
		      struct watermarks marks);

/* Returns how many places must be given back before one more is taken. */
static inline uint32_t places_excess(const struct places *p)
{
	return p->used < p->nr ? 0 : p->used - p->left;
}

/* Was the place that places_take() would return in use before? */
static inline bool places_used_before(const struct places *p)
{
	return p->ring_used;
}

/* Returns how many places can be given back and not taken again at a time. */
static inline size_t places_ring(const struct places *p)
{
	return p->nr - p->left;
}

/* Returns where in the ring the @nth of the places that were given back stands. */
static inline uint32_t places_ring_index(const struct places *p, uint32_t nth)
{
	uint64_t at = (uint64_t)p->ring_first + nth;

	return at < places_ring(p) ? at : at - places_ring(p);
}

/* Takes the place that was given back longest ago. Where none was, takes the
 * next one that was never used, in ascending order. */
static inline uint32_t places_take(struct places *p)
{
	uint32_t place;

	p->used++;
	if (!p->ring_used)
		return p->fresh++;
	place = p->ring[p->ring_first];
	p->ring_first = places_ring_index(p, 1);
	p->ring_used--;
	return place;
}

/* Ends the use of a place. */
void places_give_back(struct places *p, uint32_t place);

#endif
