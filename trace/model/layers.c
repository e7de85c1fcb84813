/* Which layers keep what, by the fields in which configs say so. */
#include <json-c/json.h>
#include <string.h>

#include "trace/model/family.h"

const char layers_key[] = "num_hidden_layers|n_layer|n_layers|num_layers";
const char types_key[] = "layer_types|layers_block_type";

#define UNUSED __attribute__((unused))

static const struct {
	const char *name;
	keeps_t keeps;
} words[] = {
	{ "full_attention", KEEPS_FULL },
	{ "attention", KEEPS_FULL },
	{ "hybrid", KEEPS_FULL }, /* attention beside mamba */
	{ "deepseek_sparse_attention", KEEPS_FULL },
	{ "*", KEEPS_FULL },
	{ "sliding_attention", KEEPS_WINDOW },
	{ "chunked_attention", KEEPS_WINDOW },
	{ "compressed_sparse_attention", KEEPS_CSA },
	{ "heavily_compressed_attention", KEEPS_HCA },
	{ "linear_attention", KEEPS_NOTHING },
	{ "mamba", KEEPS_NOTHING },
	{ "conv", KEEPS_NOTHING },
	{ "mlp", KEEPS_NOTHING },
	{ "moe", KEEPS_NOTHING },
	{ "M", KEEPS_NOTHING },
	{ "-", KEEPS_NOTHING },
	{ "E", KEEPS_NOTHING },
	{ NULL, KEEPS_NOTHING },
};

keeps_t layer_type(struct config *c, const char *key, uint32_t i,
		   uint32_t layers)
{
	struct json_object *entry = config_layer(c, key, i, layers);
	const char *name = json_object_get_string(entry);

	if (c->failed)
		return KEEPS_NOTHING;
	for (int w = 0; name && words[w].name; w++)
		if (!strcmp(words[w].name, name))
			return words[w].keeps;
	config_fail(c, key,
		    "has \"%.40s\" for layer %u, which is not known here: give bytes_per_token= instead of model=",
		    name ? name : "null", i);
	return KEEPS_NOTHING;
}

keeps_t layer_all(struct config *c UNUSED, const struct family *f UNUSED,
		  uint32_t i UNUSED, uint32_t layers UNUSED)
{
	return KEEPS_FULL;
}

/* Only layer_types tells how the layers of these architectures differ. */
keeps_t layer_listed(struct config *c, const struct family *f UNUSED,
		     uint32_t i UNUSED, uint32_t layers UNUSED)
{
	config_fail(c, "layer_types",
		    "is missing: expected an entry for each layer");
	return KEEPS_NOTHING;
}

/* One window is for all layers. One that is as long as the context hides
 * nothing. */
keeps_t layer_windowed(struct config *c, const struct family *f UNUSED,
		       uint32_t i UNUSED, uint32_t layers UNUSED)
{
	if (!config_has(c, "sliding_window"))
		return KEEPS_FULL;
	if (config_has(c, "max_position_embeddings") &&
	    config_uint(c, "sliding_window") >=
		    config_uint(c, "max_position_embeddings"))
		return KEEPS_FULL;
	return KEEPS_WINDOW;
}

keeps_t layer_qwen(struct config *c, const struct family *f UNUSED, uint32_t i,
		   uint32_t layers UNUSED)
{
	if (!config_bool_or(c, "use_sliding_window", false) ||
	    !config_has(c, "sliding_window"))
		return KEEPS_FULL;
	return i < config_uint0(c, "max_window_layers") ? KEEPS_FULL :
							  KEEPS_WINDOW;
}

static const char pattern_key[] =
	"sliding_window_pattern|_sliding_window_pattern";

/* Window layers, and every period-th a full one. */
keeps_t layer_periodic(struct config *c, const struct family *f, uint32_t i,
		       uint32_t layers UNUSED)
{
	uint32_t period = config_uint_or(c, pattern_key, f->period);

	return (i + 1) % period ? KEEPS_WINDOW : KEEPS_FULL;
}

/* As layer_periodic(), but letters such as "LLLG" may spell the period, and
 * without a sliding_window all layers are full. */
keeps_t layer_exaone(struct config *c, const struct family *f, uint32_t i,
		     uint32_t layers)
{
	struct json_object *spelt = config_get(c, pattern_key);
	const char *pattern;
	size_t len;

	if (!config_has(c, "sliding_window") || i + 1 == layers)
		return KEEPS_FULL;
	if (!json_object_is_type(spelt, json_type_string))
		return layer_periodic(c, f, i, layers);
	pattern = json_object_get_string(spelt);
	len = strlen(pattern);
	if (!len || strspn(pattern, "LG") != len) {
		config_fail(c, pattern_key,
			    "is \"%s\": expected a number or letters L and G",
			    pattern);
		return KEEPS_NOTHING;
	}
	return pattern[i % len] == 'L' ? KEEPS_WINDOW : KEEPS_FULL;
}

/* Chunked attention where positions are rotary, full where there are none. */
keeps_t layer_llama4(struct config *c, const struct family *f UNUSED,
		     uint32_t i, uint32_t layers)
{
	struct json_object *rope = config_get(c, "no_rope_layers");
	uint32_t interval;

	if (rope && json_object_is_type(rope, json_type_array) &&
	    json_object_array_length(rope)) {
		rope = config_layer(c, "no_rope_layers", i, layers);
		return json_object_get_int(rope) ? KEEPS_WINDOW : KEEPS_FULL;
	}
	interval = config_uint_or(c, "no_rope_layer_interval", 4);
	return (i + 1) % interval ? KEEPS_WINDOW : KEEPS_FULL;
}

keeps_t layer_mimo(struct config *c, const struct family *f UNUSED, uint32_t i,
		   uint32_t layers)
{
	return config_flag(c, "hybrid_layer_pattern", i, layers) ?
		       KEEPS_WINDOW :
		       KEEPS_FULL;
}

keeps_t layer_inkling(struct config *c, const struct family *f UNUSED,
		      uint32_t i, uint32_t layers UNUSED)
{
	return config_lists(c, "local_layer_ids", i) ? KEEPS_WINDOW :
						       KEEPS_FULL;
}

/* Step: layer_types has the windows, and without it there are none. */
keeps_t layer_step(struct config *c, const struct family *f UNUSED,
		   uint32_t i UNUSED, uint32_t layers UNUSED)
{
	if (config_has(c, "sliding_window"))
		return layer_listed(c, f, i, layers);
	return KEEPS_FULL;
}

keeps_t layer_minimax(struct config *c, const struct family *f UNUSED,
		      uint32_t i, uint32_t layers)
{
	return config_flag(c, "attn_type_list", i, layers) ? KEEPS_FULL :
							     KEEPS_NOTHING;
}

keeps_t layer_minimax_m2(struct config *c, const struct family *f, uint32_t i,
			 uint32_t layers)
{
	return config_has(c, "attn_type_list") ?
		       layer_minimax(c, f, i, layers) :
		       KEEPS_FULL;
}

/* Linear attention, and every n-th layer a full one. */
keeps_t layer_qwen3_next(struct config *c, const struct family *f, uint32_t i,
			 uint32_t layers UNUSED)
{
	uint32_t interval =
		config_uint_or(c, "full_attention_interval", f->period);

	return (i + 1) % interval ? KEEPS_NOTHING : KEEPS_FULL;
}

static bool in_period(struct config *c, uint32_t i)
{
	uint32_t period = config_uint(c, "attn_layer_period");
	uint32_t offset = config_uint0(c, "attn_layer_offset");

	if (offset >= period)
		config_fail(c, "attn_layer_offset",
			    "is %u: expected less than attn_layer_period %u",
			    offset, period);
	return i % period == offset;
}

keeps_t layer_jamba(struct config *c, const struct family *f UNUSED, uint32_t i,
		    uint32_t layers UNUSED)
{
	return in_period(c, i) ? KEEPS_FULL : KEEPS_NOTHING;
}

/* Mamba, mamba, attention beside mamba; periods are counted after those. */
keeps_t layer_zamba(struct config *c, const struct family *f UNUSED, uint32_t i,
		    uint32_t layers UNUSED)
{
	if (i < 3)
		return i == 2 ? KEEPS_FULL : KEEPS_NOTHING;
	return in_period(c, i - 3) ? KEEPS_FULL : KEEPS_NOTHING;
}

keeps_t layer_bamba(struct config *c, const struct family *f UNUSED, uint32_t i,
		    uint32_t layers UNUSED)
{
	return config_lists(c, "attn_layer_indices|full_attn_idxs", i) ?
		       KEEPS_FULL :
		       KEEPS_NOTHING;
}

/* The lists of Kimi Linear number layers from 1. */
keeps_t layer_kimi_linear(struct config *c, const struct family *f UNUSED,
			  uint32_t i, uint32_t layers UNUSED)
{
	if (!config_has(c, "linear_attn_config"))
		return KEEPS_FULL;
	return config_lists(c, "linear_attn_config.full_attn_layers", i + 1) ?
		       KEEPS_FULL :
		       KEEPS_NOTHING;
}

/* Groups of linear attention that end with a full layer; what is left over
 * after the last whole group is full. */
keeps_t layer_bailing(struct config *c, const struct family *f UNUSED,
		      uint32_t i, uint32_t layers)
{
	uint32_t group = config_uint(c, "layer_group_size");

	if ((i + 1) % group == 0 || i >= layers / group * group)
		return KEEPS_FULL;
	return KEEPS_NOTHING;
}

/* Cross-layer attention: of so many layers, all use the KV of the first. */
keeps_t layer_hunyuan(struct config *c, const struct family *f UNUSED,
		      uint32_t i, uint32_t layers UNUSED)
{
	if (!config_bool_or(c, "use_cla", false))
		return KEEPS_FULL;
	return i % config_uint_or(c, "cla_share_factor", 1) ? KEEPS_NOTHING :
							      KEEPS_FULL;
}

/* DeepSeek V4 lists how many tokens each layer compresses into one. */
keeps_t layer_compressed(struct config *c, const struct family *f UNUSED,
			 uint32_t i, uint32_t layers)
{
	static const char key[] = "compress_ratios";
	struct json_object *entry = config_layer(c, key, i, layers);

	if (c->failed)
		return KEEPS_NOTHING;
	switch (json_object_is_type(entry, json_type_int) ?
			json_object_get_int(entry) :
			-1) {
	case 0:
		return KEEPS_WINDOW;
	case 4:
		return KEEPS_CSA;
	case 128:
		return KEEPS_HCA;
	}
	config_fail(c, key,
		    "has %.40s for layer %u, where 0, 4 and 128 are known: give bytes_per_token= instead of model=",
		    json_object_to_json_string(entry), i);
	return KEEPS_NOTHING;
}

static const char letters_key[] = "hybrid_override_pattern";

/* The words or else the letters are counted: num_hidden_layers may be stale. */
uint32_t count_nemotron_h(struct config *c)
{
	struct json_object *list = config_get(c, types_key);

	if (!list)
		list = config_get(c, letters_key);
	if (json_object_is_type(list, json_type_array))
		return json_object_array_length(list);
	if (json_object_is_type(list, json_type_string))
		return json_object_get_string_len(list);
	return config_uint(c, layers_key);
}

/* A letter for each layer: M mamba, * attention, - MLP, E experts. */
keeps_t layer_nemotron_h(struct config *c, const struct family *f UNUSED,
			 uint32_t i, uint32_t layers)
{
	const char *letters;

	if (json_object_is_type(config_get(c, letters_key), json_type_array))
		return layer_type(c, letters_key, i, layers);
	letters = config_string(c, letters_key);
	if (strlen(letters) != layers || strspn(letters, "M*-E") != layers) {
		config_fail(c, letters_key,
			    "is \"%.80s\": expected letters out of M, *, - and E",
			    letters);
		return KEEPS_NOTHING;
	}
	return letters[i] == '*' ? KEEPS_FULL : KEEPS_NOTHING;
}

/* LongCat has two attentions in each of its num_layers layers; where there is
 * num_hidden_layers too, it counts the attentions. */
uint32_t count_longcat(struct config *c)
{
	if (config_has(c, "num_layers"))
		return 2 * config_uint(c, "num_layers");
	return config_uint(c, "num_hidden_layers");
}

/* Layers whose indexer is "shared" use another's choice and have no keys. */
bool index_by_fields(struct config *c, uint32_t i, uint32_t layers)
{
	struct json_object *entry;
	uint32_t freq, offset;

	if (config_has(c, "indexer_types")) {
		entry = config_layer(c, "indexer_types", i, layers);
		return entry && !strcmp(json_object_get_string(entry), "full");
	}
	if (config_has(c, "index_topk_pattern")) {
		config_fail(c, "index_topk_pattern",
			    "is not known here without indexer_types: give bytes_per_token= instead of model=");
		return false;
	}
	freq = config_uint_or(c, "index_topk_freq", 1);
	offset = config_has(c, "index_skip_topk_offset") ?
			 config_uint0(c, "index_skip_topk_offset") :
			 2;
	return i + 1 <= offset || (i + 1 - offset) % freq == 0;
}

bool index_minimax_m3(struct config *c, uint32_t i, uint32_t layers)
{
	return config_flag(c, "sparse_attention_config.sparse_attention_freq",
			   i, layers);
}

/* The second attention of a layer uses the choice of the first. */
bool index_longcat2(struct config *c UNUSED, uint32_t i, uint32_t layers UNUSED)
{
	return i % 2 == 0;
}
