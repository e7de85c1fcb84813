/*
 * Finds the smallest capacity that reaches a share of the unbounded hit rate.
 */
#ifndef MOONCAKE_FIND_CAPACITY_H
#define MOONCAKE_FIND_CAPACITY_H

#include "trace/command/sweep.h"

/*
 * Finds the capacity for the combination in @run, and runs it with that. For
 * lru alone it reads the capacity off the curve, otherwise it bisects. That is
 * exact where hits never fall as the capacity grows (lru and opt, one block at
 * a time). Elsewhere one slot or bucket less would not reach the share, but a
 * much smaller capacity might. Returns 0, or -1 with @err filled.
 */
int find_capacity(struct run *run, const struct arguments *a,
		  const struct trace *t, const struct shape *shape,
		  struct error *err);

#endif
