/*
 * How the KV cache of one block lies in a slot: bytes per token from a model
 * or given outright, objects, rounding.
 */
#ifndef MOONCAKE_LAYOUT_H
#define MOONCAKE_LAYOUT_H

#include <stdint.h>

#include "trace.h"

#define LAYOUT_ALIGN	4096	/* an object takes its bytes rounded up to this */

enum layout_ranks { LAYOUT_RANKS_ALL, LAYOUT_RANKS_ONE };
enum layout_window { LAYOUT_WINDOW_FULL, LAYOUT_WINDOW_SKIP };

struct layout_options {
	const char *model;	/* built-in name or config.json path, or NULL */
	uint64_t bytes_per_token;	/* 0: from the model; else overrides it */
	const char *kv_dtype;	/* fp16, bf16, fp8, int8, int4, fp32 */
	uint32_t tp;		/* tensor-parallel ranks, >= 1 */
	enum layout_ranks ranks;
	enum layout_window window;
	uint32_t block_tokens;
	uint32_t chunk_tokens;	/* 0: block_tokens; else divides it */
};

/* The contract's defaults. */
void layout_options_init(struct layout_options *o);

struct layout {
	uint64_t bytes_per_token;	/* of all parts stored, rounded up */
	uint64_t object_bytes;	/* bytes of one stored object */
	uint64_t object_slot;	/* the same, rounded up to LAYOUT_ALIGN */
	uint32_t objects;	/* in a block */
	uint64_t block_bytes;	/* objects * object_bytes */
	uint64_t slot_bytes;	/* objects * object_slot */
};

/* 0, or -1 with @err filled, naming option, file and field. */
int layout_resolve(struct layout *l, const struct layout_options *o,
		   struct trace_error *err);

#endif
