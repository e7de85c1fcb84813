/*
 * The smallest capacity that reaches a share of the unbounded hit rate.
 */
#ifndef MOONCAKE_FIND_CAPACITY_H
#define MOONCAKE_FIND_CAPACITY_H

#include "trace/command/sweep.h"

/*
 * Fills in the capacity of @run and runs it there. From the curve for lru
 * alone, else by bisection, with buckets among whole ones: exact where hits
 * never fall as capacity grows (lru and opt, one block at a time); otherwise
 * one slot or bucket less would not reach it, but a much smaller capacity
 * might.
 */
int find_capacity(struct run *run, const struct arguments *a,
		  const struct trace *t, const struct shape *l,
		  struct error *err);

#endif
