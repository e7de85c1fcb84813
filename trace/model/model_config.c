/*
 * Reads a model from a Hugging Face config.json: finds its architecture in the
 * table of families, and counts what each layer keeps.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "trace/model/family.h"
#include "trace/model/model.h"

#define LAYERS_MAX 65536 /* more can only be a typing error */
#define PLAIN_BYTES 2	 /* of an element, where its size is not known */

/* Returns how many layers have KV of their own: the last ones of some models
 * use that of layers before them. */
static uint32_t own_layers(struct config *c, const struct family *f,
			   uint32_t layers)
{
	uint32_t shared = 0;

	if (f->kv_shared || config_has(c, "num_kv_shared_layers"))
		shared = config_uint0(c, "num_kv_shared_layers");
	if (shared >= layers)
		config_fail(c, "num_kv_shared_layers",
			    "is %u: expected less than the %u layers", shared,
			    layers);
	return layers - shared;
}

static uint32_t nr_layers(struct config *c, const struct family *f)
{
	uint32_t layers = f->count ? f->count(c) : config_uint(c, layers_key);

	if (layers > LAYERS_MAX)
		config_fail(c, layers_key, "is %u: expected at most %u", layers,
			    LAYERS_MAX);
	return layers;
}

static keeps_t layer_keeps(struct config *c, const struct family *f,
			   const struct model *m, uint32_t i)
{
	index_fn *index = f->index ? f->index : index_by_fields;
	keeps_t keeps;

	if (config_has(c, types_key))
		keeps = layer_type(c, types_key, i, m->layers);
	else
		keeps = f->layer(c, f, i, m->layers);
	if ((keeps & KEEPS_FULL) && m->parts[MODEL_INDEX].heads &&
	    index(c, i, m->layers))
		keeps |= KEEPS_INDEX;
	return keeps;
}

static void count_layer(struct config *c, struct model *m, keeps_t keeps)
{
	static const char *const what[MODEL_PARTS] = {
		[MODEL_FULL] = "full attention",
		[MODEL_WINDOW] = "sliding windows",
		[MODEL_CSA] = "compressed attention",
		[MODEL_HCA] = "compressed attention",
		[MODEL_INDEX] = "an indexer",
	};

	for (int part = 0; part < MODEL_PARTS; part++) {
		if (!(keeps & KEEPS(part)))
			continue;
		if (!m->parts[part].heads)
			config_fail(c, types_key,
				    "has %s beside %s attention, which is not known here: give bytes_per_token= instead of model=",
				    what[part], m->latent ? "latent" : "other");
		m->parts[part].layers++;
	}
}

static void count_layers(struct config *c, const struct family *f,
			 struct model *m)
{
	keeps_t all = KEEPS_NOTHING;
	uint32_t own;

	m->layers = nr_layers(c, f);
	own = own_layers(c, f, m->layers);
	for (uint32_t i = 0; i < own && !c->failed; i++) {
		keeps_t keeps = layer_keeps(c, f, m, i);

		count_layer(c, m, keeps);
		all |= keeps;
	}
	if (all == KEEPS_NOTHING)
		config_fail(c, layers_key,
			    "is %u, but no layer keeps KV per token: there is nothing to store",
			    m->layers);
}

static const struct family *find_family(const char *name)
{
	for (const struct family *f = families; name && f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

/* Returns the first class that the config names, as "LlamaForCausalLM", or
 * NULL. */
static const char *class_of(const struct config *c)
{
	struct json_object *list = config_get(c, "architectures");

	if (!json_object_is_type(list, json_type_array) ||
	    !json_object_array_length(list))
		return NULL;
	return json_object_get_string(json_object_array_get_idx(list, 0));
}

/* Returns the model_type, which a nested config may leave to the outer one, or
 * NULL. */
static const char *type_of(struct config *c)
{
	struct json_object *outer = NULL;

	if (config_has(c, "model_type"))
		return config_string(c, "model_type");
	json_object_object_get_ex(c->root, "model_type", &outer);
	return json_object_get_string(outer);
}

/*
 * Finds the architecture by model_type, where that of a wrapper, "qwen3_vl",
 * stands for its text model, "qwen3_vl_text"; or by class where that is all
 * there is.
 */
static const struct family *known_family(const struct config *c,
					 const char *type)
{
	const struct family *f = find_family(type);
	char text[64];

	if (!f && type && c->text != c->root) {
		snprintf(text, sizeof(text), "%s_text", type);
		f = find_family(text);
	}
	return f || type ? f : find_family(class_of(c));
}

/* Writes what plain attention with the numbers of the config would keep, as a
 * part of a sentence, or "". */
static void plain_attention(const struct config *c, char *text, size_t size)
{
	static const struct family plain = { .kv_optional = true };
	struct error ignored;
	struct config own = *c;
	struct model m = { 0 };
	const struct model_part *part = &m.parts[MODEL_FULL];
	uint32_t layers;

	own.err = &ignored;
	if (config_has(&own, "kv_lora_rank"))
		attention_latent(&own, &plain, &m);
	else
		attention_grouped(&own, &plain, &m);
	layers = config_uint(&own, layers_key);
	text[0] = '\0';
	if (own.failed)
		return;
	snprintf(text, size,
		 "; %s attention with its numbers would keep %u layers x %u x (%u + %u), in bf16 bytes_per_token=%" PRIu64,
		 m.latent ? "latent" : "plain", layers, part->heads, part->k,
		 part->v,
		 PLAIN_BYTES * (uint64_t)layers * part->heads *
			 ((uint64_t)part->k + part->v));
}

static const struct family *get_family(struct config *c)
{
	const char *type = type_of(c);
	const struct family *f = known_family(c, type);
	char plain[256];

	if (f || c->failed)
		return f;
	if (!type && c->text == c->root) {
		config_string(c, "model_type");
		return NULL;
	}
	plain_attention(c, plain, sizeof(plain));
	config_fail(c, "model_type",
		    "\"%.40s\" is no architecture known here, and its KV is not guessed: give bytes_per_token= instead of model=%s",
		    type ? type : "", plain);
	return NULL;
}

int model_from_config(struct model *m, const char *file, struct error *err)
{
	const struct family *f;
	struct config c;

	*m = (struct model){ .name = file };
	if (config_open(&c, file, err))
		return -1;
	f = get_family(&c);
	if (f) {
		f->attention(&c, f, m);
		count_layers(&c, f, m);
	}
	config_close(&c);
	return c.failed ? -1 : 0;
}
