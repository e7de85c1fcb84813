#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "trace/options/settings.h"

#define AT(member, kind) OPTION_AT(struct settings, member, kind)

static const struct option_entry cache_options[] = {
	{
		.name = "trace",
		.title = "Trace",
		.help = "Trace to replay: a .jsonl or .jsonl.gz path, or builtin:conversation, builtin:toolagent, builtin:synthetic, builtin:agentic",
		.value = "PATH|builtin:NAME",
		AT(trace.source, OPTION_TEXT),
	},
	{
		.name = "max_requests",
		.title = "Maximum requests",
		.help = "Stop the trace after this many requests, 0 is all",
		.fallback = "0",
		AT(trace.max_requests, OPTION_U64),
	},
	{
		.name = "block_tokens",
		.title = "Tokens in a block",
		.help = "Tokens that one hash id of the trace stands for",
		.fallback = "512",
		.min = 1,
		AT(trace.block_tokens, OPTION_U32),
	},
	{
		.name = "chunk_tokens",
		.title = "Tokens in a stored object",
		.help = "Tokens in one stored object, a divisor of block_tokens; an I/O never crosses an object. 0 is block_tokens",
		.fallback = "0",
		AT(shape.chunk_tokens, OPTION_U32),
	},
	{
		.name = "timestamp_unit",
		.title = "Timestamp unit",
		.help = "Unit of the trace's timestamps",
		.fallback = "ms",
		.words = choice_unit,
		AT(trace.unit, OPTION_WORD),
	},
	{
		.name = "session_rows",
		.title = "Rows of sessions",
		.help = "What the ids of a session's later rows are",
		.fallback = "whole",
		.words = choice_session_rows,
		AT(trace.session_rows, OPTION_WORD),
	},
	{
		.name = "sessions",
		.title = "Users",
		.help = "Users of a closed loop, who play one session after the other; 0: requests arrive as stamped",
		.fallback = "0",
		AT(trace.sessions, OPTION_U32),
	},
	{
		.name = "partial",
		.title = "Partial blocks",
		.help = "The last block of a request whose length is no multiple of block_tokens",
		.fallback = "store",
		.words = choice_partial,
		AT(trace.partial, OPTION_WORD),
	},
	{
		.name = "bytes_per_token",
		.title = "KV bytes per token",
		.help = "KV cache bytes per token (2048 without a model); overrides model",
		.value = "BYTES",
		AT(shape.bytes_per_token, OPTION_U64),
	},
	{
		.name = "model",
		.title = "Model",
		.help = "Built-in model (mooncake-plan models lists them), its name on Hugging Face, or path of a config.json",
		.value = "NAME|PATH",
		AT(shape.model, OPTION_TEXT),
	},
	{
		.name = "kv_dtype",
		.title = "KV element type",
		.help = "KV element type with a model: fp16, bf16, fp8, int8, int4, fp32",
		.value = "TYPE",
		.fallback = "bf16",
		AT(shape.kv_dtype, OPTION_TEXT),
	},
	{
		.name = "tp",
		.title = "Tensor-parallel ranks",
		.help = "Tensor-parallel ranks of the model",
		.fallback = "1",
		.min = 1,
		AT(shape.tp, OPTION_U32),
	},
	{
		.name = "ranks",
		.title = "Ranks to count",
		.help = "Whose bytes a block has",
		.fallback = "all",
		.words = choice_ranks,
		AT(shape.ranks, OPTION_WORD),
	},
	{
		.name = "window",
		.title = "Sliding-window layers",
		.help = "Sliding-window layers of the model",
		.fallback = "full",
		.words = choice_window,
		AT(shape.window, OPTION_WORD),
	},
	{
		.name = "lookup",
		.title = "Lookup",
		.help = "What counts as a hit",
		.fallback = "prefix",
		.words = choice_lookup,
		AT(plan.lookup, OPTION_WORD),
	},
	{
		.name = "eviction",
		.title = "Eviction policy",
		.help = "Which block goes when the cache is full: lru, fifo, lfu, opt (clairvoyant)",
		.fallback = "lru",
		AT(eviction, OPTION_TEXT),
	},
	{
		.name = "admit",
		.title = "Admission",
		.help = "Write a missed block only from its N-th lookup on",
		.fallback = "1",
		.min = 1,
		AT(plan.admit, OPTION_U32),
	},
	{
		.name = "memory_size",
		.title = "Memory tier",
		.help = "Bytes of a DRAM tier (lru) in front of storage; its hits do no I/O",
		.fallback = "0",
		AT(memory_size, OPTION_U64),
	},
	{
		.name = "offload",
		.title = "Offload",
		.help = "With a memory tier, when a block is written to storage",
		.fallback = "through",
		.words = choice_offload,
		AT(plan.offload, OPTION_WORD),
	},
	{
		.name = "warmup_requests",
		.title = "Warm-up requests",
		.help = "The first N requests run without pacing and are left out of every statistic",
		.fallback = "0",
		AT(plan.warmup_requests, OPTION_U32),
	},
	{
		.name = "shard",
		.title = "Shard",
		.help = "k/n: take the k-th of n parts of the trace",
		.value = "k/n",
		.fallback = "1/1",
		AT(shard, OPTION_TEXT),
	},
	{
		.name = "bad_lines",
		.title = "Bad lines",
		.help = "What a bad line of the trace does",
		.fallback = "fail",
		.words = choice_bad_lines,
		AT(trace.bad_lines, OPTION_WORD),
	},
	{ 0 },
};

const struct option_entry *const settings_tables[] = {
	cache_options,
	layout_options,
	NULL,
};

const struct option_entry *settings_find(const char *name)
{
	const struct option_entry *const *table = settings_tables, *opt;

	for (; *table; table++)
		for (opt = *table; opt->name; opt++)
			if (!strcmp(opt->name, name))
				return opt;
	return NULL;
}

void settings_put(struct json_object *obj, const struct settings *s)
{
	const struct option_entry *const *table = settings_tables;

	for (; *table; table++)
		options_put(obj, *table, s);
}

static void set_defaults(struct settings *s, const struct option_entry *table)
{
	struct error err;

	for (; table->name; table++)
		if (table->fallback)
			option_set(table, s, table->name, table->fallback,
				   &err);
}

void settings_init(struct settings *s)
{
	const struct option_entry *const *table = settings_tables;

	memset(s, 0, sizeof(*s));
	trace_options_init(&s->trace);
	shape_options_init(&s->shape);
	plan_options_init(&s->plan);
	for (; *table; table++)
		set_defaults(s, *table);
}

static int decide_shard(struct trace_options *o, const char *shard,
			const char *dashes, struct error *err)
{
	char end;

	if (sscanf(shard, "%" SCNu32 "/%" SCNu32 "%c", &o->shard, &o->shards,
		   &end) == 2 &&
	    o->shard >= 1 && o->shard <= o->shards)
		return 0;
	return fail(err,
		    "%sshard=%s is not k/n with k from 1 to n; three nodes take shard=1/3, shard=2/3 and shard=3/3",
		    dashes, shard);
}

int settings_decide(struct settings *s, const char *dashes, struct error *err)
{
	s->shape.block_tokens = s->trace.block_tokens;
	if (decide_shard(&s->trace, s->shard, dashes, err))
		return -1;
	s->plan.eviction = policy_named(s->eviction, dashes, err);
	return s->plan.eviction ? 0 : -1;
}

int settings_memory(struct plan_options *o, uint64_t bytes, uint64_t slot_bytes,
		    const char *dashes, struct error *err)
{
	const char *name = *dashes ? "--memory-size" : "memory_size";

	o->memory_blocks = bytes / slot_bytes;
	if (bytes && !o->memory_blocks)
		return fail(err,
			    "%s=%" PRIu64 " is less than one block of %" PRIu64
			    " bytes; give it room for blocks, or leave it out",
			    name, bytes, slot_bytes);
	if (o->offload == PLAN_OFFLOAD_EVICT && !o->memory_blocks)
		return fail(err,
			    "%soffload=evict needs a memory tier; give %s=",
			    dashes, name);
	return 0;
}

void settings_in_force(struct settings *s, const struct shape *shape)
{
	if (!s->shape.chunk_tokens)
		s->shape.chunk_tokens = s->trace.block_tokens;
	if (s->shape.bytes_per_token)
		s->shape.model = NULL;
	s->shape.bytes_per_token = shape->block_bytes / s->trace.block_tokens;
}
