#include "fio.h"
#include "optgroup.h"
#include "parse.h"

#include "engine/setup/options.h"

#define OPT(field) \
	.off1 = offsetof(struct mooncake_options, field), \
	.category = FIO_OPT_C_ENGINE, .group = FIO_OPT_G_INVALID

#define CHOICE(value, number, text) \
	{ \
		.ival = value, .oval = number, .help = text \
	}

struct fio_option mooncake_fio_options[] = {
	{
		.name	= "trace",
		.lname	= "Trace",
		.type	= FIO_OPT_STR_STORE,
		OPT(trace),
		.help	= "Trace to replay: a .jsonl or .jsonl.gz path, or builtin:conversation, builtin:toolagent, builtin:synthetic",
	},
	{
		.name	= "max_requests",
		.lname	= "Maximum requests",
		.type	= FIO_OPT_ULL,
		OPT(max_requests),
		.help	= "Stop the trace after this many requests, 0 is all",
		.def	= "0",
	},
	{
		.name	= "block_tokens",
		.lname	= "Tokens in a block",
		.type	= FIO_OPT_INT,
		OPT(block_tokens),
		.minval	= 1,
		.help	= "Tokens that one hash id of the trace stands for",
		.def	= "512",
	},
	{
		.name	= "chunk_tokens",
		.lname	= "Tokens in a stored object",
		.type	= FIO_OPT_INT,
		OPT(chunk_tokens),
		.help	= "Tokens in one stored object, a divisor of block_tokens; an I/O never crosses an object. 0 is block_tokens",
		.def	= "0",
	},
	{
		.name	= "timestamp_unit",
		.lname	= "Timestamp unit",
		.type	= FIO_OPT_STR,
		OPT(timestamp_unit),
		.help	= "Unit of the trace's timestamps",
		.def	= "ms",
		.posval	= {
			CHOICE("ms", TRACE_UNIT_MS, "Milliseconds"),
			CHOICE("s", TRACE_UNIT_S, "Seconds"),
		},
	},
	{
		.name	= "partial",
		.lname	= "Partial blocks",
		.type	= FIO_OPT_STR,
		OPT(partial),
		.help	= "The last block of a request whose length is no multiple of block_tokens",
		.def	= "store",
		.posval	= {
			CHOICE("store", TRACE_PARTIAL_STORE, "Store it like the others"),
			CHOICE("skip", TRACE_PARTIAL_SKIP, "Leave it out, as most engines do"),
		},
	},
	{
		.name	= "bytes_per_token",
		.lname	= "KV bytes per token",
		.type	= FIO_OPT_ULL,
		OPT(bytes_per_token),
		.help	= "KV cache bytes per token (2048 without a model); overrides model",
	},
	{
		.name	= "model",
		.lname	= "Model",
		.type	= FIO_OPT_STR_STORE,
		OPT(model),
		.help	= "Built-in model name (mooncake-plan models lists them), or path of a Hugging Face config.json",
	},
	{
		.name	= "kv_dtype",
		.lname	= "KV element type",
		.type	= FIO_OPT_STR_STORE,
		OPT(kv_dtype),
		.help	= "KV element type with a model: fp16, bf16, fp8, int8, int4, fp32",
		.def	= "bf16",
	},
	{
		.name	= "tp",
		.lname	= "Tensor-parallel ranks",
		.type	= FIO_OPT_INT,
		OPT(tp),
		.minval	= 1,
		.help	= "Tensor-parallel ranks of the model",
		.def	= "1",
	},
	{
		.name	= "ranks",
		.lname	= "Ranks to count",
		.type	= FIO_OPT_STR,
		OPT(ranks),
		.help	= "Whose bytes a block has",
		.def	= "all",
		.posval	= {
			CHOICE("all", SHAPE_RANKS_ALL, "Those of a node's ranks together, each rank's part an object"),
			CHOICE("one", SHAPE_RANKS_ONE, "Those of one rank"),
		},
	},
	{
		.name	= "window",
		.lname	= "Sliding-window layers",
		.type	= FIO_OPT_STR,
		OPT(window),
		.help	= "Sliding-window layers of the model",
		.def	= "full",
		.posval	= {
			CHOICE("full", SHAPE_WINDOW_FULL, "Count them like the others"),
			CHOICE("skip", SHAPE_WINDOW_SKIP, "Leave them out"),
		},
	},
	{
		.name	= "lookup",
		.lname	= "Lookup",
		.type	= FIO_OPT_STR,
		OPT(lookup),
		.help	= "What counts as a hit",
		.def	= "prefix",
		.posval	= {
			CHOICE("prefix", PLAN_LOOKUP_PREFIX, "The run of cached blocks from the start of the request"),
			CHOICE("block", PLAN_LOOKUP_BLOCK, "Every cached block on its own"),
		},
	},
	{
		.name	= "eviction",
		.lname	= "Eviction policy",
		.type	= FIO_OPT_STR_STORE,
		OPT(eviction),
		.help	= "Which block goes when the cache is full: lru, fifo, lfu, opt (clairvoyant)",
		.def	= "lru",
	},
	{
		.name	= "admit",
		.lname	= "Admission",
		.type	= FIO_OPT_INT,
		OPT(admit),
		.minval	= 1,
		.help	= "Write a missed block only from its N-th lookup on",
		.def	= "1",
	},
	{
		.name	= "memory_size",
		.lname	= "Memory tier",
		.type	= FIO_OPT_ULL,
		OPT(memory_size),
		.help	= "Bytes of a DRAM tier (lru) in front of storage; its hits do no I/O",
		.def	= "0",
	},
	{
		.name	= "offload",
		.lname	= "Offload",
		.type	= FIO_OPT_STR,
		OPT(offload),
		.help	= "With a memory tier, when a block is written to storage",
		.def	= "through",
		.posval	= {
			CHOICE("through", PLAN_OFFLOAD_THROUGH, "At once when it misses"),
			CHOICE("evict", PLAN_OFFLOAD_EVICT, "When memory evicts it and storage lacks it"),
		},
	},
	{
		.name	= "backend",
		.lname	= "Backend",
		.type	= FIO_OPT_STR_STORE,
		OPT(backend),
		.help	= "fio engine that does the I/O, by name or external:PATH",
		.def	= "io_uring",
	},
	{
		.name	= "backend_options",
		.lname	= "Backend options",
		.type	= FIO_OPT_STR_STORE,
		OPT(backend_options),
		.help	= "The backend's own options: name=value, separated by commas",
	},
	{
		.name	= "arrivals",
		.lname	= "Arrivals",
		.type	= FIO_OPT_STR,
		OPT(arrivals),
		.help	= "When requests arrive, with replay_no_stall=0",
		.def	= "trace",
		.posval	= {
			CHOICE("trace", ARRIVALS_TRACE, "As stamped"),
			CHOICE("spread", ARRIVALS_SPREAD, "Those that share a timestamp spread evenly up to the next one"),
		},
	},
	{
		.name	= "max_inflight_requests",
		.lname	= "Requests in flight",
		.type	= FIO_OPT_INT,
		OPT(max_inflight_requests),
		.minval	= -1,
		.help	= "Requests a job works on at once, 0 is as many as iodepth holds; -1 is 1, or 0 with timestamps",
		.def	= "-1",
	},
	{
		.name	= "store",
		.lname	= "Store",
		.type	= FIO_OPT_STR,
		OPT(store),
		.help	= "When misses are written (default: inline, or async with timestamps)",
		.posval	= {
			CHOICE("inline", STORE_INLINE, "After the request's reads, in the same queue"),
			CHOICE("async", STORE_ASYNC, "In the background, behind every waiting read"),
		},
	},
	{
		.name	= "prefill_rate",
		.lname	= "Prefill rate",
		.type	= FIO_OPT_ULL,
		OPT(prefill_rate),
		.help	= "Tokens per second at which misses are computed before an async write may start, 0 is at once",
		.def	= "0",
	},
	{
		.name	= "warmup_requests",
		.lname	= "Warm-up requests",
		.type	= FIO_OPT_INT,
		OPT(warmup_requests),
		.help	= "The first N requests run without pacing and are left out of every statistic",
		.def	= "0",
	},
	{
		.name	= "share",
		.lname	= "Share",
		.type	= FIO_OPT_STR,
		OPT(share),
		.help	= "How the jobs of a replay group share the trace",
		.def	= "split",
		.posval	= {
			CHOICE("split", SHARE_SPLIT, "One trace together, against one cache"),
			CHOICE("each", SHARE_EACH, "Every job the whole trace, with own files"),
		},
	},
	{
		.name	= "shard",
		.lname	= "Shard",
		.type	= FIO_OPT_STR_STORE,
		OPT(shard),
		.help	= "k/n: take the k-th of n parts of the trace",
		.def	= "1/1",
	},
	{
		.name	= "observe",
		.lname	= "Observe",
		.type	= FIO_OPT_STR,
		OPT(observe),
		.help	= "Do no I/O, report one sample per request",
		.def	= "none",
		.posval	= {
			CHOICE("none", OBSERVE_NONE, "Do block I/O"),
			CHOICE("request", OBSERVE_REQUEST, "Whole requests"),
			CHOICE("load", OBSERVE_LOAD, "The reads of requests that have any"),
			CHOICE("store", OBSERVE_STORE, "The writes of requests that have any"),
		},
	},
	{
		.name	= "check_blocks",
		.lname	= "Check blocks",
		.type	= FIO_OPT_BOOL,
		OPT(check_blocks),
		.help	= "Stamp every block written and verify it on every hit",
		.def	= "1",
	},
	{
		.name	= "bad_lines",
		.lname	= "Bad lines",
		.type	= FIO_OPT_STR,
		OPT(bad_lines),
		.help	= "What a bad line of the trace does",
		.def	= "fail",
		.posval	= {
			CHOICE("fail", TRACE_BAD_LINES_FAIL, "Fail the run"),
			CHOICE("skip", TRACE_BAD_LINES_SKIP, "Leave it out and count it"),
		},
	},
	{
		.name	= "plan_json",
		.lname	= "Plan as JSON",
		.type	= FIO_OPT_STR_STORE,
		OPT(plan_json),
		.help	= "Write the plan's statistics to this file",
	},
	{
		.name	= NULL,
	},
};

static int parse_shard(struct trace_options *to, const char *shard,
		       struct error *err)
{
	char end;

	if (sscanf(shard, "%u/%u%c", &to->shard, &to->shards, &end) == 2 &&
	    to->shard >= 1 && to->shard <= to->shards)
		return 0;
	return fail(err,
		    "shard=%s is not k/n with k from 1 to n; three nodes take shard=1/3, shard=2/3 and shard=3/3",
		    shard);
}

int trace_options_from(struct trace_options *to,
		       const struct mooncake_options *o, struct error *err)
{
	trace_options_init(to);
	if (!o->trace || !*o->trace)
		return fail(err,
			    "trace= is missing; name a .jsonl file or builtin:conversation, builtin:toolagent, builtin:synthetic");
	to->source = o->trace;
	to->max_requests = o->max_requests;
	to->block_tokens = o->block_tokens;
	to->unit = o->timestamp_unit;
	to->partial = o->partial;
	to->bad_lines = o->bad_lines;
	return parse_shard(to, o->shard, err);
}

void shape_options_from(struct shape_options *lo,
			const struct mooncake_options *o)
{
	shape_options_init(lo);
	lo->model = o->model;
	lo->bytes_per_token = o->bytes_per_token;
	lo->kv_dtype = o->kv_dtype;
	lo->tp = o->tp;
	lo->ranks = o->ranks;
	lo->window = o->window;
	lo->block_tokens = o->block_tokens;
	lo->chunk_tokens = o->chunk_tokens;
}

static int unknown_policy(const char *name, struct error *err)
{
	char known[128] = "";
	size_t used = 0;
	int i;

	for (i = 0; policies[i]; i++)
		used += snprintf(known + used, sizeof(known) - used, "%s%s",
				 i ? ", " : "", policies[i]->name);
	return fail(err, "eviction=%s is unknown; known are %s", name, known);
}

int plan_options_from(struct plan_options *po, const struct shape *l,
		      const struct mooncake_options *o, struct error *err)
{
	plan_options_init(po);
	po->eviction = policy_find(o->eviction);
	if (!po->eviction)
		return unknown_policy(o->eviction, err);
	po->lookup = o->lookup;
	po->offload = o->offload;
	po->admit = o->admit;
	po->warmup_requests = o->warmup_requests;
	po->memory_blocks = o->memory_size / l->slot_bytes;
	if (o->memory_size && !po->memory_blocks)
		return fail(err,
			    "memory_size=%llu is less than one block of %llu bytes; give it room for blocks, or leave it out",
			    o->memory_size, (unsigned long long)l->slot_bytes);
	if (o->offload == PLAN_OFFLOAD_EVICT && !po->memory_blocks)
		return fail(err,
			    "offload=evict needs a memory tier; set memory_size=");
	return 0;
}

bool option_timed(const struct thread_data *td)
{
	return !td->o.no_stall;
}

unsigned int option_max_inflight(const struct thread_data *td,
				 const struct mooncake_options *o)
{
	if (o->max_inflight_requests != INFLIGHT_AUTO)
		return o->max_inflight_requests;
	return option_timed(td) ? 0 : 1;
}

bool option_store_async(const struct thread_data *td,
			const struct mooncake_options *o)
{
	if (o->store != STORE_AUTO)
		return o->store == STORE_ASYNC;
	return option_timed(td);
}

static const char *choice(const char *option, unsigned int value)
{
	const struct fio_option *opt;
	int i;

	for (opt = mooncake_fio_options; strcmp(opt->name, option); opt++)
		;
	for (i = 0; opt->posval[i].ival; i++)
		if (opt->posval[i].oval == value)
			return opt->posval[i].ival;
	return "";
}

static void add_string(struct json_object *obj, const char *key,
		       const char *value)
{
	json_object_object_add(obj, key,
			       value ? json_object_new_string(value) : NULL);
}

static void add_number(struct json_object *obj, const char *key, uint64_t value)
{
	json_object_object_add(obj, key, json_object_new_uint64(value));
}

struct json_object *options_json(const struct thread_data *td,
				 const struct mooncake_options *o,
				 const struct shape *l)
{
	struct json_object *obj = json_object_new_object();

	add_string(obj, "trace", o->trace);
	add_number(obj, "max_requests", o->max_requests);
	add_number(obj, "block_tokens", o->block_tokens);
	add_number(obj, "chunk_tokens",
		   o->chunk_tokens ? o->chunk_tokens : o->block_tokens);
	add_string(obj, "timestamp_unit",
		   choice("timestamp_unit", o->timestamp_unit));
	add_string(obj, "partial", choice("partial", o->partial));
	add_number(obj, "bytes_per_token", l->block_bytes / o->block_tokens);
	add_string(obj, "model", o->bytes_per_token ? NULL : o->model);
	add_string(obj, "kv_dtype", o->kv_dtype);
	add_number(obj, "tp", o->tp);
	add_string(obj, "ranks", choice("ranks", o->ranks));
	add_string(obj, "window", choice("window", o->window));
	add_string(obj, "lookup", choice("lookup", o->lookup));
	add_string(obj, "eviction", o->eviction);
	add_number(obj, "admit", o->admit);
	add_number(obj, "memory_size", o->memory_size);
	add_string(obj, "offload", choice("offload", o->offload));
	add_string(obj, "backend", o->backend);
	add_string(obj, "backend_options", o->backend_options);
	add_string(obj, "arrivals", choice("arrivals", o->arrivals));
	add_number(obj, "max_inflight_requests", option_max_inflight(td, o));
	add_string(obj, "store",
		   option_store_async(td, o) ? "async" : "inline");
	add_number(obj, "prefill_rate", o->prefill_rate);
	add_number(obj, "warmup_requests", o->warmup_requests);
	add_string(obj, "share", choice("share", o->share));
	add_string(obj, "shard", o->shard);
	add_number(obj, "check_blocks", o->check_blocks);
	add_string(obj, "bad_lines", choice("bad_lines", o->bad_lines));
	add_number(obj, "replay_no_stall", td->o.no_stall);
	add_number(obj, "replay_time_scale", td->o.replay_time_scale);
	return obj;
}
