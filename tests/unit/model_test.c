/* What models keep of a token: the built-in table and config.json files. */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "trace/model/shape.h"
#include "trace/model/model.h"
#include "unit.h"

#define REFERENCE	"../shared/reference/model_kv_bytes.csv"
#define CASES		"../shared/cases/configs/"
#define CONFIGS		"tests/configs/"

static uint64_t bytes_per_token(const char *model, enum shape_window window,
				struct error *err)
{
	struct shape_options o;
	struct shape shape;

	shape_options_init(&o);
	o.model = model;
	o.window = window;
	err->text[0] = '\0';
	return shape_resolve(&shape, &o, err) ? 0 : shape.bytes_per_token;
}

static void check_reference_row(char *row)
{
	const char *name = strtok(row, ",");
	const char *attention = strtok(NULL, ",");
	const char *bytes = strrchr(strtok(NULL, "\n"), ',') + 1;
	struct error err;
	struct model m;

	CHECK(!model_find(&m, name, &err));
	CHECK_STR(model_attention(&m), attention);
	CHECK_EQ(bytes_per_token(name, SHAPE_WINDOW_FULL, &err),
		 strtoull(bytes, NULL, 10));
}

static void every_row_of_the_reference(void)
{
	FILE *f = fopen(REFERENCE, "r");
	char row[256];
	int rows = 0;

	if (!f) {
		printf("# %s is not here: skipped\n", REFERENCE);
		return;
	}
	CHECK(fgets(row, sizeof(row), f) != NULL);
	while (fgets(row, sizeof(row), f)) {
		check_reference_row(row);
		rows++;
	}
	fclose(f);
	CHECK_EQ(rows, 20);
}

static void builtin_names_are_unique_and_sourced(void)
{
	for (const struct model *m = models; m->name; m++) {
		CHECK(strchr(m->source, '/') != NULL);
		for (const struct model *n = m + 1; n->name; n++)
			CHECK(strcmp(m->name, n->name) != 0);
	}
}

static const struct {
	const char *name;
	uint64_t full, skip;
} builtin_bytes[] = {
	{ "gpt-oss-20b", 49152, 24576 },
	{ "gemma-3-27b", 507904, 81920 },
	{ "llama-4-scout", 196608, 49152 },
	{ "qwen3-next-80b-a3b", 24576, 24576 },
	{ "minimax-m1", 40960, 40960 },
	{ "kimi-linear-48b-a3b", 8064, 8064 },
	{ "falcon-7b", 8192, 8192 },
	{ "deepseek-v3.2", 61 * (512 + 64 + 128) * 2, 61 * 704 * 2 },
	{ "deepseek-v4-pro", 2 * (61 * 512 + 4924), 2 * 4924 },
	{ "mimo-v2.5", 2 * (9 * 4 + 39 * 8) * 320, 2 * 9 * 4 * 320 },
	{ "minimax-m3", 137472, 137472 },
	/* 512 tokens are 56229888 bytes, as in Mooncake's own benchmark */
	{ "glm-5", 56229888 / 512, 56229888 / 512 },
};

static void builtin_models_with_and_without_windows(void)
{
	struct error err;

	for (size_t i = 0; i < sizeof(builtin_bytes) / sizeof(*builtin_bytes);
	     i++) {
		const char *name = builtin_bytes[i].name;

		CHECK_EQ(bytes_per_token(name, SHAPE_WINDOW_FULL, &err),
			 builtin_bytes[i].full);
		CHECK_EQ(bytes_per_token(name, SHAPE_WINDOW_SKIP, &err),
			 builtin_bytes[i].skip);
	}
}

/* Elements of a token, in all layers and without those with a window. */
static const struct {
	const char *file;
	const char *attention;
	uint64_t full, skip;
} good[] = {
	{ "multi_head", "MHA", 6 * 8 * 256, 6 * 8 * 256 },
	{ "multi_head_gpt2", "MHA", 5 * 12 * 128, 5 * 12 * 128 },
	{ "multi_head_falcon", "MHA", 6 * 8 * 256, 6 * 8 * 256 },
	{ "multi_query_falcon", "MQA", 6 * 256, 6 * 256 },
	{ "multi_query_bigcode", "MQA", 6 * 256, 6 * 256 },
	{ "grouped_query", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	{ "grouped_query_head_dim", "GQA", 6 * 4 * 192, 6 * 4 * 192 },
	{ "grouped_query_falcon", "GQA", 6 * 4 * 256, 6 * 4 * 256 },
	{ "grouped_query_chatglm", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	{ "grouped_query_dbrx", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	{ "multi_head_mpt", "MHA", 6 * 8 * 256, 6 * 8 * 256 },
	{ "latent", "MLA", 6 * 288, 6 * 288 },
	{ "latent_off", "MHA", 6 * 8 * 256, 6 * 8 * 256 },
	{ "latent_indexer", "MLA", 6 * (288 + 64), 6 * (288 + 64) },
	{ "latent_indexer_shared", "MLA", 6 * 288 + 3 * 64, 6 * 288 + 3 * 64 },
	{ "latent_indexer_every_second", "MLA", 6 * 288 + 3 * 64,
	  6 * 288 + 3 * 64 },
	{ "latent_linear", "MLA", 2 * 288, 2 * 288 },
	{ "nested_text", "GQA", 7 * 4 * 512, 1 * 4 * 512 },
	{ "nested_thinker", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	{ "nested_llm", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	{ "nested_language", "MLA", 6 * 288, 6 * 288 },
	{ "nested_without_type", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	{ "window_longer_than_context", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	{ "window_null", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	{ "window_layer_types", "GQA", 6 * 2 * 128, 3 * 2 * 128 },
	{ "window_alternating", "GQA", 6 * 4 * 512, 3 * 4 * 512 },
	{ "window_pattern", "GQA", 6 * 2 * 256, 2 * 2 * 256 },
	{ "window_pattern_letters", "GQA", 6 * 2 * 256, 2 * 2 * 256 },
	{ "window_pattern_without_window", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	{ "window_from_layer", "GQA", 6 * 2 * 256, 4 * 2 * 256 },
	{ "window_chunked", "GQA", 6 * 2 * 256, 1 * 2 * 256 },
	{ "window_chunked_listed", "GQA", 6 * 2 * 256, 2 * 2 * 256 },
	{ "window_other_heads", "GQA", 2 * 2 * 320 + 4 * 4 * 160, 2 * 2 * 320 },
	{ "window_global_heads", "GQA", 2 * 1024 + 5 * 4 * 512, 2 * 1024 },
	{ "shared_layers", "GQA", 6 * 2 * 512, 1 * 2 * 512 },
	{ "window_pattern_exaone", "GQA", 6 * 2 * 256, 3 * 2 * 256 },
	{ "latent_linear_none", "MLA", 6 * 288, 6 * 288 },
	{ "linear_none", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	{ "linear_interval", "GQA", 2 * 2 * 512, 2 * 2 * 512 },
	{ "linear_layer_types", "GQA", 1 * 2 * 512, 1 * 2 * 512 },
	{ "linear_attn_type_list", "GQA", 2 * 2 * 256, 2 * 2 * 256 },
	{ "mamba_period", "GQA", 2 * 2 * 256, 2 * 2 * 256 },
	{ "mamba_pattern", "GQA", 1 * 2 * 256, 1 * 2 * 256 },
	{ "mamba_indices", "GQA", 2 * 2 * 256, 2 * 2 * 256 },
	{ "mamba_layer_types", "GQA", 1 * 2 * 256, 1 * 2 * 256 },
	{ "mamba_beside_attention", "GQA", 6 * 2 * 128, 6 * 2 * 128 },
	{ "conv_layer_types", "GQA", 2 * 2 * 256, 2 * 2 * 256 },
	{ "byte_order_mark", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	{ "mamba_words", "GQA", 2 * 2 * 256, 2 * 2 * 256 },
	{ "mamba_words_newer", "GQA", 1 * 2 * 256, 1 * 2 * 256 },
	{ "mamba_words_stale_layers", "GQA", 1 * 2 * 256, 1 * 2 * 256 },
	{ "mamba_letters_stale_layers", "GQA", 2 * 2 * 256, 2 * 2 * 256 },
	{ "mamba_letters_list", "GQA", 2 * 2 * 256, 2 * 2 * 256 },
	{ "mamba_nested", "GQA", 2 * 2 * 256, 2 * 2 * 256 },
	{ "mamba_zamba", "MHA", 2 * 8 * 512, 2 * 8 * 512 },
	{ "mamba_zamba2", "GQA", 2 * 2 * 512, 2 * 2 * 512 },
	{ "window_groups", "GQA", 2 * 2 * 256 + 4 * 4 * 128, 2 * 2 * 256 },
	{ "window_groups_nested", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	{ "window_exaone_moe", "GQA", 6 * 2 * 256, 2 * 2 * 256 },
	{ "window_local_ids", "GQA", 2 * 2 * 256 + 4 * 4 * 128, 2 * 2 * 256 },
	{ "index_sparse", "GQA", 6 * 2 * 256 + 4 * 64, 6 * 2 * 256 + 4 * 64 },
	{ "shared_cross_layer", "GQA", 2 * 2 * 256, 2 * 2 * 256 },
	{ "shared_cross_layer_off", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	{ "latent_nested", "MLA", 6 * 288, 6 * 288 },
	{ "latent_twice", "MLA", 6 * 288, 6 * 288 },
	{ "latent_twice_counted", "MLA", 6 * 288, 6 * 288 },
	{ "latent_twice_indexer", "MLA", 6 * 288 + 3 * 64, 6 * 288 + 3 * 64 },
	{ "latent_groups", "MLA", 3 * 288, 3 * 288 },
	{ "linear_groups", "GQA", 2 * 2 * 256, 2 * 2 * 256 },
	{ "grouped_query_bailing", "GQA", 6 * 2 * 192, 6 * 2 * 192 },
	{ "grouped_query_ernie", "GQA", 6 * 2 * 256, 6 * 2 * 256 },
	/* 6 windows; 3 of every 4 with index keys, 2 of every 128 */
	{ "compressed", "CSA", 6 * 512 + 3 * (128 + 32) + 2 * 4,
	  3 * (128 + 32) + 2 * 4 },
	{ "compressed_words", "CSA", 6 * 512 + 3 * (64 + 16) + 2 * 8,
	  3 * (64 + 16) + 2 * 8 },
};

static void configs_of_every_attention_kind(void)
{
	struct error err;
	struct model m;
	char path[128];

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		snprintf(path, sizeof(path), CONFIGS "%s.json", good[i].file);
		CHECK(!model_find(&m, path, &err));
		CHECK_STR(model_attention(&m), good[i].attention);
		CHECK_EQ(bytes_per_token(path, SHAPE_WINDOW_FULL, &err),
			 2 * good[i].full);
		CHECK_EQ(bytes_per_token(path, SHAPE_WINDOW_SKIP, &err),
			 2 * good[i].skip);
	}
}

static const struct {
	const char *file, *says;
} bad[] = {
	{ "attn_config", "attn_config.kv_n_heads is missing" },
	{ "attn_type_list", "attn_type_list has 2 for layer 2" },
	{ "falcon_kv_heads", "num_kv_heads is 5: expected a divisor" },
	{ "falcon_multi_query", "multi_query is \"yes\": expected true" },
	{ "fraction_layers", "num_hidden_layers is 6.5: expected an integer" },
	{ "head_dim_divide", "hidden_size 1025 is no multiple of 8" },
	{ "hybrid_pattern", "hybrid_override_pattern is \"MXM*\"" },
	{ "index_pattern", "index_topk_pattern is not known here" },
	{ "indexer_types_short", "indexer_types has 1 entries for 6" },
	{ "indices", "attn_layer_indices is [\"a\"]: expected" },
	{ "kv_heads_divide", "num_key_value_heads is 3: expected a divisor" },
	{ "kv_heads_more", "num_key_value_heads is 16: expected a divisor" },
	{ "latent_window", "layer_types has sliding windows beside latent" },
	{ "layer_types_short", "layer_types has 1 entries for 6 layers" },
	{ "layer_types_string", "layer_types is \"full_attention\"" },
	{ "layer_types_unknown", "layer_types has \"retention\" for layer 5" },
	{ "layers_max", "num_hidden_layers is 65537: expected at most" },
	{ "model_type_number", "model_type is 7: expected a string" },
	{ "negative_heads", "num_attention_heads is -8: expected" },
	{ "nested_unknown", "text_config.model_type \"t5\" is no archi" },
	{ "indices_string", "attn_layer_indices is \"all\": expected" },
	{ "nested_no_model_type", "text_config.model_type \"\" is no" },
	{ "no_heads", "num_attention_heads (or n_head|n_heads) is missing" },
	{ "no_hybrid_pattern", "hybrid_override_pattern is missing" },
	{ "no_hidden_size", "hidden_size (or n_embd|d_model) is missing" },
	{ "no_index_head_dim", "index_head_dim is missing" },
	{ "no_indices", "attn_layer_indices (or full_attn_idxs) is missing" },
	{ "no_kv_heads", "num_key_value_heads (or num_attention_groups) is missing" },
	{ "no_kv_lora_rank", "kv_lora_rank is missing" },
	{ "no_layer_types", "layer_types is missing" },
	{ "no_layers", "num_hidden_layers (or n_layer|" },
	{ "no_max_window_layers", "max_window_layers is missing" },
	{ "no_model_type", "model_type is missing" },
	{ "no_rope_head_dim", "qk_rope_head_dim is missing" },
	{ "no_shared_layers", "text_config.num_kv_shared_layers is missing" },
	{ "not_json", "not JSON: it ends too early" },
	{ "not_object", "not a JSON object" },
	{ "nothing_kept", "no layer keeps KV per token" },
	{ "null_layers", "num_hidden_layers (or n_layer|" },
	{ "offset", "attn_layer_offset is 4: expected less than" },
	{ "pattern_letters", "sliding_window_pattern is \"LXG\"" },
	{ "shared_layers", "text_config.num_kv_shared_layers is 5" },
	{ "string_layers", "num_hidden_layers is \"six\"" },
	{ "too_large", "more than 2^64 elements" },
	{ "too_many_layers", "num_hidden_layers is 18446744073709551615" },
	{ "unknown_model_type", "\"retnet\" is no architecture known here" },
	{ "zero_layers", "num_hidden_layers is 0: expected" },
	{ "compress_ratio", "compress_ratios has 16 for layer 5" },
	{ "compress_rate", "is 100: expected a divisor of head_dim 512" },
	{ "compressed_elsewhere", "layer_types has compressed attention beside other" },
	{ "unknown_latent", "latent attention with its numbers would keep "
	  "6 layers x 1 x (256 + 32), in bf16 bytes_per_token=3456" },
	{ "unknown_without_numbers", "give bytes_per_token= instead of" },
	{ "no_group_size", "layer_group_size is missing" },
	{ "no_other_heads", "swa_head_dim is missing" },
	{ "sparse_freq", "sparse_attention_freq has 2 for layer 1" },
	{ "no_config", "is JSON but no model's config" },
	{ "saved_error", "an error that was saved as one: Access to model x" },
	{ "web_page", "is a web page, not a config.json" },
	{ "gated", "\"Access to model meta-llama/Llama-3.1-8B is restricted." },
	{ "lfs_pointer", "is a pointer of Git LFS" },
};

/* Configs that people have, each refused or wrong once. */
static const struct {
	const char *file;
	uint64_t full, skip;
} cases[] = {
	{ "nemotron_blocks", 12288, 12288 },
	{ "nemotron_tf5", 1024, 1024 },
	{ "nemotron_52_vs_28", 28672, 28672 },
	{ "step3p5", 184320, 49152 },
	{ "exaone_moe", 196608, 49152 },
	{ "hunyuan_large", 131072, 131072 },
	{ "minimax_m3_vl", 137472, 137472 },
	{ "inkling", 495616, 45056 },
};

static void every_config_of_the_cases(void)
{
	struct error err;
	char path[128];

	if (access(CASES, F_OK)) {
		printf("# %s is not here: skipped\n", CASES);
		return;
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		snprintf(path, sizeof(path), CASES "%s.json", cases[i].file);
		CHECK_EQ(bytes_per_token(path, SHAPE_WINDOW_FULL, &err),
			 cases[i].full);
		CHECK_EQ(bytes_per_token(path, SHAPE_WINDOW_SKIP, &err),
			 cases[i].skip);
	}
}

static void a_bad_config_is_named_with_its_field(void)
{
	struct error err;
	char path[128];

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(path, sizeof(path), CONFIGS "bad/%s.json",
			 bad[i].file);
		CHECK_EQ(bytes_per_token(path, SHAPE_WINDOW_FULL, &err), 0);
		CHECK_HAS(err.text, path);
		CHECK_HAS(err.text, bad[i].says);
	}
}

static void an_unknown_architecture_says_what_to_do(void)
{
	struct error err;

	CHECK_EQ(bytes_per_token(CONFIGS "bad/unknown_model_type.json",
				 SHAPE_WINDOW_FULL, &err), 0);
	CHECK_HAS(err.text, "give bytes_per_token= instead of model=; plain "
			    "attention with its numbers would keep 6 layers "
			    "x 2 x (128 + 128), in bf16 bytes_per_token=6144");
}

static void a_name_that_is_neither_model_nor_file(void)
{
	struct error err;

	CHECK_EQ(bytes_per_token("llama-9", SHAPE_WINDOW_FULL, &err), 0);
	CHECK_HAS(err.text, "model=llama-9 is neither a built-in model");
	CHECK_HAS(err.text, "mooncake-plan models lists them");
	CHECK_EQ(bytes_per_token("./none.json", SHAPE_WINDOW_FULL, &err), 0);
	CHECK_HAS(err.text, "model=./none.json: No such file");
	CHECK_HAS(err.text, "mooncake-plan models lists");
	CHECK_EQ(bytes_per_token("tests/configs", SHAPE_WINDOW_FULL, &err),
		 0);
	CHECK_HAS(err.text, "is not a file");
}

static const struct {
	const char *name, *near;
} near[] = {
	{ "llama-3.1-8", "near it: llama-3.1-8b" },
	{ "LLAMA-3.1-8B", "near it: llama-3.1-8b" },
	{ "qwen3", "near it: qwen3-4b, qwen3-8b, qwen3-14b" },
	{ "deepseek-v33", "near it: deepseek-v3" },
	{ "deepseek_v3", "near it: deepseek-v3" },
	{ "Qwen/Qwen3-9B", "near it: qwen3-4b, qwen3-8b" },
	{ "meta-llama/Meta-Llama-3.1-8B", "near it: llama-3.1-8b" },
};

static void near_names_are_told(void)
{
	struct error err;

	for (size_t i = 0; i < sizeof(near) / sizeof(*near); i++) {
		CHECK_EQ(bytes_per_token(near[i].name, SHAPE_WINDOW_FULL,
					 &err), 0);
		CHECK_HAS(err.text, "mooncake-plan models");
		CHECK_HAS(err.text, near[i].near);
	}
	CHECK_EQ(bytes_per_token("wikipedia", SHAPE_WINDOW_FULL, &err), 0);
	CHECK(!strstr(err.text, "near it"));
}

static const struct {
	const char *name, *builtin;
} hub_names[] = {
	{ "Qwen/Qwen3-8B", "qwen3-8b" },
	{ "qwen/qwen3-8b", "qwen3-8b" },
	{ "Qwen/Qwen3-30B-A3B-Instruct-2507", "qwen3-30b-a3b" },
	{ "Qwen/Qwen3-30B-A3B-Thinking-2507-FP8", "qwen3-30b-a3b" },
	{ "meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b" },
	{ "meta-llama/Llama-3.3-70B-Instruct", "llama-3.3-70b" },
	{ "google/gemma-3-27b-pt", "gemma-3-27b" },
	{ "deepseek-ai/DeepSeek-V3-0324", "deepseek-v3" },
	{ "deepseek-ai/DeepSeek-V3.2-Exp", "deepseek-v3.2" },
	{ "moonshotai/Kimi-K2-Instruct-0905", "kimi-k2" },
};

static void names_of_the_hub_are_taken(void)
{
	struct error err;
	struct model m;

	for (size_t i = 0; i < sizeof(hub_names) / sizeof(*hub_names); i++) {
		CHECK(!model_find(&m, hub_names[i].name, &err));
		CHECK_STR(m.name, hub_names[i].builtin);
	}
	for (const struct model *b = models; b->name; b++) {
		CHECK(!model_find(&m, b->source, &err));
		CHECK_STR(m.source, b->source);
	}
	/* v0.1 has a window, and another owner another model */
	CHECK(model_find(&m, "mistralai/Mistral-7B-Instruct-v0.1", &err));
	CHECK(model_find(&m, "someone/Qwen3-8B", &err));
}

static void skipping_windows_must_leave_a_layer(void)
{
	const char *path = CONFIGS "window_all.json";
	struct error err;

	struct model m;

	CHECK(!model_find(&m, path, &err));
	CHECK_STR(model_attention(&m), "GQA");
	CHECK_EQ(bytes_per_token(path, SHAPE_WINDOW_FULL, &err),
		 6 * 2 * 256 * 2);
	CHECK_EQ(bytes_per_token(path, SHAPE_WINDOW_SKIP, &err), 0);
	CHECK_HAS(err.text, "window=skip leaves model=" CONFIGS);
}

static void formulas(void)
{
	struct error err;
	struct model m;
	char text[256];

	CHECK(!model_find(&m, "gpt-oss-20b", &err));
	model_formula(&m, text, sizeof(text));
	CHECK_STR(text, "12 layers x 8 heads x (64 + 64) + "
			"12 window layers x 8 heads x (64 + 64)");
	CHECK(!model_find(&m, "deepseek-v3.2", &err));
	model_formula(&m, text, sizeof(text));
	CHECK_STR(text, "61 layers x (512 + 64) + 61 index layers x 128");
	CHECK(!model_find(&m, "deepseek-v4-flash", &err));
	model_formula(&m, text, sizeof(text));
	CHECK_STR(text, "43 window layers x 512 + 21 CSA layers x 512 / 4 + "
			"20 HCA layers x 512 / 128 + "
			"21 index layers x 128 / 4");
	CHECK(!model_find(&m, "deepseek-v3.2", &err));
	model_formula(&m, text, 8);
	CHECK_STR(text, "61 laye");
}

int main(void)
{
	RUN(every_row_of_the_reference);
	RUN(builtin_names_are_unique_and_sourced);
	RUN(builtin_models_with_and_without_windows);
	RUN(configs_of_every_attention_kind);
	RUN(every_config_of_the_cases);
	RUN(a_bad_config_is_named_with_its_field);
	RUN(an_unknown_architecture_says_what_to_do);
	RUN(a_name_that_is_neither_model_nor_file);
	RUN(near_names_are_told);
	RUN(names_of_the_hub_are_taken);
	RUN(skipping_windows_must_leave_a_layer);
	RUN(formulas);
	UNIT_END();
}
