/*
 * The engine's job options as fio parses them, and their translation into
 * what trace/ takes.
 */
#ifndef MOONCAKE_OPTIONS_H
#define MOONCAKE_OPTIONS_H

#include <json-c/json.h>

#include "trace/model/shape.h"
#include "trace/plan/plan.h"
#include "trace/load/trace.h"

struct thread_data;
struct fio_option;

enum option_arrivals { ARRIVALS_TRACE, ARRIVALS_SPREAD };
enum option_store { STORE_AUTO, STORE_INLINE, STORE_ASYNC };
enum option_share { SHARE_SPLIT, SHARE_EACH };
enum option_observe {
	OBSERVE_NONE,
	OBSERVE_REQUEST,
	OBSERVE_LOAD,
	OBSERVE_STORE
};

#define INFLIGHT_AUTO UINT32_MAX /* 1, or 0 with timestamps */

struct mooncake_options {
	void *td; /* fio's, always first */
	char *trace;
	unsigned long long max_requests;
	unsigned int block_tokens;
	unsigned int chunk_tokens;
	unsigned int timestamp_unit;
	unsigned int partial;
	unsigned long long bytes_per_token;
	char *model;
	char *kv_dtype;
	unsigned int tp;
	unsigned int ranks;
	unsigned int window;
	unsigned int lookup;
	char *eviction;
	unsigned int admit;
	unsigned long long memory_size;
	unsigned int offload;
	char *backend;
	char *backend_options;
	unsigned int arrivals;
	unsigned int max_inflight_requests;
	unsigned int store;
	unsigned long long prefill_rate;
	unsigned int warmup_requests;
	unsigned int share;
	char *shard;
	unsigned int observe;
	unsigned int check_blocks;
	unsigned int bad_lines;
	char *plan_json;
};

/* The table for fio, ended by a NULL name. */
extern struct fio_option mooncake_fio_options[];

/*
 * What the options say to trace/. Each returns 0, or -1 with @err filled.
 * plan_options_from() leaves the capacity unbounded and needs the shape for
 * memory_size.
 */
int trace_options_from(struct trace_options *to,
		       const struct mooncake_options *o, struct error *err);
void shape_options_from(struct shape_options *lo,
			const struct mooncake_options *o);
int plan_options_from(struct plan_options *po, const struct shape *l,
		      const struct mooncake_options *o, struct error *err);

/* Are timestamps replayed? */
bool option_timed(const struct thread_data *td);

/* The values in force once "auto" is decided. */
unsigned int option_max_inflight(const struct thread_data *td,
				 const struct mooncake_options *o);
bool option_store_async(const struct thread_data *td,
			const struct mooncake_options *o);

/* All options in force, for plan_json; the caller owns the object. */
struct json_object *options_json(const struct thread_data *td,
				 const struct mooncake_options *o,
				 const struct shape *l);

#endif
