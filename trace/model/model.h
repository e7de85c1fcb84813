/*
 * What a model keeps of every token, by the built-in table or by a Hugging Face
 * config.json.
 */
#ifndef MOONCAKE_MODEL_H
#define MOONCAKE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/base/error.h"

/*
 * Layers that keep the same: @heads times @k + @v elements of each token, or of
 * @every tokens together where a layer compresses those into one. Then @every
 * divides @k + @v, so that the share of a token is a whole number.
 */
struct model_part {
	uint32_t layers;
	uint32_t heads; /* KV heads; 1 for what all ranks share */
	uint32_t k;	/* of a head; with latent attention the latent */
	uint32_t v;	/* of a head; with latent attention its rotary key */
	uint32_t every; /* tokens, 1 or more */
};

/* What a part's layers are; a layer may belong to several parts. */
enum model_layers {
	MODEL_FULL,   /* layers that look at the whole context */
	MODEL_WINDOW, /* layers that look at a sliding window of it */
	MODEL_CSA,    /* compressed sparse attention, chosen by an indexer */
	MODEL_HCA,    /* heavily compressed attention */
	MODEL_INDEX,  /* keys of a sparse-attention indexer */
	MODEL_PARTS,
};

struct model {
	const char *name;   /* of a built-in model */
	const char *source; /* repository of its config on Hugging Face */
	uint32_t layers;    /* all, also those that keep nothing of a token */
	uint32_t heads;	    /* attention heads */
	bool latent;	    /* every rank holds the same */
	struct model_part parts[MODEL_PARTS];
};

/* The table, ended by a NULL name. */
extern const struct model models[];

/*
 * Finds the model that @spec means: the name of a built-in model, its name on
 * Hugging Face, or the path of a config.json. Returns 0, or -1 with @err
 * filled.
 */
int model_find(struct model *m, const char *spec, struct error *err);

/* Reads the model in the config.json at @file. Returns 0, or -1 with @err
 * filled. */
int model_from_config(struct model *m, const char *file, struct error *err);

/* Returns the kind of attention: "MHA", "GQA", "MQA", "MLA" or "CSA". */
const char *model_attention(const struct model *m);

/* Writes how many elements the model keeps of a token, spelt out: "32 layers x
 * 8 heads x (128 + 128)". */
void model_formula(const struct model *m, char *text, size_t size);

#endif
