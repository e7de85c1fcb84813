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
 * @slots is the capacity. An unbounded one is reported as the number of blocks
 * of the trace: that many slots it can fill. Takes over @options. The caller
 * owns what is returned; NULL when there is no memory.
 */
struct json_object *plan_json(const struct trace *t,
			      const struct plan_stats *st,
			      const struct shape *l, uint64_t slots,
			      struct json_object *options);

/* (hits + memory_hits) / lookups; 0 without lookups. */
double plan_hit_rate(const struct plan_stats *st);

#endif
