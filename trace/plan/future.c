#include <string.h>

#include "trace/plan/future.h"

/* Goes through the lookups backwards, twice: what comes first in the pass is
 * what follows the last lookup of a block. */
static void find_next_lookups(struct future *f, const struct trace *t)
{
	for (uint64_t i = t->nr_lookups; i--;)
		f->latest[t->lookups[i]] = i;
	for (uint64_t i = t->nr_lookups; i--;) {
		f->after[i] = f->latest[t->lookups[i]];
		f->latest[t->lookups[i]] = i;
	}
}

int future_init(struct future *f, const struct trace *t, const struct mem *mem)
{
	f->after = mem->alloc(t->nr_lookups * sizeof(*f->after));
	f->latest = mem->alloc(t->nr_blocks * sizeof(*f->latest));
	if (!f->after || !f->latest) {
		future_exit(f, t, mem);
		return -1;
	}
	find_next_lookups(f, t);
	return 0;
}

void future_exit(struct future *f, const struct trace *t, const struct mem *mem)
{
	mem->free(f->after, t->nr_lookups * sizeof(*f->after));
	mem->free(f->latest, t->nr_blocks * sizeof(*f->latest));
	memset(f, 0, sizeof(*f));
}

uint64_t future_bytes(const struct trace *t)
{
	const struct future *f = NULL;

	return t->nr_lookups * sizeof(*f->after) +
	       t->nr_blocks * sizeof(*f->latest);
}
