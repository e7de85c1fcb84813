/* Runs every combination of what the lists of options offer. */
#ifndef MOONCAKE_SWEEP_H
#define MOONCAKE_SWEEP_H

#include "trace/command/arguments.h"

struct run {
	struct combination what;
	struct plan_stats stats;
	double unbounded_hit_rate; /* of reach only */
};

struct sweep {
	struct run *runs;
	size_t nr;
};

/* Makes one run for each combination. Returns 0, or -1 with @err filled and
 * nothing to free. */
int sweep_capacities(struct sweep *s, const struct arguments *a,
		     const struct trace *t, const struct shape *shape,
		     struct error *err);

/*
 * Makes one run for each combination but that of capacities, at the smallest
 * capacity that has the share a->reach of the unbounded hit rate. Returns as
 * sweep_capacities() does.
 */
int sweep_reach(struct sweep *s, const struct arguments *a,
		const struct trace *t, const struct shape *shape,
		struct error *err);

void sweep_free(struct sweep *s);

/* Returns the options of the plan that the run is of. */
struct plan_options run_plan_options(const struct run *run,
				     const struct arguments *a,
				     const struct shape *shape);

/* Fills the run's statistics with those of one pass of a new planner. Returns
 * 0, or -1 with @err filled. */
int run_once(struct run *run, const struct arguments *a, const struct trace *t,
	     const struct shape *shape, struct error *err);

#endif
