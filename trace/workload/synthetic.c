/*
 * Modelled on a trace that was made from public data sets: several questions
 * about one long document, minutes apart, and single prompts that are either
 * short or a document of their own. No block is common to all requests.
 */
#include "trace/workload/workload.h"

static const struct quantile document_input[] = {
	{ 0, 1032 },	{ 50, 3000 },	{ 100, 4500 },	  { 150, 5800 },
	{ 200, 8800 },	{ 250, 12800 }, { 400, 16500 },	  { 500, 20000 },
	{ 600, 25000 }, { 700, 29500 }, { 800, 34500 },	  { 900, 41000 },
	{ 950, 48000 }, { 990, 62000 }, { 1000, 120000 },
};

static const struct quantile document_added[] = {
	{ 0, 20 }, { 500, 300 }, { 900, 420 }, { 950, 700 }, { 1000, 2000 },
};

static const struct quantile document_gap_ms[] = {
	{ 0, 10 },	  { 50, 2500 },	   { 100, 6500 },   { 200, 16000 },
	{ 300, 31000 },	  { 400, 52000 },  { 500, 75000 },  { 600, 106000 },
	{ 700, 152000 },  { 800, 210000 }, { 900, 310000 }, { 950, 410000 },
	{ 1000, 700000 },
};

static const struct quantile document_output[] = {
	{ 0, 2 },     { 150, 3 },   { 300, 6 },	  { 500, 15 },
	{ 600, 23 },  { 700, 38 },  { 800, 67 },  { 900, 106 },
	{ 950, 193 }, { 980, 364 }, { 990, 472 }, { 1000, 893 },
};

static const struct quantile single_input[] = {
	{ 0, 13 },	{ 100, 22 },	  { 200, 29 },	  { 300, 41 },
	{ 400, 72 },	{ 500, 159 },	  { 600, 546 },	  { 700, 2396 },
	{ 800, 15552 }, { 900, 19000 },	  { 950, 24000 }, { 980, 34000 },
	{ 990, 42000 }, { 1000, 134000 },
};

static const struct quantile single_output[] = {
	{ 0, 1 },     { 50, 12 },   { 100, 37 },  { 150, 78 },	{ 200, 107 },
	{ 300, 163 }, { 400, 209 }, { 500, 249 }, { 600, 288 }, { 700, 331 },
	{ 800, 388 }, { 900, 519 }, { 950, 665 }, { 980, 770 }, { 1000, 842 },
};

static const struct session_class document = {
	.second = 980,
	.further = 940,
	.question = 300,
	.document_turns = true,
	.first = document_input,
	.added = document_added,
	.gap_ms = document_gap_ms,
	.output = document_output,
};

static const struct session_class single = {
	.first = single_input,
	.output = single_output,
};

static const struct workload synthetic = {
	.seed = 3993,
	.requests = 3993,
	.ticks = 1022000,
	.tick_ms = 1,
	.max_length = 264 * BUILTIN_BLOCK_TOKENS,
	.mix = { { &document, 205 }, { &single, 795 } },
};

int synthetic_generate(trace_sink sink, void *arg)
{
	return workload_generate(&synthetic, sink, arg);
}
