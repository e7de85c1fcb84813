/*
 * The built-in models. The numbers are those of the config.json in the
 * repository that each row names; docs/sizes.md has what follows from them,
 * and against what each was checked.
 */
#include "trace/model/model.h"

/* A key and a value of every KV head; the two may differ in size. */
#define FULL_KV(layers, heads, k, v) [MODEL_FULL] = { layers, heads, k, v, 1 }
#define WINDOW_KV(layers, heads, k, v) \
	[MODEL_WINDOW] = { layers, heads, k, v, 1 }
#define FULL(layers, heads, dim) FULL_KV(layers, heads, dim, dim)
#define WINDOW(layers, heads, dim) WINDOW_KV(layers, heads, dim, dim)

/* A latent and its rotary key; keys of an indexer. */
#define LATENT(layers, rank, rope) [MODEL_FULL] = { layers, 1, rank, rope, 1 }
#define INDEX(layers, dim) [MODEL_INDEX] = { layers, 1, dim, 0, 1 }

/* DeepSeek V4: one vector a token in a window, and one for every few. */
#define RAW(layers, dim) [MODEL_WINDOW] = { layers, 1, dim, 0, 1 }
#define CSA(layers, every, dim, index_dim) \
	[MODEL_CSA] = { layers, 1, dim, 0, every }, [MODEL_INDEX] = { \
		layers, 1, index_dim, 0, every \
	}
#define HCA(layers, every, dim) [MODEL_HCA] = { layers, 1, dim, 0, every }

#define MODEL(name, source, layers, heads, ...) \
	{ \
		name, source, layers, heads, false, \
		{ \
			__VA_ARGS__ \
		} \
	}
/* Every rank holds the same. */
#define LATENT_MODEL(name, source, layers, heads, ...) \
	{ \
		name, source, layers, heads, true, \
		{ \
			__VA_ARGS__ \
		} \
	}

const struct model models[] = {
	MODEL("llama-2-7b", "meta-llama/Llama-2-7b-hf", 32, 32,
	      FULL(32, 32, 128)),
	MODEL("llama-2-13b", "meta-llama/Llama-2-13b-hf", 40, 40,
	      FULL(40, 40, 128)),
	MODEL("llama-2-70b", "meta-llama/Llama-2-70b-hf", 80, 64,
	      FULL(80, 8, 128)),
	MODEL("llama-3.1-8b", "meta-llama/Llama-3.1-8B", 32, 32,
	      FULL(32, 8, 128)),
	MODEL("llama-3.1-70b", "meta-llama/Llama-3.1-70B", 80, 64,
	      FULL(80, 8, 128)),
	MODEL("llama-3.1-405b", "meta-llama/Llama-3.1-405B", 126, 128,
	      FULL(126, 8, 128)),
	MODEL("llama-3.2-1b", "meta-llama/Llama-3.2-1B", 16, 32,
	      FULL(16, 8, 64)),
	MODEL("llama-3.2-3b", "meta-llama/Llama-3.2-3B", 28, 24,
	      FULL(28, 8, 128)),
	MODEL("llama-3.3-70b", "meta-llama/Llama-3.3-70B-Instruct", 80, 64,
	      FULL(80, 8, 128)),
	MODEL("llama-4-scout", "meta-llama/Llama-4-Scout-17B-16E-Instruct", 48,
	      40, FULL(12, 8, 128), WINDOW(36, 8, 128)),
	MODEL("llama-4-maverick",
	      "meta-llama/Llama-4-Maverick-17B-128E-Instruct", 48, 40,
	      FULL(12, 8, 128), WINDOW(36, 8, 128)),
	MODEL("mistral-7b", "mistralai/Mistral-7B-Instruct-v0.3", 32, 32,
	      FULL(32, 8, 128)),
	MODEL("mixtral-8x7b", "mistralai/Mixtral-8x7B-v0.1", 32, 32,
	      FULL(32, 8, 128)),
	MODEL("mixtral-8x22b", "mistralai/Mixtral-8x22B-v0.1", 56, 48,
	      FULL(56, 8, 128)),
	MODEL("mistral-nemo", "mistralai/Mistral-Nemo-Base-2407", 40, 32,
	      FULL(40, 8, 128)),
	LATENT_MODEL("mistral-small-4", "mistralai/Mistral-Small-4-119B-2603",
		     36, 32, LATENT(36, 256, 64)),
	MODEL("gemma-7b", "google/gemma-7b", 28, 16, FULL(28, 16, 256)),
	MODEL("gemma-2-9b", "google/gemma-2-9b", 42, 16, FULL(21, 8, 256),
	      WINDOW(21, 8, 256)),
	MODEL("gemma-2-27b", "google/gemma-2-27b", 46, 32, FULL(23, 16, 128),
	      WINDOW(23, 16, 128)),
	MODEL("gemma-3-12b", "google/gemma-3-12b-it", 48, 16, FULL(8, 8, 256),
	      WINDOW(40, 8, 256)),
	MODEL("gemma-3-27b", "google/gemma-3-27b-it", 62, 32, FULL(10, 16, 128),
	      WINDOW(52, 16, 128)),
	MODEL("gemma-4-31b", "google/gemma-4-31B", 60, 32, FULL(10, 4, 512),
	      WINDOW(50, 16, 256)),
	MODEL("qwen2.5-7b", "Qwen/Qwen2.5-7B", 28, 28, FULL(28, 4, 128)),
	MODEL("qwen2.5-14b", "Qwen/Qwen2.5-14B", 48, 40, FULL(48, 8, 128)),
	MODEL("qwen2.5-32b", "Qwen/Qwen2.5-32B", 64, 40, FULL(64, 8, 128)),
	MODEL("qwen2.5-72b", "Qwen/Qwen2.5-72B", 80, 64, FULL(80, 8, 128)),
	MODEL("qwen3-4b", "Qwen/Qwen3-4B", 36, 32, FULL(36, 8, 128)),
	MODEL("qwen3-8b", "Qwen/Qwen3-8B", 36, 32, FULL(36, 8, 128)),
	MODEL("qwen3-14b", "Qwen/Qwen3-14B", 40, 40, FULL(40, 8, 128)),
	MODEL("qwen3-32b", "Qwen/Qwen3-32B", 64, 64, FULL(64, 8, 128)),
	MODEL("qwen3-30b-a3b", "Qwen/Qwen3-30B-A3B", 48, 32, FULL(48, 4, 128)),
	MODEL("qwen3-235b-a22b", "Qwen/Qwen3-235B-A22B", 94, 64,
	      FULL(94, 4, 128)),
	MODEL("qwen3-next-80b-a3b", "Qwen/Qwen3-Next-80B-A3B-Instruct", 48, 16,
	      FULL(12, 2, 256)),
	MODEL("qwen3.5-35b-a3b", "Qwen/Qwen3.5-35B-A3B", 40, 16,
	      FULL(10, 2, 256)),
	MODEL("qwen3.5-397b-a17b", "Qwen/Qwen3.5-397B-A17B", 60, 32,
	      FULL(15, 2, 256)),
	MODEL("qwen3.6-27b", "Qwen/Qwen3.6-27B", 64, 24, FULL(16, 4, 256)),
	MODEL("glm-4.5", "zai-org/GLM-4.5", 92, 96, FULL(92, 8, 128)),
	MODEL("glm-4.5-air", "zai-org/GLM-4.5-Air", 46, 96, FULL(46, 8, 128)),
	MODEL("glm-4.6", "zai-org/GLM-4.6", 92, 96, FULL(92, 8, 128)),
	LATENT_MODEL("glm-5", "zai-org/GLM-5", 78, 64, LATENT(78, 512, 64),
		     INDEX(78, 128)),
	LATENT_MODEL("glm-5.1", "zai-org/GLM-5.1", 78, 64, LATENT(78, 512, 64),
		     INDEX(78, 128)),
	LATENT_MODEL("glm-5.2", "zai-org/GLM-5.2", 78, 64, LATENT(78, 512, 64),
		     INDEX(21, 128)),
	MODEL("gpt-oss-20b", "openai/gpt-oss-20b", 24, 64, FULL(12, 8, 64),
	      WINDOW(12, 8, 64)),
	MODEL("gpt-oss-120b", "openai/gpt-oss-120b", 36, 64, FULL(18, 8, 64),
	      WINDOW(18, 8, 64)),
	LATENT_MODEL("deepseek-v2", "deepseek-ai/DeepSeek-V2", 60, 128,
		     LATENT(60, 512, 64)),
	LATENT_MODEL("deepseek-v2-lite", "deepseek-ai/DeepSeek-V2-Lite", 27, 16,
		     LATENT(27, 512, 64)),
	LATENT_MODEL("deepseek-v3", "deepseek-ai/DeepSeek-V3", 61, 128,
		     LATENT(61, 512, 64)),
	LATENT_MODEL("deepseek-r1", "deepseek-ai/DeepSeek-R1", 61, 128,
		     LATENT(61, 512, 64)),
	LATENT_MODEL("deepseek-v3.2", "deepseek-ai/DeepSeek-V3.2", 61, 128,
		     LATENT(61, 512, 64), INDEX(61, 128)),
	LATENT_MODEL("deepseek-v4-flash", "deepseek-ai/DeepSeek-V4-Flash", 43,
		     64, RAW(43, 512), CSA(21, 4, 512, 128), HCA(20, 128, 512)),
	LATENT_MODEL("deepseek-v4-pro", "deepseek-ai/DeepSeek-V4-Pro", 61, 128,
		     RAW(61, 512), CSA(30, 4, 512, 128), HCA(31, 128, 512)),
	LATENT_MODEL("kimi-k2", "moonshotai/Kimi-K2-Instruct", 61, 64,
		     LATENT(61, 512, 64)),
	LATENT_MODEL("kimi-k2.5", "moonshotai/Kimi-K2.5", 61, 64,
		     LATENT(61, 512, 64)),
	LATENT_MODEL("kimi-k3", "moonshotai/Kimi-K3", 93, 96,
		     LATENT(24, 512, 64)),
	LATENT_MODEL("kimi-linear-48b-a3b",
		     "moonshotai/Kimi-Linear-48B-A3B-Instruct", 27, 32,
		     LATENT(7, 512, 64)),
	MODEL("minimax-m1", "MiniMaxAI/MiniMax-M1-80k", 80, 64,
	      FULL(10, 8, 128)),
	MODEL("minimax-m2", "MiniMaxAI/MiniMax-M2", 62, 48, FULL(62, 8, 128)),
	MODEL("minimax-m3", "MiniMaxAI/MiniMax-M3", 60, 64, FULL(60, 4, 128),
	      INDEX(57, 128)),
	MODEL("falcon-7b", "tiiuae/falcon-7b", 32, 71, FULL(32, 1, 64)),
	MODEL("falcon-40b", "tiiuae/falcon-40b", 60, 128, FULL(60, 8, 64)),
	MODEL("starcoder", "bigcode/starcoder", 40, 48, FULL(40, 1, 128)),
	MODEL("k-exaone-236b-a23b", "LGAI-EXAONE/K-EXAONE-236B-A23B", 48, 64,
	      FULL(12, 8, 128), WINDOW(36, 8, 128)),
	MODEL("hunyuan-large", "tencent/Tencent-Hunyuan-Large", 64, 80,
	      FULL(32, 8, 128)),
	MODEL("inkling", "thinkingmachines/Inkling", 66, 64, FULL(11, 8, 128),
	      WINDOW(55, 16, 128)),
	LATENT_MODEL("longcat-flash", "meituan-longcat/LongCat-Flash-Chat", 28,
		     64, LATENT(56, 512, 64)),
	MODEL("mimo-v2.5", "XiaomiMiMo/MiMo-V2.5", 48, 64,
	      FULL_KV(9, 4, 192, 128), WINDOW_KV(39, 8, 192, 128)),
	MODEL("mimo-v2.5-pro", "XiaomiMiMo/MiMo-V2.5-Pro", 70, 128,
	      FULL_KV(10, 8, 192, 128), WINDOW_KV(60, 8, 192, 128)),
	MODEL("step-3.5-flash", "stepfun-ai/Step-3.5-Flash", 45, 64,
	      FULL(12, 8, 128), WINDOW(33, 8, 128)),
	{ .name = NULL },
};
