/*
 * A trace as it was built, in the order of its lines, becomes one in the order
 * of arrival, cut to max_requests and to the shard: turns.h says which order.
 */
#ifndef MOONCAKE_ARRANGE_H
#define MOONCAKE_ARRANGE_H

#include "trace/load/builder.h"

/* Blocks are numbered anew where requests have moved. 0, or -1 with @err
 * filled; the trace is then still to be freed. */
int arrange(struct builder *b, struct error *err);

#endif
