/*
 * Leaves out of a whole trace what its options leave out: the requests of
 * other shards and, with partial=skip, the lookups of partly filled blocks.
 */
#ifndef MOONCAKE_SELECT_H
#define MOONCAKE_SELECT_H

#include "trace/load/trace.h"

/* Blocks are numbered anew, densely. 0, or -1 with @err filled. */
int select_lookups(struct trace *t, const struct trace_options *o,
		   struct error *err);

#endif
