#include "trace/model/model.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HEADS(nr, kv_heads, dim) [MODEL_FULL] = { nr, kv_heads, dim, dim }
#define WINDOW(nr, kv_heads, dim) [MODEL_WINDOW] = { nr, kv_heads, dim, dim }
#define LATENT(nr, rank, rope) [MODEL_FULL] = { nr, 1, rank, rope }
#define INDEX(nr, dim) [MODEL_INDEX] = { nr, 1, dim, 0 }

const struct model models[] = {
	{ "llama-2-7b",
	  "meta-llama/Llama-2-7b-hf",
	  32,
	  32,
	  false,
	  { HEADS(32, 32, 128) } },
	{ "llama-2-13b",
	  "meta-llama/Llama-2-13b-hf",
	  40,
	  40,
	  false,
	  { HEADS(40, 40, 128) } },
	{ "llama-2-70b",
	  "meta-llama/Llama-2-70b-hf",
	  80,
	  64,
	  false,
	  { HEADS(80, 8, 128) } },
	{ "llama-3.1-8b",
	  "meta-llama/Llama-3.1-8B",
	  32,
	  32,
	  false,
	  { HEADS(32, 8, 128) } },
	{ "llama-3.1-70b",
	  "meta-llama/Llama-3.1-70B",
	  80,
	  64,
	  false,
	  { HEADS(80, 8, 128) } },
	{ "llama-3.1-405b",
	  "meta-llama/Llama-3.1-405B",
	  126,
	  128,
	  false,
	  { HEADS(126, 8, 128) } },
	{ "llama-3.2-1b",
	  "meta-llama/Llama-3.2-1B",
	  16,
	  32,
	  false,
	  { HEADS(16, 8, 64) } },
	{ "llama-3.2-3b",
	  "meta-llama/Llama-3.2-3B",
	  28,
	  24,
	  false,
	  { HEADS(28, 8, 128) } },
	{ "llama-3.3-70b",
	  "meta-llama/Llama-3.3-70B-Instruct",
	  80,
	  64,
	  false,
	  { HEADS(80, 8, 128) } },
	{ "llama-4-scout",
	  "meta-llama/Llama-4-Scout-17B-16E-Instruct",
	  48,
	  40,
	  false,
	  { HEADS(12, 8, 128), WINDOW(36, 8, 128) } },
	{ "llama-4-maverick",
	  "meta-llama/Llama-4-Maverick-17B-128E-Instruct",
	  48,
	  40,
	  false,
	  { HEADS(12, 8, 128), WINDOW(36, 8, 128) } },

	{ "mistral-7b",
	  "mistralai/Mistral-7B-Instruct-v0.3",
	  32,
	  32,
	  false,
	  { HEADS(32, 8, 128) } },
	{ "mixtral-8x7b",
	  "mistralai/Mixtral-8x7B-v0.1",
	  32,
	  32,
	  false,
	  { HEADS(32, 8, 128) } },
	{ "mixtral-8x22b",
	  "mistralai/Mixtral-8x22B-v0.1",
	  56,
	  48,
	  false,
	  { HEADS(56, 8, 128) } },
	{ "mistral-nemo",
	  "mistralai/Mistral-Nemo-Base-2407",
	  40,
	  32,
	  false,
	  { HEADS(40, 8, 128) } },

	{ "gemma-7b", "google/gemma-7b", 28, 16, false, { HEADS(28, 16, 256) } },
	{ "gemma-2-9b",
	  "google/gemma-2-9b",
	  42,
	  16,
	  false,
	  { HEADS(21, 8, 256), WINDOW(21, 8, 256) } },
	{ "gemma-2-27b",
	  "google/gemma-2-27b",
	  46,
	  32,
	  false,
	  { HEADS(23, 16, 128), WINDOW(23, 16, 128) } },
	{ "gemma-3-12b",
	  "google/gemma-3-12b-it",
	  48,
	  16,
	  false,
	  { HEADS(8, 8, 256), WINDOW(40, 8, 256) } },
	{ "gemma-3-27b",
	  "google/gemma-3-27b-it",
	  62,
	  32,
	  false,
	  { HEADS(10, 16, 128), WINDOW(52, 16, 128) } },

	{ "qwen2.5-7b", "Qwen/Qwen2.5-7B", 28, 28, false, { HEADS(28, 4, 128) } },
	{ "qwen2.5-14b",
	  "Qwen/Qwen2.5-14B",
	  48,
	  40,
	  false,
	  { HEADS(48, 8, 128) } },
	{ "qwen2.5-32b",
	  "Qwen/Qwen2.5-32B",
	  64,
	  40,
	  false,
	  { HEADS(64, 8, 128) } },
	{ "qwen2.5-72b",
	  "Qwen/Qwen2.5-72B",
	  80,
	  64,
	  false,
	  { HEADS(80, 8, 128) } },
	{ "qwen3-8b", "Qwen/Qwen3-8B", 36, 32, false, { HEADS(36, 8, 128) } },
	{ "qwen3-14b", "Qwen/Qwen3-14B", 40, 40, false, { HEADS(40, 8, 128) } },
	{ "qwen3-32b", "Qwen/Qwen3-32B", 64, 64, false, { HEADS(64, 8, 128) } },
	{ "qwen3-30b-a3b",
	  "Qwen/Qwen3-30B-A3B",
	  48,
	  32,
	  false,
	  { HEADS(48, 4, 128) } },
	{ "qwen3-235b-a22b",
	  "Qwen/Qwen3-235B-A22B",
	  94,
	  64,
	  false,
	  { HEADS(94, 4, 128) } },
	{ "qwen3-next-80b-a3b",
	  "Qwen/Qwen3-Next-80B-A3B-Instruct",
	  48,
	  16,
	  false,
	  { HEADS(12, 2, 256) } },

	{ "glm-4.5", "zai-org/GLM-4.5", 92, 96, false, { HEADS(92, 8, 128) } },
	{ "glm-4.5-air",
	  "zai-org/GLM-4.5-Air",
	  46,
	  96,
	  false,
	  { HEADS(46, 8, 128) } },
	{ "glm-4.6", "zai-org/GLM-4.6", 92, 96, false, { HEADS(92, 8, 128) } },
	{ "glm-5",
	  "zai-org/GLM-5",
	  78,
	  64,
	  true,
	  { LATENT(78, 512, 64), INDEX(78, 128) } },

	{ "gpt-oss-20b",
	  "openai/gpt-oss-20b",
	  24,
	  64,
	  false,
	  { HEADS(12, 8, 64), WINDOW(12, 8, 64) } },
	{ "gpt-oss-120b",
	  "openai/gpt-oss-120b",
	  36,
	  64,
	  false,
	  { HEADS(18, 8, 64), WINDOW(18, 8, 64) } },

	{ "deepseek-v2",
	  "deepseek-ai/DeepSeek-V2",
	  60,
	  128,
	  true,
	  { LATENT(60, 512, 64) } },
	{ "deepseek-v2-lite",
	  "deepseek-ai/DeepSeek-V2-Lite",
	  27,
	  16,
	  true,
	  { LATENT(27, 512, 64) } },
	{ "deepseek-v3",
	  "deepseek-ai/DeepSeek-V3",
	  61,
	  128,
	  true,
	  { LATENT(61, 512, 64) } },
	{ "deepseek-r1",
	  "deepseek-ai/DeepSeek-R1",
	  61,
	  128,
	  true,
	  { LATENT(61, 512, 64) } },
	{ "deepseek-v3.2",
	  "deepseek-ai/DeepSeek-V3.2",
	  61,
	  128,
	  true,
	  { LATENT(61, 512, 64), INDEX(61, 128) } },
	{ "kimi-k2",
	  "moonshotai/Kimi-K2-Instruct",
	  61,
	  64,
	  true,
	  { LATENT(61, 512, 64) } },
	{ "kimi-linear-48b-a3b",
	  "moonshotai/Kimi-Linear-48B-A3B-Instruct",
	  27,
	  32,
	  true,
	  { LATENT(7, 512, 64) } },

	{ "minimax-m1",
	  "MiniMaxAI/MiniMax-M1-80k",
	  80,
	  64,
	  false,
	  { HEADS(10, 8, 128) } },
	{ "minimax-m2",
	  "MiniMaxAI/MiniMax-M2",
	  62,
	  48,
	  false,
	  { HEADS(62, 8, 128) } },

	{ "falcon-7b", "tiiuae/falcon-7b", 32, 71, false, { HEADS(32, 1, 64) } },
	{ "falcon-40b",
	  "tiiuae/falcon-40b",
	  60,
	  128,
	  false,
	  { HEADS(60, 8, 64) } },
	{ "starcoder",
	  "bigcode/starcoder",
	  40,
	  48,
	  false,
	  { HEADS(40, 1, 128) } },
	{ .name = NULL },
};

static const struct model *find_builtin(const char *name)
{
	for (const struct model *m = models; m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

int model_find(struct model *m, const char *spec, struct error *err)
{
	const struct model *builtin = find_builtin(spec);

	if (builtin) {
		*m = *builtin;
		return 0;
	}
	if (strchr(spec, '/') || !access(spec, F_OK))
		return model_from_config(m, spec, err);
	return fail(err,
		    "model=%s is neither a built-in model "
		    "(mooncake-plan models lists them) nor the path of "
		    "a config.json",
		    spec);
}

const char *model_attention(const struct model *m)
{
	const struct model_part *part = &m->parts[MODEL_FULL];

	if (m->latent)
		return "MLA";
	if (!part->layers)
		part = &m->parts[MODEL_WINDOW];
	if (part->heads == m->heads)
		return "MHA";
	return part->heads == 1 ? "MQA" : "GQA";
}

static int part_formula(const struct model *m, int kind, char *text,
			size_t size)
{
	static const char *const label[MODEL_PARTS] = {
		[MODEL_FULL] = "",
		[MODEL_WINDOW] = "window ",
		[MODEL_INDEX] = "index ",
	};
	const struct model_part *part = &m->parts[kind];

	if (kind == MODEL_INDEX)
		return snprintf(text, size, "%u %slayers x %u", part->layers,
				label[kind], part->k);
	if (m->latent)
		return snprintf(text, size, "%u %slayers x (%u + %u)",
				part->layers, label[kind], part->k, part->v);
	return snprintf(text, size, "%u %slayers x %u heads x (%u + %u)",
			part->layers, label[kind], part->heads, part->k,
			part->v);
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
