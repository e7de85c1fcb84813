/*
 * Feeds bytes as a config.json through all that reads one, and compares
 * the result with what every model must be.
 */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include "trace/model/model.h"
#include "trace/model/shape.h"

static void check_model(const struct model *m)
{
	uint32_t parts = 0;
	char text[256];

	for (int kind = 0; kind < MODEL_PARTS; kind++) {
		const struct model_part *part = &m->parts[kind];

		if (!part->layers)
			continue;
		parts++;
		must(part->layers <= m->layers, "no more layers than there are");
		must(part->heads && part->k, "a part keeps something");
		must(part->every && !((part->k + part->v) % part->every),
		     "a token's share is whole");
	}
	must(parts, "something is kept");
	model_formula(m, text, sizeof(text));
	must(*text && *model_attention(m), "it can be told");
}

/* Sizes too large for a file are refused, and nothing else. */
static void check_shape(const char *path)
{
	struct error err = { "" };
	struct shape_options o;
	struct shape shape;

	shape_options_init(&o);
	o.model = path;
	if (shape_resolve(&shape, &o, &err))
		must(strstr(err.text, "2^64") || strstr(err.text, "any file"),
		     "a model has a size");
	else
		must(shape.bytes_per_token &&
			     shape.block_bytes <= shape.slot_bytes,
		     "a block fits its slot");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = file_of(data, size);
	struct error err = { "" };
	struct model m;

	if (model_from_config(&m, path, &err)) {
		must(!strncmp(err.text, "model=/proc", 11), "it is named");
		return 0;
	}
	check_model(&m);
	check_shape(path);
	return 0;
}
