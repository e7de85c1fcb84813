/*
 * Places for what a cache holds, slots or buckets: which are in use, when some
 * must be given back, and which comes next.
 */
#ifndef MOONCAKE_PLACES_H
#define MOONCAKE_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/mem.h"

/* In percent of the capacity: 1 <= low <= high <= 100. */
struct watermarks {
	uint32_t high; /* from this many in use on, one more evicts first, */
	uint32_t low;  /* until this many less one are left */
};

#define WATERMARKS_OFF ((struct watermarks){ 100, 100 }) /* one at a time */

struct places {
	uint32_t nr;	/* that can be in use; 0 only if none is wanted */
	uint32_t left;	/* in use after evicting, less than nr */
	uint32_t used;	/* in use */
	uint32_t fresh; /* the first that was never in use */
	/* Given back and not yet taken again: a ring of nr - left. */
	uint32_t *ring;
	uint32_t ring_first;
	uint32_t ring_used;
};

/*
 * Of @capacity places; no more than @wanted will ever be asked for at a time.
 * 0, or -1 when there is no memory; then nothing need be freed.
 */
int places_init(struct places *p, uint64_t capacity, uint32_t wanted,
		struct watermarks marks, const struct mem *mem);
void places_exit(struct places *p, const struct mem *mem);

/* Places that can be in use, by the same rule. */
uint32_t places_count(uint64_t capacity, uint32_t wanted,
		      struct watermarks marks);

/* How many must be given back before one more is taken. */
static inline uint32_t places_excess(const struct places *p)
{
	return p->used < p->nr ? 0 : p->used - p->left;
}

/* Was what places_take() would return in use before? */
static inline bool places_used_before(const struct places *p)
{
	return p->ring_used;
}

/* The one given back longest ago, else one never used, in ascending order. */
uint32_t places_take(struct places *p);
void places_give_back(struct places *p, uint32_t place);

#endif
