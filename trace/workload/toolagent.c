/*
 * Half of it is chat as in conversation; the rest are requests of two tools
 * whose long prompts never change, each followed by a short question.
 */
#include "trace/workload/workload.h"

static const struct quantile agent_input[] = {
	{ 0, 6168 },   { 350, 6182 }, { 500, 6264 }, { 700, 6830 },
	{ 800, 7174 }, { 900, 7500 }, { 950, 7750 }, { 1000, 8300 },
};

static const struct quantile agent_output[] = {
	{ 0, 2 },    { 100, 3 },  { 500, 4 },	 { 550, 24 },
	{ 900, 47 }, { 960, 80 }, { 1000, 520 },
};

static const struct quantile tool_input[] = {
	{ 0, 3000 },
	{ 500, 3145 },
	{ 900, 3210 },
	{ 1000, 3480 },
};

static const struct quantile tool_output[] = {
	{ 0, 16 },
	{ 500, 20 },
	{ 1000, 25 },
};

static const struct session_class chat = {
	.prefix_blocks = 1,
	.second = 580,
	.further = 530,
	.edited = 440,
	.first = chat_first,
	.added = chat_added,
	.gap_ms = chat_gap_ms,
	.output = chat_output,
};

static const struct session_class agent = {
	.prefix_blocks = 12,
	.first = agent_input,
	.output = agent_output,
};

static const struct session_class tool = {
	.prefix_blocks = 5,
	.first = tool_input,
	.output = tool_output,
};

static const struct workload toolagent = {
	.seed = 23608,
	.requests = 23608,
	.ticks = 1180,
	.tick_ms = 3000,
	.every_tick = true,
	.max_length = 248 * BUILTIN_BLOCK_TOKENS,
	.mix = { { &chat, 224 }, { &agent, 370 }, { &tool, 130 } },
};

int toolagent_generate(trace_sink sink, void *arg)
{
	return workload_generate(&toolagent, sink, arg);
}
