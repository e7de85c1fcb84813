/*
 * Hugging Face configs: what each architecture keeps of a token. A new
 * architecture is one row of the table at the end; what it can't express by
 * the functions above it needs one more of those.
 */
#include "trace/model/model.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "trace/model/config_json.h"

/* What a layer keeps of a token. */
enum kind { KIND_NONE, KIND_FULL, KIND_WINDOW };

#define LAYERS_MAX 65536 /* beyond, it is no model but a typing error */

struct arch {
	const char *name; /* model_type */
	/* Fills heads, latent and the parts' heads, k and v. */
	void (*attention)(struct config *c, const struct arch *a,
			  struct model *m);
	/* Used where the config has no layer_types. */
	enum kind (*layer)(struct config *c, const struct arch *a, uint32_t i);
	bool kv_optional; /* no num_key_value_heads: each head its own */
	bool kv_shared;	  /* num_kv_shared_layers must be there */
	uint32_t period;  /* every period-th layer is a full one */
	/* What the architecture's class in transformers takes for a field
	 * that published configs leave out; 0: it must be there. */
	uint32_t heads, kv_heads, head_dim;
};

static const char layers_key[] =
	"num_hidden_layers|n_layer|n_layers|num_layers";
static const char heads_key[] = "num_attention_heads|n_head|n_heads";
static const char hidden_key[] = "hidden_size|n_embd|d_model";
static const char kv_heads_key[] = "num_key_value_heads";
static const char head_dim_key[] = "head_dim|attention_head_dim|kv_channels";
static const char pattern_key[] =
	"sliding_window_pattern|_sliding_window_pattern";

static uint32_t get_heads(struct config *c, const struct arch *a)
{
	if (a->heads)
		return config_uint_or(c, heads_key, a->heads);
	return config_uint(c, heads_key);
}

static uint32_t get_kv_heads(struct config *c, const struct arch *a,
			     uint32_t heads)
{
	uint32_t def = a->kv_optional ? heads : a->kv_heads;
	uint32_t kv_heads;

	kv_heads = def ? config_uint_or(c, kv_heads_key, def) :
			 config_uint(c, kv_heads_key);
	if (heads % kv_heads)
		config_fail(c, kv_heads_key,
			    "is %u: expected a divisor of "
			    "the %u attention heads",
			    kv_heads, heads);
	return kv_heads;
}

static uint32_t get_head_dim(struct config *c, const struct arch *a,
			     uint32_t heads)
{
	uint32_t hidden;

	if (config_has(c, head_dim_key) || a->head_dim)
		return config_uint_or(c, head_dim_key, a->head_dim);
	hidden = config_uint(c, hidden_key);
	if (hidden % heads)
		config_fail(c, "head_dim",
			    "is missing, and hidden_size %u "
			    "is no multiple of %u attention heads to derive "
			    "it from",
			    hidden, heads);
	return hidden / heads;
}

static void set_heads(struct model *m, uint32_t heads, uint32_t kv_heads,
		      uint32_t head_dim)
{
	m->heads = heads;
	m->parts[MODEL_FULL].heads = kv_heads;
	m->parts[MODEL_FULL].k = head_dim;
	m->parts[MODEL_FULL].v = head_dim;
	m->parts[MODEL_WINDOW] = m->parts[MODEL_FULL];
}

/* Multi-head, grouped-query and multi-query alike. */
static void grouped(struct config *c, const struct arch *a, struct model *m)
{
	uint32_t heads = get_heads(c, a);

	set_heads(m, heads, get_kv_heads(c, a, heads),
		  get_head_dim(c, a, heads));
}

/* Configs that have no field for KV heads: each head has its own. */
static void multi_head(struct config *c, const struct arch *a, struct model *m)
{
	uint32_t heads = get_heads(c, a);

	set_heads(m, heads, heads, get_head_dim(c, a, heads));
}

static void falcon(struct config *c, const struct arch *a, struct model *m)
{
	uint32_t heads = get_heads(c, a);
	uint32_t kv_heads = 1;

	if (config_bool_or(c, "new_decoder_architecture", false) ||
	    !config_bool_or(c, "multi_query", true))
		kv_heads = config_uint_or(c, "num_kv_heads|n_head_kv", heads);
	if (heads % kv_heads)
		config_fail(c, "num_kv_heads",
			    "is %u: expected a divisor of "
			    "the %u attention heads",
			    kv_heads, heads);
	set_heads(m, heads, kv_heads, get_head_dim(c, a, heads));
}

static void bigcode(struct config *c, const struct arch *a, struct model *m)
{
	uint32_t heads = get_heads(c, a);

	set_heads(m, heads, config_bool_or(c, "multi_query", true) ? 1 : heads,
		  get_head_dim(c, a, heads));
}

static void chatglm(struct config *c, const struct arch *a, struct model *m)
{
	uint32_t heads = get_heads(c, a);
	uint32_t kv_heads = heads;

	if (config_bool_or(c, "multi_query_attention", false))
		kv_heads = config_uint(c, "multi_query_group_num");
	set_heads(m, heads, kv_heads, get_head_dim(c, a, heads));
}

/* MPT and DBRX: KV heads in an object of their own. */
static void attn_config(struct config *c, const struct arch *a, struct model *m)
{
	static const char key[] = "attn_config.kv_n_heads";
	uint32_t heads = get_heads(c, a);

	set_heads(m, heads,
		  a->kv_optional ? config_uint_or(c, key, heads) :
				   config_uint(c, key),
		  get_head_dim(c, a, heads));
}

/* Keys and values, full and window layers, each of a size of their own. */
static void mimo(struct config *c, const struct arch *a, struct model *m)
{
	struct model_part *window = &m->parts[MODEL_WINDOW];

	grouped(c, a, m);
	m->parts[MODEL_FULL].v = config_uint(c, "v_head_dim");
	window->heads = config_uint(c, "swa_num_key_value_heads");
	window->k = config_uint(c, "swa_head_dim");
	window->v = config_uint(c, "swa_v_head_dim");
}

static void gemma4(struct config *c, const struct arch *a, struct model *m)
{
	struct model_part *full = &m->parts[MODEL_FULL];

	grouped(c, a, m);
	full->k = full->v = config_uint(c, "global_head_dim");
	if (config_bool_or(c, "attention_k_eq_v", false))
		full->heads = config_uint_or(c, "num_global_key_value_heads",
					     full->heads);
}

/* The latent, its rotary key, and the keys of an indexer where there is one. */
static void latent(struct config *c, const struct arch *a, struct model *m)
{
	if (!config_bool_or(c, "use_mla", true)) {
		grouped(c, a, m);
		return;
	}
	m->heads = get_heads(c, a);
	m->latent = true;
	m->parts[MODEL_FULL].heads = 1;
	m->parts[MODEL_FULL].k = config_uint(c, "kv_lora_rank");
	m->parts[MODEL_FULL].v = config_uint(c, "qk_rope_head_dim");
	if (config_has(c, "index_head_dim")) {
		m->parts[MODEL_INDEX].heads = 1;
		m->parts[MODEL_INDEX].k = config_uint(c, "index_head_dim");
	}
}

static void indexed_latent(struct config *c, const struct arch *a,
			   struct model *m)
{
	latent(c, a, m);
	config_uint(c, "index_head_dim");
}

static enum kind all(struct config *c, const struct arch *a, uint32_t i)
{
	(void)c;
	(void)a;
	(void)i;
	return KIND_FULL;
}

/* Architectures whose layers differ in a way that only layer_types tells. */
static enum kind listed(struct config *c, const struct arch *a, uint32_t i)
{
	(void)a;
	(void)i;
	config_fail(c, "layer_types",
		    "is missing: expected an entry for each "
		    "layer");
	return KIND_NONE;
}

/* One window for all layers; one as long as the context hides nothing. */
static enum kind windowed(struct config *c, const struct arch *a, uint32_t i)
{
	(void)a;
	(void)i;
	if (!config_has(c, "sliding_window"))
		return KIND_FULL;
	if (config_has(c, "max_position_embeddings") &&
	    config_uint(c, "sliding_window") >=
		    config_uint(c, "max_position_embeddings"))
		return KIND_FULL;
	return KIND_WINDOW;
}

static enum kind qwen(struct config *c, const struct arch *a, uint32_t i)
{
	(void)a;
	if (!config_bool_or(c, "use_sliding_window", false) ||
	    !config_has(c, "sliding_window"))
		return KIND_FULL;
	return i < config_uint0(c, "max_window_layers") ? KIND_FULL :
							  KIND_WINDOW;
}

/* Window layers, and every period-th a full one. */
static enum kind periodic(struct config *c, const struct arch *a, uint32_t i)
{
	uint32_t period = config_uint_or(c, pattern_key, a->period);

	return (i + 1) % period ? KIND_WINDOW : KIND_FULL;
}

/* As periodic, but "LLLG" spells the period, and no window means no window. */
static enum kind exaone(struct config *c, const struct arch *a, uint32_t i)
{
	struct json_object *spelt = config_get(c, pattern_key);
	const char *pattern;
	size_t len;

	if (!config_has(c, "sliding_window") ||
	    i + 1 == config_uint(c, layers_key))
		return KIND_FULL;
	if (!json_object_is_type(spelt, json_type_string))
		return periodic(c, a, i);
	pattern = json_object_get_string(spelt);
	len = strlen(pattern);
	if (!len || strspn(pattern, "LG") != len) {
		config_fail(c, pattern_key,
			    "is \"%s\": expected a number or "
			    "letters L and G",
			    pattern);
		return KIND_NONE;
	}
	return pattern[i % len] == 'L' ? KIND_WINDOW : KIND_FULL;
}

/* Chunked attention where positions are rotary, full where there are none. */
static enum kind llama4(struct config *c, const struct arch *a, uint32_t i)
{
	struct json_object *rope = config_get(c, "no_rope_layers");
	uint32_t interval;

	(void)a;
	if (rope && json_object_is_type(rope, json_type_array) &&
	    json_object_array_length(rope)) {
		rope = config_layer(c, "no_rope_layers", i,
				    config_uint(c, layers_key));
		return json_object_get_int(rope) ? KIND_WINDOW : KIND_FULL;
	}
	interval = config_uint_or(c, "no_rope_layer_interval", 4);
	return (i + 1) % interval ? KIND_WINDOW : KIND_FULL;
}

/* A list with a 0 or 1 for each layer, such as attn_type_list. */
static bool flag(struct config *c, const char *key, uint32_t i)
{
	struct json_object *entry =
		config_layer(c, key, i, config_uint(c, layers_key));
	int64_t value = json_object_get_int64(entry);

	if (!c->failed && (!json_object_is_type(entry, json_type_int) ||
			   value < 0 || value > 1))
		config_fail(c, key, "has %s for layer %u: expected 0 or 1",
			    json_object_to_json_string(entry), i);
	return value;
}

static enum kind mimo_layer(struct config *c, const struct arch *a, uint32_t i)
{
	(void)a;
	return flag(c, "hybrid_layer_pattern", i) ? KIND_WINDOW : KIND_FULL;
}

static enum kind minimax(struct config *c, const struct arch *a, uint32_t i)
{
	(void)a;
	return flag(c, "attn_type_list", i) ? KIND_FULL : KIND_NONE;
}

static enum kind minimax_m2(struct config *c, const struct arch *a, uint32_t i)
{
	return config_has(c, "attn_type_list") ? minimax(c, a, i) : KIND_FULL;
}

/* Linear attention, and every n-th layer a full one. */
static enum kind qwen3_next(struct config *c, const struct arch *a, uint32_t i)
{
	uint32_t interval =
		config_uint_or(c, "full_attention_interval", a->period);

	return (i + 1) % interval ? KIND_NONE : KIND_FULL;
}

static enum kind jamba(struct config *c, const struct arch *a, uint32_t i)
{
	uint32_t period = config_uint(c, "attn_layer_period");
	uint32_t offset = config_uint0(c, "attn_layer_offset");

	(void)a;
	if (offset >= period)
		config_fail(c, "attn_layer_offset",
			    "is %u: expected less than "
			    "attn_layer_period %u",
			    offset, period);
	return i % period == offset ? KIND_FULL : KIND_NONE;
}

static enum kind bamba(struct config *c, const struct arch *a, uint32_t i)
{
	(void)a;
	return config_lists(c, "attn_layer_indices|full_attn_idxs", i) ?
		       KIND_FULL :
		       KIND_NONE;
}

/* Layers are numbered from 1 here. */
static enum kind kimi_linear(struct config *c, const struct arch *a, uint32_t i)
{
	(void)a;
	if (!config_has(c, "linear_attn_config"))
		return KIND_FULL;
	return config_lists(c, "linear_attn_config.full_attn_layers", i + 1) ?
		       KIND_FULL :
		       KIND_NONE;
}

/* A letter a layer: M mamba, * attention, - MLP, E experts. */
static enum kind nemotron_h(struct config *c, const struct arch *a, uint32_t i)
{
	const char *pattern = config_string(c, "hybrid_override_pattern");
	uint32_t layers = config_uint(c, layers_key);

	(void)a;
	if (strlen(pattern) != layers || strspn(pattern, "M*-E") != layers) {
		config_fail(c, "hybrid_override_pattern",
			    "is \"%s\": expected "
			    "%u letters out of M, *, - and E",
			    pattern, layers);
		return KIND_NONE;
	}
	return pattern[i] == '*' ? KIND_FULL : KIND_NONE;
}

static const struct {
	const char *name;
	enum kind kind;
} layer_types[] = {
	{ "full_attention", KIND_FULL },
	{ "attention", KIND_FULL },
	{ "hybrid", KIND_FULL }, /* attention beside mamba */
	{ "deepseek_sparse_attention", KIND_FULL },
	{ "sliding_attention", KIND_WINDOW },
	{ "chunked_attention", KIND_WINDOW },
	{ "linear_attention", KIND_NONE },
	{ "mamba", KIND_NONE },
	{ "conv", KIND_NONE },
	{ "mlp", KIND_NONE },
	{ "moe", KIND_NONE },
	{ NULL, KIND_NONE },
};

static enum kind layer_type(struct config *c, const char *key, uint32_t i,
			    uint32_t layers)
{
	struct json_object *entry = config_layer(c, key, i, layers);
	const char *name = json_object_get_string(entry);

	if (c->failed)
		return KIND_NONE;
	for (int t = 0; name && layer_types[t].name; t++)
		if (!strcmp(layer_types[t].name, name))
			return layer_types[t].kind;
	config_fail(c, key,
		    "has \"%s\" for layer %u, which is not known here: "
		    "give bytes_per_token= instead of model=",
		    name ? name : "null", i);
	return KIND_NONE;
}

static enum kind layer_kind(struct config *c, const struct arch *a, uint32_t i,
			    uint32_t layers)
{
	static const char key[] = "layer_types|layers_block_type";

	if (config_has(c, key))
		return layer_type(c, key, i, layers);
	return a->layer(c, a, i);
}

/* The last layers of some models use the KV of layers before them. */
static uint32_t own_layers(struct config *c, const struct arch *a,
			   uint32_t layers)
{
	uint32_t shared = 0;

	if (a->kv_shared || config_has(c, "num_kv_shared_layers"))
		shared = config_uint0(c, "num_kv_shared_layers");
	if (shared >= layers)
		config_fail(c, "num_kv_shared_layers",
			    "is %u: expected less "
			    "than the %u layers",
			    shared, layers);
	return layers - shared;
}

static void count_layers(struct config *c, const struct arch *a,
			 struct model *m)
{
	uint32_t own;

	m->layers = config_uint(c, layers_key);
	if (m->layers > LAYERS_MAX)
		config_fail(c, layers_key, "is %u: expected at most %u",
			    m->layers, LAYERS_MAX);
	own = own_layers(c, a, m->layers);
	for (uint32_t i = 0; i < own && !c->failed; i++) {
		switch (layer_kind(c, a, i, m->layers)) {
		case KIND_FULL:
			m->parts[MODEL_FULL].layers++;
			break;
		case KIND_WINDOW:
			m->parts[MODEL_WINDOW].layers++;
			break;
		case KIND_NONE:
			break;
		}
	}
	if (m->latent && m->parts[MODEL_WINDOW].layers)
		config_fail(c, "layer_types",
			    "has sliding windows beside "
			    "latent attention, which is not known here: give "
			    "bytes_per_token= instead of model=");
	if (!m->parts[MODEL_FULL].layers && !m->parts[MODEL_WINDOW].layers)
		config_fail(c, layers_key,
			    "is %u, but no layer keeps KV per "
			    "token: there is nothing to store",
			    m->layers);
}

/* Layers whose indexer is "shared" use another's choice and have no keys. */
static bool has_index(struct config *c, uint32_t i, uint32_t layers)
{
	struct json_object *entry;
	uint32_t freq, offset;

	if (config_has(c, "indexer_types")) {
		entry = config_layer(c, "indexer_types", i, layers);
		return entry && !strcmp(json_object_get_string(entry), "full");
	}
	if (config_has(c, "index_topk_pattern")) {
		config_fail(c, "index_topk_pattern",
			    "is not known here "
			    "without indexer_types: give bytes_per_token= "
			    "instead of model=");
		return false;
	}
	freq = config_uint_or(c, "index_topk_freq", 1);
	offset = config_has(c, "index_skip_topk_offset") ?
			 config_uint0(c, "index_skip_topk_offset") :
			 2;
	return i + 1 <= offset || (i + 1 - offset) % freq == 0;
}

static void count_index(struct config *c, struct model *m)
{
	if (!m->parts[MODEL_INDEX].heads)
		return;
	for (uint32_t i = 0; i < m->layers && !c->failed; i++)
		m->parts[MODEL_INDEX].layers += has_index(c, i, m->layers);
}

#define ARCH(type, of_token, of_layer, ...) \
	{ \
		.name = type, .attention = of_token, .layer = of_layer, \
		##__VA_ARGS__ \
	}

static const struct arch archs[] = {
	/* multi-head */
	ARCH("baichuan", multi_head, all),
	ARCH("bloom", multi_head, all),
	ARCH("codegen", multi_head, all),
	ARCH("gpt2", multi_head, all),
	ARCH("gpt_neox", multi_head, all),
	ARCH("gptj", multi_head, all),
	ARCH("opt", multi_head, all),
	ARCH("qwen", multi_head, all),

	/* grouped-query, every layer alike */
	ARCH("cohere", grouped, all, .kv_optional = true),
	ARCH("deepseek", grouped, all, .kv_optional = true),
	ARCH("ernie4_5", grouped, all),
	ARCH("ernie4_5_moe", grouped, all),
	ARCH("exaone", grouped, all, .kv_optional = true),
	ARCH("gemma", grouped, all, .head_dim = 256),
	ARCH("glm", grouped, all),
	ARCH("glm4", grouped, all),
	ARCH("glm4_moe", grouped, all),
	ARCH("glm4v_moe_text", grouped, all),
	ARCH("glm4v_text", grouped, all),
	ARCH("granite", grouped, all, .kv_optional = true),
	ARCH("granitemoe", grouped, all, .kv_optional = true),
	ARCH("internlm2", grouped, all, .kv_optional = true),
	ARCH("internlm3", grouped, all),
	ARCH("llama", grouped, all, .kv_optional = true),
	ARCH("minicpm", grouped, all, .kv_optional = true),
	ARCH("nemotron", grouped, all, .kv_optional = true),
	ARCH("olmo", grouped, all, .kv_optional = true),
	ARCH("olmo2", grouped, all, .kv_optional = true),
	ARCH("olmoe", grouped, all, .kv_optional = true),
	ARCH("phi", grouped, all, .kv_optional = true),
	ARCH("qwen3_omni_moe_text", grouped, all),
	ARCH("qwen3_vl_moe_text", grouped, all),
	ARCH("qwen3_vl_text", grouped, all),
	ARCH("seed_oss", grouped, all),
	ARCH("smollm3", grouped, listed),
	ARCH("stablelm", grouped, all, .kv_optional = true),

	/* multi-query, or fields of their own for the KV heads */
	ARCH("chatglm", chatglm, all),
	ARCH("dbrx", attn_config, all),
	ARCH("falcon", falcon, all),
	ARCH("gpt_bigcode", bigcode, all),
	ARCH("mpt", attn_config, all, .kv_optional = true),

	/* sliding windows in all layers, or from one layer on */
	ARCH("ministral", grouped, windowed),
	ARCH("ministral3", grouped, windowed),
	ARCH("mistral", grouped, windowed),
	ARCH("mixtral", grouped, windowed),
	ARCH("phi3", grouped, windowed, .kv_optional = true),
	ARCH("phi3_v", grouped, windowed, .kv_optional = true),
	ARCH("phi4mm", grouped, windowed, .kv_optional = true),
	ARCH("phimoe", grouped, windowed),
	ARCH("starcoder2", grouped, windowed),
	ARCH("qwen2", grouped, qwen),
	ARCH("qwen2_5_omni_text", grouped, qwen),
	ARCH("qwen2_5_vl", grouped, qwen),
	ARCH("qwen2_5_vl_text", grouped, qwen),
	ARCH("qwen2_moe", grouped, qwen),
	ARCH("qwen2_vl", grouped, qwen),
	ARCH("qwen2_vl_text", grouped, qwen),
	ARCH("qwen3", grouped, qwen, .head_dim = 128),
	ARCH("qwen3_moe", grouped, qwen),

	/* sliding windows in some layers */
	ARCH("cohere2", grouped, periodic, .kv_optional = true, .period = 4),
	ARCH("exaone4", grouped, exaone, .period = 4),
	ARCH("gemma2", grouped, periodic, .period = 2, .head_dim = 256),
	ARCH("gemma3_text", grouped, periodic, .period = 6, .heads = 8,
	     .kv_heads = 4, .head_dim = 256),
	ARCH("gemma3n_text", grouped, periodic, .period = 5, .heads = 8,
	     .kv_heads = 2, .head_dim = 256, .kv_shared = true),
	ARCH("gemma4_text", gemma4, listed, .head_dim = 256),
	ARCH("gpt_oss", grouped, periodic, .period = 2, .head_dim = 64),
	ARCH("llama4_text", grouped, llama4),
	ARCH("mimo_v2", mimo, mimo_layer),
	ARCH("mimo_v2_flash", mimo, mimo_layer),
	ARCH("olmo3", grouped, periodic, .kv_optional = true, .period = 4),

	/* linear attention or mamba in some layers */
	ARCH("bamba", grouped, bamba),
	ARCH("falcon_h1", grouped, all),
	ARCH("granitemoehybrid", grouped, listed, .kv_optional = true),
	ARCH("jamba", grouped, jamba),
	ARCH("lfm2", grouped, bamba),
	ARCH("lfm2_moe", grouped, listed),
	ARCH("minimax", grouped, minimax),
	ARCH("minimax_m1", grouped, minimax),
	ARCH("minimax_m2", grouped, minimax_m2),
	ARCH("minimax_text_01", grouped, minimax),
	ARCH("nemotron_h", grouped, nemotron_h),
	ARCH("qwen3_5_moe_text", grouped, qwen3_next, .period = 4,
	     .head_dim = 256),
	ARCH("qwen3_5_text", grouped, qwen3_next, .period = 4, .head_dim = 256),
	ARCH("qwen3_next", grouped, qwen3_next, .period = 4, .head_dim = 256),

	/* multi-head latent attention */
	ARCH("deepseek_v2", latent, all),
	ARCH("deepseek_v3", latent, all),
	ARCH("deepseek_v32", indexed_latent, all),
	ARCH("glm4_moe_lite", latent, all),
	ARCH("glm_moe_dsa", indexed_latent, all),
	ARCH("kimi_k2", latent, all),
	ARCH("kimi_linear", latent, kimi_linear),
	{ .name = NULL },
};

static const struct arch *find_arch(const char *name)
{
	for (const struct arch *a = archs; a->name; a++)
		if (!strcmp(a->name, name))
			return a;
	return NULL;
}

/*
 * The model_type, which a nested config may leave to the outer one: that of
 * the wrapper, "qwen3_vl", stands for its text model, "qwen3_vl_text".
 */
static const struct arch *get_arch(struct config *c)
{
	struct json_object *outer;
	const struct arch *a;
	const char *name;
	char text[64];

	if (config_has(c, "model_type") || c->text == c->root) {
		name = config_string(c, "model_type");
	} else {
		json_object_object_get_ex(c->root, "model_type", &outer);
		name = json_object_get_string(outer);
	}
	if (c->failed)
		return NULL;
	if (!name)
		name = "";
	snprintf(text, sizeof(text), "%s_text", name);
	a = find_arch(name);
	if (!a && c->text != c->root)
		a = find_arch(text);
	if (!a)
		config_fail(c, "model_type",
			    "\"%s\" is no architecture known "
			    "here, and its KV is not guessed: give "
			    "bytes_per_token= instead of model=",
			    name);
	return a;
}

int model_from_config(struct model *m, const char *file, struct error *err)
{
	const struct arch *a;
	struct config c;

	*m = (struct model){ .name = file };
	if (config_open(&c, file, err))
		return -1;
	a = get_arch(&c);
	if (a) {
		a->attention(&c, a, m);
		count_layers(&c, a, m);
		count_index(&c, m);
	}
	config_close(&c);
	return c.failed ? -1 : 0;
}
