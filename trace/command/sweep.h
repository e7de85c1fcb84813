/*
 * Every combination of the lists of options, one run each.
 */
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

/* One run per combination; 0, or -1 with @err filled. */
int sweep_capacities(struct sweep *s, const struct arguments *a,
		     const struct trace *t, const struct shape *l,
		     struct error *err);

/*
 * One run per combination at the smallest capacity that has the share
 * a->reach of the hit rate with unbounded capacity.
 */
int sweep_reach(struct sweep *s, const struct arguments *a,
		const struct trace *t, const struct shape *l,
		struct error *err);

void sweep_free(struct sweep *s);

/* The options of the plan that the run is of. */
struct plan_options run_plan_options(const struct run *run,
				     const struct arguments *a,
				     const struct shape *l);

/* One pass of a new planner. */
int run_once(struct run *run, const struct arguments *a, const struct trace *t,
	     const struct shape *l, struct error *err);

#endif
