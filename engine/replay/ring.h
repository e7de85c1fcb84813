/*
 * How long operations on files took, from a worker to the observers of that
 * kind. There are rings only where somebody observes; the worker adds what it
 * did, each observer keeps how far it has looked.
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

/* The ring of a worker, by its row, for a kind of operation. */
struct ring *ring_of(const struct replay *r, uint32_t worker, uint32_t kind);

/* For the worker: may it add one more, or does an observer lag behind? */
bool ring_has_room(const struct replay *r, uint32_t worker, uint32_t kind);
void ring_add(struct ring *ring, uint64_t ns);

/* For an observer, by its row: the next sample of that kind by any worker;
 * false when there is none now. */
bool ring_take(const struct replay *r, uint32_t observer, uint32_t kind,
	       uint64_t *ns);

/* Rings of all workers, and what observers have seen of each; no memory is
 * used but by kinds that are observed. 0, or -1 when there is none. */
int rings_create(struct replay *r);
void rings_destroy(struct replay *r);

#endif
