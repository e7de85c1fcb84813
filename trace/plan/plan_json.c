#include "trace/cache/buckets.h"
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

/* Returns how many files @blocks have that come or go one by one, or @buckets
 * that do. */
static uint64_t files(const struct plan_options *po, const struct shape *shape,
		      uint64_t blocks, uint64_t buckets)
{
	switch (po->layout) {
	case PLAN_LAYOUT_FILES:
		return blocks * shape->objects;
	case PLAN_LAYOUT_BUCKETS:
		return buckets;
	case PLAN_LAYOUT_SLOTS:
		break;
	}
	return 0;
}

uint64_t plan_files_created(const struct plan_stats *st,
			    const struct shape *shape,
			    const struct plan_options *po)
{
	return files(po, shape, st->writes, st->buckets_opened);
}

uint64_t plan_files_unlinked(const struct plan_stats *st,
			     const struct shape *shape,
			     const struct plan_options *po)
{
	return files(po, shape, st->evictions, st->buckets_evicted);
}

uint64_t plan_buckets(const struct trace *t, const struct plan_options *po)
{
	if (po->layout != PLAN_LAYOUT_BUCKETS)
		return 0;
	if (po->slots == PLAN_SLOTS_UNBOUNDED)
		return buckets_wanted(t->nr_blocks, po->bucket_blocks);
	return po->slots / po->bucket_blocks;
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
	add(obj, "writes", st->writes);
	add(obj, "probes", st->probes);
	add(obj, "trims", st->trims);
	json_object_object_add(obj, "hit_rate",
			       json_object_new_double(plan_hit_rate(st)));
	add(obj, "requests_with_hits", st->requests_with_hits);
	add(obj, "requests_with_hits_beyond_first",
	    st->requests_with_hits_beyond_first);
	add(obj, "hottest_block_hits", st->hottest_block_hits);
	add(obj, "unique_blocks", st->unique_blocks);
}

/* Returns milliseconds as an integer, or where there is a fraction, as seldom
 * is, as a real number. */
static struct json_object *milliseconds(uint64_t ns)
{
	if (ns % 1000000)
		return json_object_new_double(ns / 1e6);
	return json_object_new_uint64(ns / 1000000);
}

struct json_object *plan_json(const struct trace *t,
			      const struct plan_stats *st,
			      const struct shape *shape,
			      const struct plan_options *po,
			      struct json_object *options)
{
	struct json_object *obj = json_object_new_object();

	if (!obj) {
		json_object_put(options);
		return NULL;
	}
	add_counts(obj, st);
	add(obj, "files_created", plan_files_created(st, shape, po));
	add(obj, "files_unlinked", plan_files_unlinked(st, shape, po));
	add(obj, "slots",
	    po->slots == PLAN_SLOTS_UNBOUNDED ? t->nr_blocks : po->slots);
	add(obj, "buckets", plan_buckets(t, po));
	add(obj, "block_bytes", shape->block_bytes);
	add(obj, "slot_bytes", shape->slot_bytes);
	add(obj, "input_tokens", st->input_tokens);
	add(obj, "output_tokens", st->output_tokens);
	add(obj, "read_bytes", st->hits * shape->slot_bytes);
	add(obj, "write_bytes", st->writes * shape->slot_bytes);
	json_object_object_add(obj, "span_ms", milliseconds(st->span_ns));
	add(obj, "sessions", t->nr_sessions);
	add(obj, "bad_lines", t->bad_lines);
	json_object_object_add(obj, "options", options);
	return obj;
}
