/*
 * The shape of a block in storage: the bytes of a token, from a model or given
 * outright, the objects that a block is stored as, their headers and pieces,
 * and how all of these are rounded to a slot.
 */
#ifndef MOONCAKE_SHAPE_H
#define MOONCAKE_SHAPE_H

#include <stdint.h>

#include "trace/base/choice.h"
#include "trace/base/error.h"

#define SHAPE_ALIGN 4096 /* what object_align= is by default */
#define SHAPE_ALIGN_MAX (UINT32_C(1) << 30)
#define SHAPE_HEADER_MAX (UINT32_C(1) << 30)
#define SHAPE_PIECES_MAX 65536
/* What bucket_size= and bucket_objects= are by default. */
#define SHAPE_BUCKET_SIZE (UINT64_C(256) << 20)
#define SHAPE_BUCKET_OBJECTS 500

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
	uint32_t chunk_tokens;	/* 0: block_tokens; else divides it */
	uint32_t object_header; /* bytes before each object's data */
	uint32_t object_align;	/* an object takes a multiple of this, >= 1 */
	uint32_t pieces;	/* equal parts that an object lies in, >= 1 */
};

/* Sets every option to its default. */
void shape_options_init(struct shape_options *o);

struct shape {
	uint64_t bytes_per_token; /* of all parts stored, rounded up */
	uint64_t object_bytes;	  /* of one stored object, without a header */
	uint64_t piece_slot;	  /* what a piece of it takes, rounded up */
	uint64_t object_slot;	  /* pieces * piece_slot */
	uint32_t object_header;
	uint32_t object_align;
	uint32_t pieces;
	uint32_t objects;     /* in a block */
	uint64_t block_bytes; /* objects * object_bytes */
	uint64_t slot_bytes;  /* objects * object_slot */
};

/* Works out the shape that the options mean. Returns 0, or -1 with @err filled,
 * which names the option and, of a model, file and field. */
int shape_resolve(struct shape *shape, const struct shape_options *o,
		  struct error *err);

/* Returns how many whole blocks fit into a bucket of at most @bucket_size bytes
 * and @bucket_objects objects, but at least 1. */
uint32_t shape_bucket_blocks(const struct shape *shape, uint64_t bucket_size,
			     uint32_t bucket_objects);

#endif
