/*
 * What the architectures of Hugging Face configs keep of a token. An
 * architecture is one row of the table in families.c. It names what an
 * attention layer keeps (a function of attention.c) and which layers are such
 * (one of layers.c). An architecture that these functions can't express needs
 * one more of them.
 */
#ifndef MOONCAKE_FAMILY_H
#define MOONCAKE_FAMILY_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/model/config_json.h"
#include "trace/model/model.h"

/* The parts of a model that a layer belongs to, as a set of bits. */
typedef unsigned int keeps_t;

#define KEEPS(part) (1u << (part))
#define KEEPS_NOTHING 0u
#define KEEPS_FULL KEEPS(MODEL_FULL)
#define KEEPS_WINDOW KEEPS(MODEL_WINDOW)
#define KEEPS_INDEX KEEPS(MODEL_INDEX)
/* Beside what is compressed, all layers of DeepSeek V4 have a window. */
#define KEEPS_CSA (KEEPS(MODEL_CSA) | KEEPS_INDEX | KEEPS_WINDOW)
#define KEEPS_HCA (KEEPS(MODEL_HCA) | KEEPS_WINDOW)

struct family;

/* Fills in the model's heads and latent, and heads, k, v and every of its
 * parts. */
typedef void attention_fn(struct config *c, const struct family *f,
			  struct model *m);
/* Returns what layer @i of @layers keeps. Called where the config has no
 * layer_types. */
typedef keeps_t layer_fn(struct config *c, const struct family *f, uint32_t i,
			 uint32_t layers);
/* Returns how many layers there are. */
typedef uint32_t count_fn(struct config *c);
/* Does full layer @i of @layers keep keys of an indexer? */
typedef bool index_fn(struct config *c, uint32_t i, uint32_t layers);

struct family {
	const char *name; /* model_type, or the class where there is none */
	attention_fn *attention;
	layer_fn *layer;
	count_fn *count;  /* NULL: as num_hidden_layers says */
	index_fn *index;  /* where there is an indexer; NULL: by_fields */
	bool kv_optional; /* no num_key_value_heads: each head its own */
	bool kv_shared;	  /* num_kv_shared_layers must be there */
	uint32_t period;  /* every period-th layer is a full one */
	/* What the architecture's class in transformers takes for a field
	 * that published configs leave out; 0: it must be there. */
	uint32_t heads, kv_heads, head_dim;
};

/* The table, ended by a NULL name. */
extern const struct family families[];

/* Names of one field that architectures call differently. */
extern const char layers_key[], types_key[];

attention_fn attention_grouped, attention_multi_head, attention_falcon,
	attention_bigcode, attention_chatglm, attention_attn_config,
	attention_mimo, attention_gemma4, attention_step, attention_inkling,
	attention_zamba, attention_minimax_m3, attention_latent,
	attention_indexed, attention_compressed;

layer_fn layer_all, layer_listed, layer_windowed, layer_qwen, layer_periodic,
	layer_exaone, layer_llama4, layer_mimo, layer_inkling, layer_minimax,
	layer_minimax_m2, layer_qwen3_next, layer_jamba, layer_zamba,
	layer_bamba, layer_kimi_linear, layer_nemotron_h, layer_bailing,
	layer_hunyuan, layer_compressed, layer_step;

count_fn count_nemotron_h, count_longcat;

index_fn index_by_fields, index_minimax_m3, index_longcat2;

/* Returns what layer @i of @layers keeps, by its word in the list @key. */
keeps_t layer_type(struct config *c, const char *key, uint32_t i,
		   uint32_t layers);

#endif
