/*
 * When each block is looked up next, for policies that need to know. A time is
 * the index of a lookup in the pass. A block that is not looked up again counts
 * as looked up behind the end of the pass, at the number of lookups plus the
 * index of its last one: so all times differ, and of two such blocks the one
 * that was looked up later counts as further away.
 */
#ifndef MOONCAKE_FUTURE_H
#define MOONCAKE_FUTURE_H

#include "trace/base/mem.h"
#include "trace/load/trace.h"

struct future {
	uint64_t *after; /* for each lookup, the next one of its block */
	uint64_t *next;	 /* for each block, its next lookup from now on */
};

/* Finds when each lookup's block is looked up next. Returns 0, or -1 when there
 * is no memory; nothing need be freed then. */
int future_init(struct future *f, const struct trace *t, const struct mem *mem);
void future_exit(struct future *f, const struct trace *t,
		 const struct mem *mem);

/* Goes back to the beginning of a pass. */
void future_rewind(struct future *f, const struct trace *t);

/* Lookup @i, of @block, is now. */
static inline void future_advance(struct future *f, uint64_t i, uint32_t block)
{
	f->next[block] = f->after[i];
}

#endif
