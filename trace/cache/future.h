/*
 * When each block is looked up next, for policies that need to know. Times are
 * indexes of lookups in a pass. A block that is not looked up again counts as
 * used at the number of lookups + the index of its latest one, so that all
 * times differ and among the dead the latest is the furthest.
 */
#ifndef MOONCAKE_FUTURE_H
#define MOONCAKE_FUTURE_H

#include "trace/base/mem.h"
#include "trace/load/trace.h"

struct future {
	uint64_t *after; /* each lookup: the next one of its block */
	uint64_t *next;	 /* each block: its next lookup from now on */
};

/* 0, or -1 when there is no memory; then nothing need be freed. */
int future_init(struct future *f, const struct trace *t, const struct mem *mem);
void future_exit(struct future *f, const struct trace *t,
		 const struct mem *mem);

/* To the beginning of a pass. */
void future_rewind(struct future *f, const struct trace *t);

/* Lookup @i, of @block, is now. */
static inline void future_advance(struct future *f, uint64_t i, uint32_t block)
{
	f->next[block] = f->after[i];
}

#endif
