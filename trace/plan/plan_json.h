/*
 * The statistics of a plan as one JSON object, the same from the engine and
 * from mooncake-plan.
 */
#ifndef MOONCAKE_PLAN_JSON_H
#define MOONCAKE_PLAN_JSON_H

#include <json-c/json.h>

#include "trace/model/shape.h"
#include "trace/plan/plan.h"
#include "trace/load/trace.h"

/*
 * @po are the options of the plan, capacity included. An unbounded one is
 * reported as the number of blocks of the trace: that many slots it can fill.
 * Takes over @options. The caller owns what is returned; NULL when there is no
 * memory.
 */
struct json_object *plan_json(const struct trace *t,
			      const struct plan_stats *st,
			      const struct shape *l,
			      const struct plan_options *po,
			      struct json_object *options);

/* Files that the plan makes and takes away: 0 with layout=slots. */
uint64_t plan_files_created(const struct plan_stats *st, const struct shape *l,
			    const struct plan_options *po);
uint64_t plan_files_unlinked(const struct plan_stats *st, const struct shape *l,
			     const struct plan_options *po);

/* The capacity in buckets; 0 without any. */
uint64_t plan_buckets(const struct trace *t, const struct plan_options *po);

/* (hits + memory_hits) / lookups; 0 without lookups. */
double plan_hit_rate(const struct plan_stats *st);

#endif
