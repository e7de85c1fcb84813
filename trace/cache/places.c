#include <string.h>

#include "trace/cache/places.h"

static uint64_t percent_of(uint64_t n, uint32_t percent)
{
	return n / 100 * percent + n % 100 * percent / 100;
}

static uint32_t at_most(uint64_t n, uint32_t limit)
{
	return n < limit ? n : limit;
}

uint32_t places_count(uint64_t capacity, uint32_t wanted,
		      struct watermarks marks)
{
	uint64_t high = percent_of(capacity, marks.high);

	return at_most(high ? high : 1, wanted);
}

int places_init(struct places *p, uint64_t capacity, uint32_t wanted,
		struct watermarks marks, const struct mem *mem)
{
	uint64_t low = percent_of(capacity, marks.low);

	memset(p, 0, sizeof(*p));
	p->nr = places_count(capacity, wanted, marks);
	p->left = at_most(low ? low - 1 : 0, p->nr ? p->nr - 1 : 0);
	p->ring = mem->alloc(places_ring(p) * sizeof(*p->ring));
	return p->ring ? 0 : -1;
}

void places_exit(struct places *p, const struct mem *mem)
{
	mem->free(p->ring, places_ring(p) * sizeof(*p->ring));
	memset(p, 0, sizeof(*p));
}

void places_give_back(struct places *p, uint32_t place)
{
	p->used--;
	p->ring[places_ring_index(p, p->ring_used++)] = place;
}
