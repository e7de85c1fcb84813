/* How many bytes objects, blocks and slots have by the options. */
#include "trace/model/shape.h"

#include "unit.h"

static struct shape_options options(const char *model)
{
	struct shape_options o;

	shape_options_init(&o);
	o.model = model;
	return o;
}

static struct shape resolved(const struct shape_options *o)
{
	struct error err = { "" };
	struct shape shape = { 0 };

	CHECK_EQ(shape_resolve(&shape, o, &err), 0);
	CHECK_STR(err.text, "");
	return shape;
}

static void refused(const struct shape_options *o, const char *says)
{
	struct error err = { "" };
	struct shape shape;

	CHECK_EQ(shape_resolve(&shape, o, &err), -1);
	CHECK_HAS(err.text, says);
}

static void check(struct shape shape, uint32_t objects, uint64_t object_bytes,
		  uint64_t object_slot)
{
	CHECK_EQ(shape.objects, objects);
	CHECK_EQ(shape.object_bytes, object_bytes);
	CHECK_EQ(shape.object_slot, object_slot);
	CHECK_EQ(shape.block_bytes, objects * object_bytes);
	CHECK_EQ(shape.slot_bytes, objects * object_slot);
}

static void the_default_is_a_mebibyte(void)
{
	struct shape_options o = options(NULL);

	check(resolved(&o), 1, 2048 * 512, 2048 * 512);
	CHECK_EQ(resolved(&o).bytes_per_token, 2048);
}

static void objects_are_rounded_up_one_by_one(void)
{
	struct shape_options o = options(NULL);

	o.bytes_per_token = 100;
	check(resolved(&o), 1, 51200, 53248);
	o.chunk_tokens = 64;
	check(resolved(&o), 8, 6400, 8192);
	o.block_tokens = o.chunk_tokens = 1;
	check(resolved(&o), 1, 100, 4096);
}

static void a_405b_block_is_252_mebibytes(void)
{
	struct shape_options o = options("llama-3.1-405b");

	check(resolved(&o), 1, 252ull << 20, 252ull << 20);
	o.chunk_tokens = 256;
	check(resolved(&o), 2, 126ull << 20, 126ull << 20);
}

static void given_bytes_override_the_model(void)
{
	struct shape_options o = options("llama-3.1-405b");

	o.bytes_per_token = 4096;
	o.kv_dtype = "fp8";
	check(resolved(&o), 1, 4096 * 512, 4096 * 512);
	o.model = "no such model";
	check(resolved(&o), 1, 4096 * 512, 4096 * 512);
}

static void element_types(void)
{
	static const struct {
		const char *name;
		uint64_t bytes;
	} types[] = {
		{ "fp16", 131072 }, { "bf16", 131072 }, { "fp8", 65536 },
		{ "int8", 65536 }, { "int4", 32768 }, { "fp32", 262144 },
	};
	struct shape_options o = options("llama-3.1-8b");

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		o.kv_dtype = types[i].name;
		CHECK_EQ(resolved(&o).bytes_per_token, types[i].bytes);
	}
	o.kv_dtype = "fp7";
	refused(&o, "kv_dtype=fp7 is not known");
	o.bytes_per_token = 1;
	refused(&o, "kv_dtype=fp7 is not known");
}

/* 1 layer x 1 head x (1 + 2) elements of 4 bits: 1.5 bytes a token. */
static void half_bytes_are_rounded_up_in_the_object(void)
{
	struct shape_options o = options("tests/configs/odd_elements.json");

	o.kv_dtype = "int4";
	o.block_tokens = 6;
	o.chunk_tokens = 3;
	check(resolved(&o), 2, 5, 4096);
	CHECK_EQ(resolved(&o).bytes_per_token, 2);
	o.chunk_tokens = 0;
	check(resolved(&o), 1, 9, 4096);
}

static void ranks_divide_the_heads(void)
{
	struct shape_options o = options("llama-3.1-8b");

	o.tp = 8;
	check(resolved(&o), 8, 16384 * 512, 16384 * 512);
	CHECK_EQ(resolved(&o).bytes_per_token, 131072);
	o.chunk_tokens = 256;
	check(resolved(&o), 16, 16384 * 256, 16384 * 256);
	o.ranks = SHAPE_RANKS_ONE;
	check(resolved(&o), 2, 16384 * 256, 16384 * 256);
	CHECK_EQ(resolved(&o).bytes_per_token, 16384);
}

static void a_rank_holds_at_least_one_head(void)
{
	struct shape_options o = options("qwen2.5-7b");

	o.tp = 8;
	check(resolved(&o), 8, 14336 * 512, 14336 * 512);
	CHECK_EQ(resolved(&o).bytes_per_token, 2 * 57344);
	o.ranks = SHAPE_RANKS_ONE;
	check(resolved(&o), 1, 14336 * 512, 14336 * 512);
}

static void latent_kv_is_stored_once(void)
{
	struct shape_options o = options("deepseek-v3");

	o.tp = 8;
	check(resolved(&o), 1, 70272 * 512, 70272 * 512);
	o.ranks = SHAPE_RANKS_ONE;
	check(resolved(&o), 1, 70272 * 512, 70272 * 512);
	o.tp = 3;
	check(resolved(&o), 1, 70272 * 512, 70272 * 512);
}

static void ranks_that_do_not_fit_are_refused(void)
{
	struct shape_options o = options("llama-3.1-8b");

	o.tp = 3;
	refused(&o, "tp=3 neither divides the 8 KV heads of model=llama-3.1-8b"
		" nor is a multiple of them");
	o.tp = 12;
	refused(&o, "tp=12 neither");
	o.tp = 0;
	refused(&o, "tp=0");
	o = options("tests/configs/window_other_heads.json");
	o.tp = 2;
	check(resolved(&o), 2, 7680 / 2 * 512, 7680 / 2 * 512);
	o.tp = 3;
	refused(&o, "tp=3 neither divides the 2 KV heads");
}

static void options_that_would_do_nothing_are_refused(void)
{
	struct shape_options o = options(NULL);

	o.tp = 2;
	refused(&o, "tp=2 needs model=");
	o.bytes_per_token = 4096;
	refused(&o, "tp=2 has no effect on bytes_per_token=");
	o.model = "llama-3.1-8b";
	refused(&o, "tp=2 has no effect on bytes_per_token=");
	o = options(NULL);
	o.window = SHAPE_WINDOW_SKIP;
	refused(&o, "window=skip needs model=");
}

static void chunks_divide_the_block(void)
{
	struct shape_options o = options(NULL);

	o.chunk_tokens = 100;
	refused(&o, "chunk_tokens=100 does not divide block_tokens=512");
	o.chunk_tokens = 1024;
	refused(&o, "chunk_tokens=1024 does not divide block_tokens=512");
	o.chunk_tokens = 512;
	check(resolved(&o), 1, 1 << 20, 1 << 20);
	o.block_tokens = 0;
	refused(&o, "block_tokens=0");
}

static void sizes_that_overflow_are_refused(void)
{
	struct shape_options o = options(NULL);

	o.bytes_per_token = UINT64_MAX;
	refused(&o, "bytes_per_token=18446744073709551615 is too large");
	o.bytes_per_token = 1ull << 60;
	refused(&o, "larger than any file can be");
	o.bytes_per_token = 1ull << 51;
	o.block_tokens = 8192;
	o.chunk_tokens = 1;
	refused(&o, "larger than any file can be");
	o = options("llama-2-7b");
	o.block_tokens = UINT32_MAX;
	o.chunk_tokens = 1;
	o.tp = 64;
	refused(&o, "larger than any file can be");
	o = options("tests/configs/bad/bits_overflow.json");
	refused(&o, "more than 2^64 bits");
}

static void headers_pieces_and_rounding(void)
{
	struct shape_options o = options(NULL);
	struct shape shape;

	o.bytes_per_token = 8; /* 4096 an object */
	o.object_header = 24;
	check(resolved(&o), 1, 4096, 8192);
	o.object_align = 1;
	check(resolved(&o), 1, 4096, 4120);
	o.object_align = 512;
	check(resolved(&o), 1, 4096, 4608);
	o.object_header = 0;
	o.pieces = 32;
	shape = resolved(&o);
	CHECK_EQ(shape.piece_slot, 512);
	check(shape, 1, 4096, 32 * 512);
	o.object_align = 1;
	o.object_header = 1; /* 4097 in 32 equal parts: 129 each */
	shape = resolved(&o);
	CHECK_EQ(shape.piece_slot, 129);
	check(shape, 1, 4096, 32 * 129);
	o.chunk_tokens = 256;
	check(resolved(&o), 2, 2048, 32 * 65);
	CHECK_EQ(resolved(&o).object_header, 1);
	CHECK_EQ(resolved(&o).pieces, 32);
}

static void wrong_objects_are_refused(void)
{
	struct shape_options o = options(NULL);

	o.object_align = 0;
	refused(&o, "object_align=0: give bytes from 1 to");
	o.object_align = (1u << 30) + 1;
	refused(&o, "object_align=1073741825");
	o.object_align = 1;
	o.pieces = 0;
	refused(&o, "pieces=0");
	o.pieces = 65537;
	refused(&o, "pieces=65537");
	o.pieces = 1;
	o.object_header = UINT32_MAX;
	refused(&o, "object_header=4294967295");
	o = options(NULL);
	o.pieces = 65536;
	o.object_align = 1u << 30;
	o.chunk_tokens = 1;
	o.block_tokens = 1u << 20;
	refused(&o, "larger than any file can be");
}

static void blocks_of_a_bucket(void)
{
	struct shape_options o = options(NULL);
	struct shape shape = resolved(&o); /* 1 MiB */

	CHECK_EQ(shape_bucket_blocks(&shape, SHAPE_BUCKET_SIZE, 500), 256);
	CHECK_EQ(shape_bucket_blocks(&shape, UINT64_C(1) << 30, 500), 500);
	CHECK_EQ(shape_bucket_blocks(&shape, (3u << 20) - 1, 500), 2);
	CHECK_EQ(shape_bucket_blocks(&shape, 1, 500), 1);
	CHECK_EQ(shape_bucket_blocks(&shape, UINT64_MAX, UINT32_MAX), UINT32_MAX);
	o.chunk_tokens = 128;
	shape = resolved(&o);
	CHECK_EQ(shape_bucket_blocks(&shape, UINT64_C(1) << 30, 503), 125);
	CHECK_EQ(shape_bucket_blocks(&shape, UINT64_C(1) << 30, 3), 1);
}

int main(void)
{
	RUN(headers_pieces_and_rounding);
	RUN(wrong_objects_are_refused);
	RUN(blocks_of_a_bucket);
	RUN(the_default_is_a_mebibyte);
	RUN(objects_are_rounded_up_one_by_one);
	RUN(a_405b_block_is_252_mebibytes);
	RUN(given_bytes_override_the_model);
	RUN(element_types);
	RUN(half_bytes_are_rounded_up_in_the_object);
	RUN(ranks_divide_the_heads);
	RUN(a_rank_holds_at_least_one_head);
	RUN(latent_kv_is_stored_once);
	RUN(ranks_that_do_not_fit_are_refused);
	RUN(options_that_would_do_nothing_are_refused);
	RUN(chunks_divide_the_block);
	RUN(sizes_that_overflow_are_refused);
	UNIT_END();
}
