/*
 * Puts a trace, which was built in the order of its lines, into the order of
 * arrival, and cuts it to max_requests= and to the shard. turns.h says which
 * order that is.
 */
#ifndef MOONCAKE_ARRANGE_H
#define MOONCAKE_ARRANGE_H

#include "trace/load/builder.h"

/*
 * Arranges the trace of @b. Blocks are numbered anew where requests have moved.
 * Returns 0, or -1 with @err filled; either way the trace is still to be freed.
 */
int arrange(struct builder *b, struct error *err);

#endif
