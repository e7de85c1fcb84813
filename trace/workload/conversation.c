/*
 * Chat: every request begins with one system prompt, two in five are a later
 * turn of a session, and a turn mostly comes a minute or five after the last.
 */
#include "trace/workload/workload.h"

const struct quantile chat_first[] = {
	{ 0, 891 },	{ 50, 897 },	{ 100, 905 },	  { 150, 943 },
	{ 200, 1092 },	{ 250, 1336 },	{ 300, 1756 },	  { 400, 3914 },
	{ 500, 5264 },	{ 600, 7417 },	{ 700, 10775 },	  { 800, 15871 },
	{ 850, 19453 }, { 900, 25561 }, { 950, 38538 },	  { 970, 51792 },
	{ 980, 67212 }, { 990, 89869 }, { 1000, 126195 },
};

const struct quantile chat_added[] = {
	{ 0, 1 },      { 50, 20 },    { 100, 63 },    { 200, 192 },
	{ 300, 313 },  { 400, 395 },  { 500, 471 },   { 600, 553 },
	{ 700, 684 },  { 800, 1000 }, { 850, 2000 },  { 900, 3600 },
	{ 950, 5800 }, { 980, 9000 }, { 990, 13000 }, { 1000, 28000 },
};

const struct quantile chat_gap_ms[] = {
	{ 0, 3000 },	   { 20, 18000 },   { 50, 30000 },   { 100, 45000 },
	{ 200, 66000 },	   { 300, 84000 },  { 400, 108000 }, { 500, 138000 },
	{ 600, 180000 },   { 700, 243000 }, { 800, 336000 }, { 850, 405000 },
	{ 900, 495000 },   { 950, 627000 }, { 970, 756000 }, { 990, 1482000 },
	{ 1000, 3030000 },
};

const struct quantile chat_output[] = {
	{ 0, 1 },	{ 50, 10 },   { 100, 24 },   { 150, 46 },
	{ 200, 100 },	{ 300, 213 }, { 400, 291 },  { 500, 350 },
	{ 600, 399 },	{ 700, 447 }, { 800, 504 },  { 900, 597 },
	{ 950, 698 },	{ 980, 893 }, { 990, 1120 }, { 995, 1570 },
	{ 1000, 2000 },
};

static const struct session_class chat = {
	.prefix_blocks = 1,
	.second = 480,
	.further = 510,
	.edited = 480,
	.first = chat_first,
	.added = chat_added,
	.gap_ms = chat_gap_ms,
	.output = chat_output,
};

static const struct workload conversation = {
	.seed = 12031,
	.requests = 12031,
	.ticks = 1180,
	.tick_ms = 3000,
	.every_tick = true,
	.max_length = 248 * BUILTIN_BLOCK_TOKENS,
	.mix = { { &chat, 1 } },
};

int conversation_generate(trace_sink sink, void *arg)
{
	return workload_generate(&conversation, sink, arg);
}
