/*
 * Rings that tell how long operations on files took, from a worker to the
 * observers of that kind of operation. There are rings only where somebody
 * observes operations; the worker adds samples, and each observer keeps how far
 * it has looked.
 */
#ifndef MOONCAKE_RING_H
#define MOONCAKE_RING_H

#include "engine/replay/replay.h"

#define RING_ENTRIES 32768 /* a power of two */
#define RING_KINDS 5	   /* of operations: see operations.h */

struct ring {
	alignas(CACHE_LINE) _Atomic uint64_t added; /* samples so far */
	uint64_t limit; /* the worker's: it may add up to here */
	uint64_t ns[RING_ENTRIES];
};

/* Returns the ring of the worker on that seat for a kind of operation. */
struct ring *ring_of(const struct replay *r, uint32_t worker, uint32_t kind);

/* Called by the worker: has its ring room for one more, or does an observer lag
 * behind? */
bool ring_has_room(const struct replay *r, uint32_t worker, uint32_t kind);

/* Called by the worker: adds a sample, for which there must be room. */
void ring_add(struct ring *ring, uint64_t ns);

/* Called by the observer on that seat: takes the next sample of that kind from
 * any worker. Returns false when there is none now. */
bool ring_take(const struct replay *r, uint32_t observer, uint32_t kind,
	       uint64_t *ns);

/*
 * Makes the rings of all workers, and what observers have seen of each. Only
 * the rings of kinds that are observed come to take memory. Returns 0, or -1
 * when there is no memory.
 */
int rings_create(struct replay *r);
void rings_destroy(struct replay *r);

#endif
