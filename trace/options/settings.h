/*
 * The options that say what a trace makes storage do. The engine and
 * mooncake-plan have them in common: one table, one set of values. All of
 * them decide the plan, so jobs that share a plan must have the same.
 */
#ifndef MOONCAKE_SETTINGS_H
#define MOONCAKE_SETTINGS_H

#include "trace/load/trace.h"
#include "trace/model/shape.h"
#include "trace/options/option.h"
#include "trace/plan/plan.h"

struct settings {
	struct trace_options trace;
	struct shape_options shape;
	struct plan_options plan;
	/* As they were given; the functions below work out what they mean. */
	const char *shard;    /* k/n: trace.shard of trace.shards */
	const char *eviction; /* plan.eviction by name */
	uint64_t memory_size; /* plan.memory_blocks in bytes */
	uint64_t bucket_size; /* plan.bucket_blocks in bytes */
	uint32_t bucket_objects;
};

/* The tables of all of them, ended by NULL: what is cached, and how it lies in
 * storage. Their offsets are those of struct settings. */
extern const struct option_entry *const settings_tables[];

/* The second table, which is in layout.c. */
extern const struct option_entry layout_options[];

/* Returns the entry of that name, or NULL. */
const struct option_entry *settings_find(const char *name);

/* Adds every option to @obj, under its name. */
void settings_put(struct json_object *obj, const struct settings *s);

/* Sets every option to its default. */
void settings_init(struct settings *s);

/*
 * Works out shard and eviction, and what follows from other options. @dashes is
 * what errors put before the names of options: "" or "--". Returns 0, or -1
 * with @err filled.
 */
int settings_decide(struct settings *s, const char *dashes, struct error *err);

/*
 * Works out how many blocks of @slot_bytes the memory tier of @bytes holds.
 * Returns 0, or -1 with @err filled.
 */
int settings_memory(struct plan_options *o, uint64_t bytes, uint64_t slot_bytes,
		    const char *dashes, struct error *err);

/* Puts values for plan_json() where 0 or a model stood for them. */
void settings_in_force(struct settings *s, const struct shape *shape);

#endif
