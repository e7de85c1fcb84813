#include "engine/replay/ring.h"

static size_t rings_bytes(const struct replay *r)
{
	return (size_t)r->nr_workers * RING_KINDS * sizeof(struct ring);
}

static size_t seen_bytes(const struct replay *r)
{
	return (size_t)r->nr_observers * r->nr_workers * sizeof(*r->ring_seen);
}

int rings_create(struct replay *r)
{
	r->rings = mem_shared.alloc(rings_bytes(r));
	r->ring_seen = mem_shared.alloc(seen_bytes(r));
	return r->rings && r->ring_seen ? 0 : -1;
}

void rings_destroy(struct replay *r)
{
	mem_shared.free(r->rings, rings_bytes(r));
	mem_shared.free(r->ring_seen, seen_bytes(r));
}

struct ring *ring_of(const struct replay *r, uint32_t worker, uint32_t kind)
{
	return &r->rings[(size_t)worker * RING_KINDS + kind];
}

static _Atomic uint64_t *seen_of(const struct replay *r, uint32_t observer,
				 uint32_t worker)
{
	return &r->ring_seen[(size_t)observer * r->nr_workers + worker];
}

/*
 * Returns how far the slowest observer of that kind has looked that still runs.
 */
static uint64_t least_seen(const struct replay *r, uint32_t worker,
			   uint32_t kind, uint64_t added)
{
	uint64_t least = added, seen;
	uint32_t i;

	for (i = 0; i < r->nr_observers; i++) {
		if (r->observers[i].kind != kind + 1 ||
		    member_has_ended(&r->observers[i].member))
			continue;
		seen = atomic_load_explicit(seen_of(r, i, worker),
					    memory_order_acquire);
		least = seen < least ? seen : least;
	}
	return least;
}

bool ring_has_room(const struct replay *r, uint32_t worker, uint32_t kind)
{
	struct ring *ring = ring_of(r, worker, kind);
	uint64_t added =
		atomic_load_explicit(&ring->added, memory_order_relaxed);

	if (added < ring->limit)
		return true;
	ring->limit = least_seen(r, worker, kind, added) + RING_ENTRIES;
	return added < ring->limit;
}

void ring_add(struct ring *ring, uint64_t ns)
{
	uint64_t added =
		atomic_load_explicit(&ring->added, memory_order_relaxed);

	ring->ns[added % RING_ENTRIES] = ns;
	atomic_store_explicit(&ring->added, added + 1, memory_order_release);
}

bool ring_take(const struct replay *r, uint32_t observer, uint32_t kind,
	       uint64_t *ns)
{
	uint32_t worker;

	for (worker = 0; worker < r->nr_workers; worker++) {
		struct ring *ring = ring_of(r, worker, kind);
		_Atomic uint64_t *seen = seen_of(r, observer, worker);
		uint64_t number =
			atomic_load_explicit(seen, memory_order_relaxed);

		if (atomic_load_explicit(&ring->added, memory_order_acquire) ==
		    number)
			continue;
		*ns = ring->ns[number % RING_ENTRIES];
		atomic_store_explicit(seen, number + 1, memory_order_release);
		return true;
	}
	return false;
}
