/*
 * One row for each architecture, by the kind of its layers. A row's functions
 * go without their prefix: what an attention layer keeps (attention.c), and
 * which layers are such (layers.c). Sources of the rules are in docs/sizes.md.
 */
#include "trace/model/family.h"

#define FAMILY(type, of_token, of_layer, ...) \
	{ \
		.name = type, .attention = attention_##of_token, \
		.layer = layer_##of_layer, ##__VA_ARGS__ \
	}

const struct family families[] = {
	/* multi-head */
	FAMILY("baichuan", multi_head, all),
	FAMILY("bloom", multi_head, all),
	FAMILY("codegen", multi_head, all),
	FAMILY("gpt2", multi_head, all),
	FAMILY("gpt_neox", multi_head, all),
	FAMILY("gptj", multi_head, all),
	FAMILY("opt", multi_head, all),
	FAMILY("qwen", multi_head, all),

	/* grouped-query, every layer alike */
	FAMILY("bailing_moe", grouped, all),
	FAMILY("bailing_moe_v2", grouped, all),
	FAMILY("cohere", grouped, all, .kv_optional = true),
	FAMILY("deepseek", grouped, all, .kv_optional = true),
	FAMILY("ernie4_5", grouped, all),
	FAMILY("ernie4_5_moe", grouped, all),
	FAMILY("ernie4_5_moe_vl", grouped, all),
	FAMILY("ernie4_5_vl_moe_text", grouped, all),
	FAMILY("ernie4_5_vl_text", grouped, all),
	FAMILY("exaone", grouped, all, .kv_optional = true),
	FAMILY("gemma", grouped, all, .head_dim = 256),
	FAMILY("glm", grouped, all),
	FAMILY("glm4", grouped, all),
	FAMILY("glm4_moe", grouped, all),
	FAMILY("glm4v_moe_text", grouped, all),
	FAMILY("glm4v_text", grouped, all),
	FAMILY("granite", grouped, all, .kv_optional = true),
	FAMILY("granitemoe", grouped, all, .kv_optional = true),
	FAMILY("hy_v3", grouped, all),
	FAMILY("internlm2", grouped, all, .kv_optional = true),
	FAMILY("internlm3", grouped, all),
	FAMILY("llama", grouped, all, .kv_optional = true),
	FAMILY("minicpm", grouped, all, .kv_optional = true),
	FAMILY("nemotron", grouped, all, .kv_optional = true),
	FAMILY("olmo", grouped, all, .kv_optional = true),
	FAMILY("olmo2", grouped, all, .kv_optional = true),
	FAMILY("olmoe", grouped, all, .kv_optional = true),
	FAMILY("phi", grouped, all, .kv_optional = true),
	FAMILY("qwen3_omni_moe_text", grouped, all),
	FAMILY("qwen3_vl_moe_text", grouped, all),
	FAMILY("qwen3_vl_text", grouped, all),
	FAMILY("seed_oss", grouped, all),
	FAMILY("smollm3", grouped, listed),
	FAMILY("stablelm", grouped, all, .kv_optional = true),
	FAMILY("step3_text", grouped, all),

	/* multi-query, or fields of their own for the KV heads */
	FAMILY("chatglm", chatglm, all),
	FAMILY("dbrx", attn_config, all),
	FAMILY("falcon", falcon, all),
	FAMILY("gpt_bigcode", bigcode, all),
	FAMILY("mpt", attn_config, all, .kv_optional = true),

	/* sliding windows in all layers, or from one layer on */
	FAMILY("ministral", grouped, windowed),
	FAMILY("ministral3", grouped, windowed),
	FAMILY("mistral", grouped, windowed),
	FAMILY("mixtral", grouped, windowed),
	FAMILY("phi3", grouped, windowed, .kv_optional = true),
	FAMILY("phi3_v", grouped, windowed, .kv_optional = true),
	FAMILY("phi4mm", grouped, windowed, .kv_optional = true),
	FAMILY("phimoe", grouped, windowed),
	FAMILY("starcoder2", grouped, windowed),
	FAMILY("qwen2", grouped, qwen),
	FAMILY("qwen2_5_omni_text", grouped, qwen),
	FAMILY("qwen2_5_vl", grouped, qwen),
	FAMILY("qwen2_5_vl_text", grouped, qwen),
	FAMILY("qwen2_moe", grouped, qwen),
	FAMILY("qwen2_vl", grouped, qwen),
	FAMILY("qwen2_vl_text", grouped, qwen),
	FAMILY("qwen3", grouped, qwen, .head_dim = 128),
	FAMILY("qwen3_moe", grouped, qwen),

	/* sliding windows in some layers */
	FAMILY("cohere2", grouped, periodic, .kv_optional = true, .period = 4),
	FAMILY("cohere2_moe", grouped, listed, .kv_optional = true),
	FAMILY("exaone4", grouped, exaone, .period = 4),
	FAMILY("exaone_moe", grouped, exaone, .period = 4),
	FAMILY("gemma2", grouped, periodic, .period = 2, .head_dim = 256),
	FAMILY("gemma3_text", grouped, periodic, .period = 6, .heads = 8,
	       .kv_heads = 4, .head_dim = 256),
	FAMILY("gemma3n_text", grouped, periodic, .period = 5, .heads = 8,
	       .kv_heads = 2, .head_dim = 256, .kv_shared = true),
	FAMILY("gemma4_text", gemma4, listed, .head_dim = 256),
	FAMILY("gpt_oss", grouped, periodic, .period = 2, .head_dim = 64),
	FAMILY("inkling_mm_model", inkling, inkling),
	FAMILY("llama4_text", grouped, llama4),
	FAMILY("mimo_v2", mimo, mimo),
	FAMILY("mimo_v2_flash", mimo, mimo),
	FAMILY("olmo3", grouped, periodic, .kv_optional = true, .period = 4),
	FAMILY("step3p5", step, step),
	FAMILY("step3p7", step, step),

	/* linear attention or mamba in some layers */
	FAMILY("bailing_moe_linear", grouped, bailing),
	FAMILY("bailing_moe_linear_v2", grouped, bailing),
	FAMILY("bamba", grouped, bamba),
	FAMILY("falcon_h1", grouped, all),
	FAMILY("granitemoehybrid", grouped, listed, .kv_optional = true),
	FAMILY("jamba", grouped, jamba),
	FAMILY("lfm2", grouped, bamba),
	FAMILY("lfm2_moe", grouped, listed),
	FAMILY("minimax", grouped, minimax),
	FAMILY("minimax_m1", grouped, minimax),
	FAMILY("minimax_m2", grouped, minimax_m2),
	FAMILY("minimax_text_01", grouped, minimax),
	FAMILY("nemotron_h", grouped, nemotron_h, .kv_optional = true,
	       .count = count_nemotron_h),
	FAMILY("NemotronH_Nano_VL_V2", grouped, nemotron_h, .kv_optional = true,
	       .count = count_nemotron_h),
	FAMILY("NemotronH_Nano_Omni_Reasoning_V3", grouped, nemotron_h,
	       .kv_optional = true, .count = count_nemotron_h),
	FAMILY("qwen3_5_moe_text", grouped, qwen3_next, .period = 4,
	       .head_dim = 256),
	FAMILY("qwen3_5_text", grouped, qwen3_next, .period = 4,
	       .head_dim = 256),
	FAMILY("qwen3_next", grouped, qwen3_next, .period = 4, .head_dim = 256),
	FAMILY("zamba", zamba, zamba, .kv_optional = true),
	FAMILY("zamba2", zamba, listed, .kv_optional = true),

	/* multi-head latent attention */
	FAMILY("bailing_hybrid", latent, bailing),
	FAMILY("bailing_moe_v3", latent, bailing),
	FAMILY("bailing_moe_v3_vl", latent, bailing),
	FAMILY("deepseek_v2", latent, all),
	FAMILY("deepseek_v3", latent, all),
	FAMILY("deepseek_v32", indexed, all),
	FAMILY("glm4_moe_lite", latent, all),
	FAMILY("glm_moe_dsa", indexed, all),
	FAMILY("kimi_k2", latent, all),
	FAMILY("kimi_k25", latent, all),
	FAMILY("kimi_k3", latent, kimi_linear),
	FAMILY("kimi_linear", latent, kimi_linear),
	FAMILY("longcat_flash", latent, all, .count = count_longcat),
	FAMILY("longcat_flash_ngram", latent, all, .count = count_longcat),
	FAMILY("LongcatCausalLM", latent, all, .count = count_longcat,
	       .index = index_longcat2),
	FAMILY("mistral4", latent, all),

	/* grouped-query, and keys of an indexer in some layers */
	FAMILY("minimax_m3", minimax_m3, all, .index = index_minimax_m3),
	FAMILY("minimax_m3_text", minimax_m3, all, .index = index_minimax_m3),
	FAMILY("minimax_m3_vl", minimax_m3, all, .index = index_minimax_m3),

	/* layers that share the KV of others */
	FAMILY("hunyuan", grouped, hunyuan, .kv_optional = true),
	FAMILY("hunyuan_v1_dense", grouped, hunyuan, .kv_optional = true),
	FAMILY("hunyuan_v1_moe", grouped, hunyuan, .kv_optional = true),
	FAMILY("hunyuan_vl_text", grouped, hunyuan, .kv_optional = true),

	/* compressed attention */
	FAMILY("deepseek_v4", compressed, compressed),
	{ .name = NULL },
};
