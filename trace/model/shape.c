#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "trace/model/model.h"
#include "trace/model/shape.h"

#define DEFAULT_BYTES_PER_TOKEN 2048

/* What one rank stores of a token, and how many ranks store such a part. */
struct share {
	uint64_t bits;
	uint32_t parts;
};

static const struct {
	const char *name;
	uint32_t bits;
} dtypes[] = {
	{ "fp16", 16 }, { "bf16", 16 }, { "fp8", 8 }, { "int8", 8 },
	{ "int4", 4 },	{ "fp32", 32 }, { NULL, 0 },
};

const struct choice choice_ranks[] = {
	{ "all", SHAPE_RANKS_ALL,
	  "Those of a node's ranks together, each rank's part an object" },
	{ "one", SHAPE_RANKS_ONE, "Those of one rank" },
	{ 0 },
};

const struct choice choice_window[] = {
	{ "full", SHAPE_WINDOW_FULL, "Count them like the others" },
	{ "skip", SHAPE_WINDOW_SKIP, "Leave them out" },
	{ 0 },
};

void shape_options_init(struct shape_options *o)
{
	*o = (struct shape_options){
		.kv_dtype = "bf16",
		.tp = 1,
		.ranks = SHAPE_RANKS_ALL,
		.window = SHAPE_WINDOW_FULL,
		.block_tokens = 512,
		.object_align = SHAPE_ALIGN,
		.pieces = 1,
	};
}

/* Returns the bits of an element, or 0 with @err filled. */
static uint32_t dtype_bits(const char *name, struct error *err)
{
	for (int i = 0; dtypes[i].name; i++)
		if (!strcmp(dtypes[i].name, name))
			return dtypes[i].bits;
	fail(err,
	     "kv_dtype=%s is not known: give fp16, bf16, fp8, int8, int4 or fp32",
	     name);
	return 0;
}

/* Returns how many heads one of @tp ranks holds, or 0 with @err filled. */
static uint32_t rank_heads(const struct model *m, const struct model_part *part,
			   uint32_t tp, struct error *err)
{
	if (m->latent)
		return part->heads;
	if (part->heads % tp == 0)
		return part->heads / tp;
	if (tp % part->heads == 0)
		return 1;
	fail(err,
	     "tp=%u neither divides the %u KV heads of model=%s nor is a multiple of them",
	     tp, part->heads, m->name);
	return 0;
}

static int add_part(uint64_t *elements, const struct model *m,
		    const struct model_part *part, uint32_t tp,
		    struct error *err)
{
	uint32_t heads = rank_heads(m, part, tp, err);
	uint64_t per_layer = heads * ((uint64_t)part->k + part->v);
	uint64_t all;

	if (!heads)
		return -1;
	if (__builtin_mul_overflow(per_layer, (uint64_t)part->layers, &all) ||
	    __builtin_add_overflow(*elements, all / part->every, elements))
		return fail(err,
			    "model=%s keeps more than 2^64 elements of a token: its config makes no sense",
			    m->name);
	return 0;
}

static int model_share(struct share *s, const struct shape_options *o,
		       struct error *err)
{
	uint64_t elements = 0;
	struct model m;

	if (model_find(&m, o->model, err))
		return -1;
	for (int kind = 0; kind < MODEL_PARTS; kind++) {
		if (!m.parts[kind].layers ||
		    (kind == MODEL_WINDOW && o->window == SHAPE_WINDOW_SKIP))
			continue;
		if (add_part(&elements, &m, &m.parts[kind], o->tp, err))
			return -1;
	}
	if (!elements)
		return fail(err,
			    "window=skip leaves model=%s no layer: all have a sliding window; use window=full",
			    m.name);
	s->parts = m.latent || o->ranks == SHAPE_RANKS_ONE ? 1 : o->tp;
	if (__builtin_mul_overflow(elements, dtype_bits(o->kv_dtype, err),
				   &s->bits))
		return fail(err,
			    "model=%s keeps more than 2^64 bits of a token: its config makes no sense",
			    m.name);
	return 0;
}

/* Works out the share where bytes_per_token= is given, so that no heads are
 * known for tp= to divide. */
static int given_share(struct share *s, const struct shape_options *o,
		       struct error *err)
{
	uint64_t bytes = o->bytes_per_token ? o->bytes_per_token :
					      DEFAULT_BYTES_PER_TOKEN;

	if (o->tp > 1)
		return fail(err,
			    o->bytes_per_token ?
				    "tp=%u has no effect on bytes_per_token=: give the bytes that are stored, without tp=" :
				    "tp=%u needs model=: only a model's KV heads can be divided",
			    o->tp);
	if (o->window == SHAPE_WINDOW_SKIP && !o->model)
		return fail(err,
			    "window=skip needs model=: only a model has sliding-window layers to leave out");
	s->parts = 1;
	if (__builtin_mul_overflow(bytes, 8, &s->bits))
		return fail(err, "bytes_per_token=%" PRIu64 " is too large",
			    bytes);
	return 0;
}

static uint32_t chunk_of(const struct shape_options *o)
{
	return o->chunk_tokens ? o->chunk_tokens : o->block_tokens;
}

static int check_object(const struct shape_options *o, struct error *err)
{
	if (o->object_header > SHAPE_HEADER_MAX)
		return fail(err, "object_header=%u: give at most %u bytes",
			    o->object_header, SHAPE_HEADER_MAX);
	if (!o->object_align || o->object_align > SHAPE_ALIGN_MAX)
		return fail(err, "object_align=%u: give bytes from 1 to %u",
			    o->object_align, SHAPE_ALIGN_MAX);
	if (!o->pieces || o->pieces > SHAPE_PIECES_MAX)
		return fail(err, "pieces=%u: give a number from 1 to %u",
			    o->pieces, SHAPE_PIECES_MAX);
	return 0;
}

static int check_options(const struct shape_options *o, struct error *err)
{
	if (!dtype_bits(o->kv_dtype, err))
		return -1;
	if (!o->tp)
		return fail(err, "tp=0: there is at least 1 rank");
	if (!o->block_tokens)
		return fail(err,
			    "block_tokens=0: a block has at least 1 token");
	if (o->block_tokens % chunk_of(o))
		return fail(err,
			    "chunk_tokens=%u does not divide block_tokens=%u",
			    o->chunk_tokens, o->block_tokens);
	return check_object(o, err);
}

/* Multiplies @bits by @times, and rounds up to whole bytes. Returns true when
 * that does not fit. */
static bool bytes_of(uint64_t *bytes, uint64_t bits, uint64_t times)
{
	if (__builtin_mul_overflow(bits, times, &bits))
		return true;
	*bytes = bits / 8 + !!(bits % 8);
	return false;
}

/* Rounds @n up to a multiple of @unit. Returns true when that does not fit. */
static bool round_up(uint64_t *rounded, uint64_t n, uint64_t unit)
{
	return __builtin_mul_overflow(n / unit + !!(n % unit), unit, rounded);
}

/* Fills in what an object takes: its header is divided into pieces with its
 * data. Returns true when that does not fit. */
static bool fill_object(struct shape *shape, const struct shape_options *o)
{
	uint64_t bytes, part;

	shape->object_header = o->object_header;
	shape->object_align = o->object_align;
	shape->pieces = o->pieces;
	if (__builtin_add_overflow(shape->object_bytes, o->object_header,
				   &bytes))
		return true;
	part = bytes / o->pieces + !!(bytes % o->pieces);
	return round_up(&shape->piece_slot, part, o->object_align) ||
	       __builtin_mul_overflow(shape->piece_slot, o->pieces,
				      &shape->object_slot);
}

static bool fill(struct shape *shape, const struct share *s,
		 const struct shape_options *o)
{
	uint32_t chunk = chunk_of(o);

	if (__builtin_mul_overflow(o->block_tokens / chunk, s->parts,
				   &shape->objects) ||
	    bytes_of(&shape->bytes_per_token, s->bits, s->parts) ||
	    bytes_of(&shape->object_bytes, s->bits, chunk) ||
	    fill_object(shape, o))
		return true;
	return __builtin_mul_overflow(shape->objects, shape->object_bytes,
				      &shape->block_bytes) ||
	       __builtin_mul_overflow(shape->objects, shape->object_slot,
				      &shape->slot_bytes) ||
	       shape->slot_bytes > INT64_MAX;
}

int shape_resolve(struct shape *shape, const struct shape_options *o,
		  struct error *err)
{
	struct share s = { .parts = 1 };
	int ret;

	if (check_options(o, err))
		return -1;
	if (o->bytes_per_token || !o->model)
		ret = given_share(&s, o, err);
	else
		ret = model_share(&s, o, err);
	if (ret)
		return -1;
	if (fill(shape, &s, o))
		return fail(err,
			    "a block of block_tokens=%u with %" PRIu64
			    " bits a token and rank, tp=%u, is larger than any file can be",
			    o->block_tokens, s.bits, o->tp);
	return 0;
}

uint32_t shape_bucket_blocks(const struct shape *shape, uint64_t bucket_size,
			     uint32_t bucket_objects)
{
	uint64_t blocks = bucket_size / shape->slot_bytes;

	if (blocks > bucket_objects / shape->objects)
		blocks = bucket_objects / shape->objects;
	return blocks ? blocks : 1;
}
