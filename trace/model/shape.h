/*
 * How the KV cache of one block lies in a slot: bytes per token from a model
 * or given outright, objects, rounding.
 */
#ifndef MOONCAKE_SHAPE_H
#define MOONCAKE_SHAPE_H

#include <stdint.h>

#include "trace/base/choice.h"
#include "trace/base/error.h"

#define SHAPE_ALIGN 4096 /* an object takes its bytes rounded up to this */

enum shape_ranks { SHAPE_RANKS_ALL, SHAPE_RANKS_ONE };
enum shape_window { SHAPE_WINDOW_FULL, SHAPE_WINDOW_SKIP };

extern const struct choice choice_ranks[];
extern const struct choice choice_window[];

struct shape_options {
	const char *model; /* built-in name or config.json path, or NULL */
	uint64_t bytes_per_token; /* 0: from the model; else overrides it */
	const char *kv_dtype;	  /* fp16, bf16, fp8, int8, int4, fp32 */
	uint32_t tp;		  /* tensor-parallel ranks, >= 1 */
	enum shape_ranks ranks;
	enum shape_window window;
	uint32_t block_tokens;
	uint32_t chunk_tokens; /* 0: block_tokens; else divides it */
};

/* The contract's defaults. */
void shape_options_init(struct shape_options *o);

struct shape {
	uint64_t bytes_per_token; /* of all parts stored, rounded up */
	uint64_t object_bytes;	  /* bytes of one stored object */
	uint64_t object_slot;	  /* the same, rounded up to SHAPE_ALIGN */
	uint32_t objects;	  /* in a block */
	uint64_t block_bytes;	  /* objects * object_bytes */
	uint64_t slot_bytes;	  /* objects * object_slot */
};

/* 0, or -1 with @err filled, naming option, file and field. */
int shape_resolve(struct shape *l, const struct shape_options *o,
		  struct error *err);

#endif
