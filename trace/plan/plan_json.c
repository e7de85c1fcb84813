#include "trace/plan/plan_json.h"

static void add(struct json_object *obj, const char *name, uint64_t value)
{
	json_object_object_add(obj, name, json_object_new_uint64(value));
}

double plan_hit_rate(const struct plan_stats *st)
{
	if (!st->lookups)
		return 0;
	return (double)(st->hits + st->memory_hits) / st->lookups;
}

static void add_counts(struct json_object *obj, const struct plan_stats *st)
{
	add(obj, "requests", st->requests);
	add(obj, "lookups", st->lookups);
	add(obj, "hits", st->hits);
	add(obj, "memory_hits", st->memory_hits);
	add(obj, "misses", st->misses);
	add(obj, "skipped", st->skipped);
	add(obj, "evictions", st->evictions);
	add(obj, "unadmitted", st->unadmitted);
	json_object_object_add(obj, "hit_rate",
			       json_object_new_double(plan_hit_rate(st)));
	add(obj, "requests_with_hits", st->requests_with_hits);
	add(obj, "requests_with_hits_beyond_first",
	    st->requests_with_hits_beyond_first);
	add(obj, "hottest_block_hits", st->hottest_block_hits);
	add(obj, "unique_blocks", st->unique_blocks);
}

/* Timestamps may have fractions of a millisecond, but seldom do. */
static struct json_object *milliseconds(uint64_t ns)
{
	if (ns % 1000000)
		return json_object_new_double(ns / 1e6);
	return json_object_new_uint64(ns / 1000000);
}

struct json_object *plan_json(const struct trace *t,
			      const struct plan_stats *st,
			      const struct shape *l, uint64_t slots,
			      struct json_object *options)
{
	struct json_object *obj = json_object_new_object();

	if (!obj) {
		json_object_put(options);
		return NULL;
	}
	add_counts(obj, st);
	add(obj, "slots", slots == PLAN_SLOTS_UNBOUNDED ? t->nr_blocks : slots);
	add(obj, "block_bytes", l->block_bytes);
	add(obj, "slot_bytes", l->slot_bytes);
	add(obj, "input_tokens", st->input_tokens);
	add(obj, "output_tokens", st->output_tokens);
	add(obj, "read_bytes", st->hits * l->slot_bytes);
	add(obj, "write_bytes", st->writes * l->slot_bytes);
	json_object_object_add(obj, "span_ms", milliseconds(st->span_ns));
	add(obj, "bad_lines", t->bad_lines);
	json_object_object_add(obj, "options", options);
	return obj;
}
