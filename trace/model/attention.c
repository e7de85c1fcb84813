/* What an attention layer keeps of a token, by the kind of attention. */
#include "trace/model/family.h"

static const char heads_key[] = "num_attention_heads|n_head|n_heads";
static const char kv_heads_key[] = "num_key_value_heads|num_attention_groups";

static const char hidden_key[] = "hidden_size|n_embd|d_model";
static const char head_dim_key[] = "head_dim|attention_head_dim|kv_channels";

static uint32_t get_heads(struct config *c, const struct family *f)
{
	if (f->heads)
		return config_uint_or(c, heads_key, f->heads);
	return config_uint(c, heads_key);
}

static void check_divides(struct config *c, const char *key, uint32_t kv_heads,
			  uint32_t heads)
{
	if (heads % kv_heads)
		config_fail(c, key,
			    "is %u: expected a divisor of the %u attention heads",
			    kv_heads, heads);
}

static uint32_t get_kv_heads(struct config *c, const struct family *f,
			     uint32_t heads)
{
	uint32_t def = f->kv_optional ? heads : f->kv_heads;
	uint32_t kv_heads;

	kv_heads = def ? config_uint_or(c, kv_heads_key, def) :
			 config_uint(c, kv_heads_key);
	check_divides(c, kv_heads_key, kv_heads, heads);
	return kv_heads;
}

/* Returns @times the hidden size, divided among the heads. */
static uint32_t divide_hidden(struct config *c, uint32_t times, uint32_t heads)
{
	uint32_t hidden = config_uint(c, hidden_key);

	if (times * hidden % heads)
		config_fail(c, "head_dim",
			    "is missing, and hidden_size %u is no multiple of %u attention heads to derive it from",
			    hidden, heads);
	return times * hidden / heads;
}

static uint32_t get_head_dim(struct config *c, const struct family *f,
			     uint32_t heads)
{
	if (config_has(c, head_dim_key) || f->head_dim)
		return config_uint_or(c, head_dim_key, f->head_dim);
	return divide_hidden(c, 1, heads);
}

static struct model_part part_of(uint32_t heads, uint32_t k, uint32_t v)
{
	return (struct model_part){ .heads = heads, .k = k, .v = v, .every = 1 };
}

static void set_heads(struct model *m, uint32_t heads, uint32_t kv_heads,
		      uint32_t head_dim)
{
	m->heads = heads;
	m->parts[MODEL_FULL] = part_of(kv_heads, head_dim, head_dim);
	m->parts[MODEL_WINDOW] = m->parts[MODEL_FULL];
}

/* Grouped-query attention, of which multi-head and multi-query are the two
 * ends. */
void attention_grouped(struct config *c, const struct family *f,
		       struct model *m)
{
	uint32_t heads = get_heads(c, f);

	set_heads(m, heads, get_kv_heads(c, f, heads),
		  get_head_dim(c, f, heads));
}

/* For configs that have no field for KV heads: each head has its own. */
void attention_multi_head(struct config *c, const struct family *f,
			  struct model *m)
{
	uint32_t heads = get_heads(c, f);

	set_heads(m, heads, heads, get_head_dim(c, f, heads));
}

void attention_falcon(struct config *c, const struct family *f, struct model *m)
{
	static const char key[] = "num_kv_heads|n_head_kv";
	uint32_t heads = get_heads(c, f);
	uint32_t kv_heads = 1;

	if (config_bool_or(c, "new_decoder_architecture", false) ||
	    !config_bool_or(c, "multi_query", true))
		kv_heads = config_uint_or(c, key, heads);
	check_divides(c, key, kv_heads, heads);
	set_heads(m, heads, kv_heads, get_head_dim(c, f, heads));
}

void attention_bigcode(struct config *c, const struct family *f,
		       struct model *m)
{
	uint32_t heads = get_heads(c, f);

	set_heads(m, heads, config_bool_or(c, "multi_query", true) ? 1 : heads,
		  get_head_dim(c, f, heads));
}

void attention_chatglm(struct config *c, const struct family *f,
		       struct model *m)
{
	uint32_t heads = get_heads(c, f);
	uint32_t kv_heads = heads;

	if (config_bool_or(c, "multi_query_attention", false))
		kv_heads = config_uint(c, "multi_query_group_num");
	set_heads(m, heads, kv_heads, get_head_dim(c, f, heads));
}

/* MPT and DBRX: KV heads in an object of their own. */
void attention_attn_config(struct config *c, const struct family *f,
			   struct model *m)
{
	static const char key[] = "attn_config.kv_n_heads";
	uint32_t heads = get_heads(c, f);

	set_heads(m, heads,
		  f->kv_optional ? config_uint_or(c, key, heads) :
				   config_uint(c, key),
		  get_head_dim(c, f, heads));
}

/* Keys and values, full and window layers, each of a size of their own. */
void attention_mimo(struct config *c, const struct family *f, struct model *m)
{
	attention_grouped(c, f, m);
	m->parts[MODEL_FULL].v = config_uint(c, "v_head_dim");
	m->parts[MODEL_WINDOW] =
		part_of(config_uint(c, "swa_num_key_value_heads"),
			config_uint(c, "swa_head_dim"),
			config_uint(c, "swa_v_head_dim"));
}

void attention_gemma4(struct config *c, const struct family *f, struct model *m)
{
	struct model_part *full = &m->parts[MODEL_FULL];

	attention_grouped(c, f, m);
	full->k = full->v = config_uint(c, "global_head_dim");
	if (config_bool_or(c, "attention_k_eq_v", false))
		full->heads = config_uint_or(c, "num_global_key_value_heads",
					     full->heads);
}

/* Step 3.5 and 3.7: the window layers' heads in an object of their own. */
void attention_step(struct config *c, const struct family *f, struct model *m)
{
	struct model_part *full = &m->parts[MODEL_FULL];
	uint32_t heads, dim;

	attention_grouped(c, f, m);
	heads = config_uint_or(c,
			       "attention_other_setting.num_attention_groups",
			       full->heads);
	dim = config_uint_or(c, "attention_other_setting.head_dim", full->k);
	m->parts[MODEL_WINDOW] = part_of(heads, dim, dim);
}

/* Inkling: window layers with heads of their own. */
void attention_inkling(struct config *c, const struct family *f,
		       struct model *m)
{
	uint32_t dim;

	attention_grouped(c, f, m);
	dim = config_uint(c, "swa_head_dim");
	m->parts[MODEL_WINDOW] =
		part_of(config_uint(c, "swa_num_key_value_heads"), dim, dim);
}

/*
 * Zamba: attention over the hidden state beside the embedding, so over twice
 * the hidden size. kv_channels is there too, and is something else.
 */
void attention_zamba(struct config *c, const struct family *f, struct model *m)
{
	uint32_t heads = get_heads(c, f);
	uint32_t kv_heads = get_kv_heads(c, f, heads);

	if (config_has(c, "attention_head_dim"))
		set_heads(m, heads, kv_heads,
			  config_uint(c, "attention_head_dim"));
	else
		set_heads(m, heads, kv_heads, divide_hidden(c, 2, heads));
}

/* MiniMax M3: sparse layers keep a key of the indexer, one for all heads. */
void attention_minimax_m3(struct config *c, const struct family *f,
			  struct model *m)
{
	attention_grouped(c, f, m);
	m->parts[MODEL_INDEX] =
		part_of(1,
			config_uint(c,
				    "sparse_attention_config.sparse_index_dim"),
			0);
}

/* Latent attention keeps the latent, its rotary key, and the keys of an indexer
 * where there is one. */
void attention_latent(struct config *c, const struct family *f, struct model *m)
{
	if (!config_bool_or(c, "use_mla", true)) {
		attention_grouped(c, f, m);
		return;
	}
	m->heads = get_heads(c, f);
	m->latent = true;
	m->parts[MODEL_FULL] = part_of(1, config_uint(c, "kv_lora_rank"),
				       config_uint(c, "qk_rope_head_dim"));
	if (config_has(c, "index_head_dim"))
		m->parts[MODEL_INDEX] =
			part_of(1, config_uint(c, "index_head_dim"), 0);
}

void attention_indexed(struct config *c, const struct family *f,
		       struct model *m)
{
	attention_latent(c, f, m);
	config_uint(c, "index_head_dim");
}

/* Returns a part that keeps one vector, key and value in one, of several tokens
 * together: of as many as @key says, or @def. */
static struct model_part compressed_part(struct config *c, const char *dim_key,
					 const char *key, uint32_t def)
{
	struct model_part part = part_of(1, config_uint(c, dim_key), 0);

	part.every = config_uint_or(c, key, def);
	if (part.k % part.every)
		config_fail(c, key,
			    "is %u: expected a divisor of %s %u, or give bytes_per_token= instead of model=",
			    part.every, dim_key, part.k);
	return part;
}

/*
 * DeepSeek V4: key and value are one vector, which all heads share. Every
 * layer keeps it of the tokens in its window; beside them compressed sparse
 * attention (CSA) one of every 4 tokens and the indexer's key for it, heavily
 * compressed attention (HCA) one of every 128.
 */
void attention_compressed(struct config *c, const struct family *f,
			  struct model *m)
{
	static const char csa[] =
		"compress_rates.compressed_sparse_attention|compress_rate_csa";
	static const char hca[] =
		"compress_rates.heavily_compressed_attention|compress_rate_hca";

	m->heads = get_heads(c, f);
	m->latent = true;
	m->parts[MODEL_WINDOW] = part_of(1, config_uint(c, "head_dim"), 0);
	m->parts[MODEL_CSA] = compressed_part(c, "head_dim", csa, 4);
	m->parts[MODEL_HCA] = compressed_part(c, "head_dim", hca, 128);
	m->parts[MODEL_INDEX] = compressed_part(c, "index_head_dim", csa, 4);
}
