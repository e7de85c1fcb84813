#include <stdio.h>

#include "trace/model/model.h"

const char *model_attention(const struct model *m)
{
	const struct model_part *part = &m->parts[MODEL_FULL];

	if (m->parts[MODEL_CSA].layers || m->parts[MODEL_HCA].layers)
		return "CSA";
	if (m->latent)
		return "MLA";
	if (!part->layers)
		part = &m->parts[MODEL_WINDOW];
	if (part->heads == m->heads)
		return "MHA";
	return part->heads == 1 ? "MQA" : "GQA";
}

/*
 * Writes "8 heads x (128 + 128)". Heads that all ranks share go without saying.
 */
static int head_formula(const struct model *m, int kind, char *text,
			size_t size)
{
	const struct model_part *part = &m->parts[kind];
	bool shared = m->latent || kind == MODEL_INDEX;

	if (shared && !part->v)
		return snprintf(text, size, "%u", part->k);
	if (shared)
		return snprintf(text, size, "(%u + %u)", part->k, part->v);
	return snprintf(text, size, "%u heads x (%u + %u)", part->heads,
			part->k, part->v);
}

static int part_formula(const struct model *m, int kind, char *text,
			size_t size)
{
	static const char *const label[MODEL_PARTS] = {
		[MODEL_FULL] = "",	  [MODEL_WINDOW] = "window ",
		[MODEL_CSA] = "CSA ",	  [MODEL_HCA] = "HCA ",
		[MODEL_INDEX] = "index ",
	};
	const struct model_part *part = &m->parts[kind];
	char head[64], shared[32] = "";

	head_formula(m, kind, head, sizeof(head));
	if (part->every > 1)
		snprintf(shared, sizeof(shared), " / %u", part->every);
	return snprintf(text, size, "%u %slayers x %s%s", part->layers,
			label[kind], head, shared);
}

void model_formula(const struct model *m, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (int kind = 0; kind < MODEL_PARTS && used < size; kind++) {
		if (!m->parts[kind].layers)
			continue;
		if (used)
			used += snprintf(text + used, size - used, " + ");
		if (used < size)
			used += part_formula(m, kind, text + used, size - used);
	}
}
