#include <string.h>

#include "trace/plan/future.h"

static void find_next_lookups(struct future *f, const struct trace *t)
{
	for (uint32_t b = 0; b < t->nr_blocks; b++)
		f->next[b] = UINT64_MAX;
	for (uint64_t i = t->nr_lookups; i--;) {
		uint32_t block = t->lookups[i];
		uint64_t next = f->next[block];

		f->after[i] = next == UINT64_MAX ? t->nr_lookups + i : next;
		f->next[block] = i;
	}
}

int future_init(struct future *f, const struct trace *t, const struct mem *mem)
{
	f->after = mem->alloc(t->nr_lookups * sizeof(*f->after));
	f->next = mem->alloc(t->nr_blocks * sizeof(*f->next));
	if (!f->after || !f->next) {
		future_exit(f, t, mem);
		return -1;
	}
	find_next_lookups(f, t);
	return 0;
}

void future_exit(struct future *f, const struct trace *t, const struct mem *mem)
{
	mem->free(f->after, t->nr_lookups * sizeof(*f->after));
	mem->free(f->next, t->nr_blocks * sizeof(*f->next));
	memset(f, 0, sizeof(*f));
}

void future_rewind(struct future *f, const struct trace *t)
{
	for (uint64_t i = t->nr_lookups; i--;)
		f->next[t->lookups[i]] = i;
}
