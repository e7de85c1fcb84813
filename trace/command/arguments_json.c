#include <inttypes.h>

#include "trace/command/arguments.h"
#include "trace/base/choice.h"

static void put_text(struct json_object *obj, const char *name,
		     const char *text)
{
	json_object_object_add(obj, name,
			       text ? json_object_new_string(text) : NULL);
}

static void put_number(struct json_object *obj, const char *name,
		       uint64_t value)
{
	json_object_object_add(obj, name, json_object_new_uint64(value));
}

static void put_trace(struct json_object *obj, const struct trace_options *t)
{
	char shard[32];

	snprintf(shard, sizeof(shard), "%" PRIu32 "/%" PRIu32, t->shard,
		 t->shards);
	put_text(obj, "trace", t->source);
	put_number(obj, "max_requests", t->max_requests);
	put_number(obj, "block_tokens", t->block_tokens);
	put_text(obj, "timestamp_unit", choice_name(choice_unit, t->unit));
	put_text(obj, "partial", choice_name(choice_partial, t->partial));
	put_text(obj, "shard", shard);
	put_text(obj, "bad_lines", choice_name(choice_bad_lines, t->bad_lines));
}

static void put_shape(struct json_object *obj, const struct shape_options *o,
		      const struct shape *l)
{
	put_number(obj, "chunk_tokens",
		   o->chunk_tokens ? o->chunk_tokens : o->block_tokens);
	put_number(obj, "bytes_per_token", l->block_bytes / o->block_tokens);
	put_text(obj, "model", o->bytes_per_token ? NULL : o->model);
	put_text(obj, "kv_dtype", o->kv_dtype);
	put_number(obj, "tp", o->tp);
	put_text(obj, "ranks", choice_name(choice_ranks, o->ranks));
	put_text(obj, "window", choice_name(choice_window, o->window));
	put_number(obj, "object_header", o->object_header);
	put_number(obj, "object_align", o->object_align);
	put_number(obj, "pieces", o->pieces);
}

static void put_layout(struct json_object *obj, const struct arguments *a)
{
	const struct plan_options *o = &a->plan;

	put_text(obj, "layout", choice_name(choice_layout, o->layout));
	put_number(obj, "bucket_size", a->bucket_size);
	put_number(obj, "bucket_objects", a->bucket_objects);
	put_text(obj, "probe", choice_name(choice_probe, o->probe));
	put_number(obj, "evict_high", o->evict.high);
	put_number(obj, "evict_low", o->evict.low);
	put_number(obj, "discard", o->discard);
}

struct json_object *arguments_json(const struct arguments *a,
				   const struct shape *l,
				   const struct combination *c)
{
	struct json_object *obj = json_object_new_object();

	put_trace(obj, &a->trace);
	put_shape(obj, &a->shape, l);
	put_layout(obj, a);
	put_text(obj, "lookup", choice_name(choice_lookup, a->plan.lookup));
	put_text(obj, "eviction", c->eviction->name);
	put_number(obj, "admit", c->admit);
	put_number(obj, "memory_size", c->memory_size);
	put_text(obj, "offload", choice_name(choice_offload, a->plan.offload));
	put_number(obj, "warmup_requests", a->plan.warmup_requests);
	if (c->slots == ARGUMENTS_UNBOUNDED)
		put_text(obj, "capacity", "unbounded");
	else
		put_number(obj, "capacity", c->slots);
	return obj;
}
