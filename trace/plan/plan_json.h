/*
 * The statistics of a plan as one JSON object, the same from the engine and
 * from mooncake-plan.
 */
#ifndef MOONCAKE_PLAN_JSON_H
#define MOONCAKE_PLAN_JSON_H

#include <json-c/json.h>

#include "trace/load/trace.h"
#include "trace/model/shape.h"
#include "trace/plan/plan.h"

/*
 * Returns the statistics of a plan with the options @po, capacity included. An
 * unbounded capacity is reported as the number of blocks of the trace, which is
 * how many slots they can fill. Takes over @options, the options to report. The
 * caller owns what is returned, which is NULL when there is no memory.
 */
struct json_object *plan_json(const struct trace *t,
			      const struct plan_stats *st,
			      const struct shape *shape,
			      const struct plan_options *po,
			      struct json_object *options);

/* Return how many files the plan makes, and how many it takes away: 0 with
 * layout=slots. */
uint64_t plan_files_created(const struct plan_stats *st,
			    const struct shape *shape,
			    const struct plan_options *po);
uint64_t plan_files_unlinked(const struct plan_stats *st,
			     const struct shape *shape,
			     const struct plan_options *po);

/* Returns the capacity in buckets, or 0 without any. */
uint64_t plan_buckets(const struct trace *t, const struct plan_options *po);

/* Returns (hits + memory_hits) / lookups, or 0 without lookups. */
double plan_hit_rate(const struct plan_stats *st);

#endif
