/*
 * The built-in traces: the same rows on every machine, the published format,
 * and the published figures within their tolerances.
 */
#include "unit.h"

#include <stdlib.h>

#include "trace/workload/builtin.h"
#include "trace/plan/plan.h"

#define BLOCK_TOKENS	BUILTIN_BLOCK_TOKENS
#define UNKNOWN		UINT64_MAX
#define MAX_IDS		1000000
#define STOP		17

/* What a sink has seen of one trace. */
struct rows {
	uint64_t checksum;
	uint64_t nr;
	uint64_t stop_after;	/* 0: never */
	uint64_t full_blocks;
	uint64_t timestamps;	/* distinct ones */
	uint64_t off_tick;	/* timestamps that are no multiple of 3 s */
	uint64_t other_first_id;
	uint64_t going_back;
	uint64_t wrong_count;	/* hash ids that are not ceil(input / 512) */
	uint64_t wrong_chain;	/* ids whose tokens changed */
	int64_t last_ns;
	uint64_t *before;	/* of each id: the id that precedes it */
	uint64_t *filled;	/* of each id: how many tokens it stands for */
};

/* A prefix hash names its tokens and all before them: both never change. */
static void check_chain(struct rows *r, const struct trace_row *row)
{
	uint64_t before = MAX_IDS, left = row->input_length;
	size_t i;

	for (i = 0; i < row->nr_hash_ids; i++) {
		uint64_t id = row->hash_ids[i];
		uint64_t filled = left < BLOCK_TOKENS ? left : BLOCK_TOKENS;

		if (id >= MAX_IDS) {
			r->wrong_chain++;
			return;
		}
		if (r->before[id] == UNKNOWN) {
			r->before[id] = before;
			r->filled[id] = filled;
		}
		if (r->before[id] != before || r->filled[id] != filled)
			r->wrong_chain++;
		before = id;
		left -= filled;
	}
}

static void add(struct rows *r, uint64_t word)
{
	r->checksum = (r->checksum ^ word) * 0x100000001b3ULL;
}

static void add_row(struct rows *r, const struct trace_row *row)
{
	size_t i;

	add(r, row->timestamp_ns);
	add(r, row->input_length);
	add(r, row->output_length);
	for (i = 0; i < row->nr_hash_ids; i++)
		add(r, row->hash_ids[i]);
}

static int take_row(void *arg, const struct trace_row *row)
{
	struct rows *r = arg;

	add_row(r, row);
	if (r->before)
		check_chain(r, row);
	r->wrong_count += row->nr_hash_ids !=
		(row->input_length + BLOCK_TOKENS - 1) / BLOCK_TOKENS;
	r->full_blocks += row->input_length / BLOCK_TOKENS;
	r->going_back += row->timestamp_ns < r->last_ns;
	r->timestamps += !r->nr || row->timestamp_ns != r->last_ns;
	r->off_tick += row->timestamp_ns % 3000000000LL != 0;
	r->other_first_id += !row->nr_hash_ids || row->hash_ids[0] != 0;
	r->last_ns = row->timestamp_ns;
	r->nr++;
	return r->nr == r->stop_after ? STOP : 0;
}

static struct rows rows_of(const char *name)
{
	struct rows r = { 0 };
	size_t bytes = MAX_IDS * sizeof(*r.before);

	r.before = memset(malloc(bytes), 0xff, bytes);
	r.filled = memset(malloc(bytes), 0xff, bytes);
	CHECK_EQ(builtin_find(name)->generate(take_row, &r), 0);
	free(r.before);
	free(r.filled);
	return r;
}

static struct plan_stats stats_of(const char *source, uint64_t slots)
{
	struct plan_stats stats = { 0 };
	struct error err = { "" };
	struct trace_options to;
	struct plan_options po;
	struct planner *planner;
	struct trace t;

	trace_options_init(&to);
	to.source = source;
	plan_options_init(&po);
	po.slots = slots;
	CHECK_EQ(trace_load(&t, &to, &err), 0);
	planner = planner_create(&t, &po, &mem_private, &err);
	CHECK(planner != NULL);
	if (planner)
		planner_pass(planner, NULL, &stats);
	planner_free(planner);
	trace_free(&t);
	return stats;
}

/* In hundredths of a percent: @part of @whole is within 3 points of @target. */
static void check_share(uint64_t part, uint64_t whole, uint64_t target)
{
	uint64_t share = 10000 * part / whole;

	CHECK(share + 300 >= target);
	CHECK(share <= target + 300);
}

/* The mean of @sum over @nr is within 5% of @target. */
static void check_mean(uint64_t sum, uint64_t nr, uint64_t target)
{
	CHECK(100 * sum >= 95 * target * nr);
	CHECK(100 * sum <= 105 * target * nr);
}

static void check_format(const char *name, uint64_t requests,
			 uint64_t checksum)
{
	struct rows r = rows_of(name);

	CHECK_EQ(r.nr, requests);
	CHECK_EQ(r.going_back, 0);
	CHECK_EQ(r.wrong_count, 0);
	CHECK_EQ(r.wrong_chain, 0);
	CHECK_EQ(r.checksum, checksum);
}

static void conversation_rows(void)
{
	check_format("conversation", 12031, 0xa2584761eeeb9ba4ULL);
}

static void toolagent_rows(void)
{
	check_format("toolagent", 23608, 0xc6f7ade0af74c44bULL);
}

static void synthetic_rows(void)
{
	check_format("synthetic", 3993, 0x876471e64563c8e7ULL);
}

static void agentic_rows(void)
{
	check_format("agentic", 12571, 0xaaa1c596a2524ac5ULL);
}

static void conversation_arrivals(void)
{
	struct rows r = rows_of("conversation");

	CHECK_EQ(r.timestamps, 1180);
	CHECK_EQ(r.off_tick, 0);
	CHECK_EQ(r.last_ns, 3537000000000LL);
}

static void conversation_figures(void)
{
	struct plan_stats s = stats_of("builtin:conversation",
				       PLAN_SLOTS_UNBOUNDED);
	struct rows r = rows_of("conversation");

	check_mean(s.input_tokens, s.requests, 12035);
	check_mean(s.output_tokens, s.requests, 343);
	check_share(s.hits, s.lookups, 3664);
	check_share(s.requests_with_hits_beyond_first, s.requests, 3900);
	CHECK_EQ(r.other_first_id, 0);
	CHECK_EQ(s.hottest_block_hits, s.requests - 1);
}

/* The real trace's share of hits at each capacity, lru and prefix lookup. */
static void conversation_capacities(void)
{
	static const struct { uint64_t slots, share; } curve[] = {
		{ 100, 404 }, { 1000, 445 }, { 10000, 2112 }, { 30000, 3257 },
		{ 50000, 3546 }, { 97656, 3635 },
	};
	size_t i;

	for (i = 0; i < sizeof(curve) / sizeof(*curve); i++) {
		struct plan_stats s = stats_of("builtin:conversation",
					       curve[i].slots);

		check_share(s.hits, s.lookups, curve[i].share);
	}
}

/* The paper's hit rate leaves partly filled blocks out of the lookups. */
static void toolagent_figures(void)
{
	struct plan_stats s = stats_of("builtin:toolagent",
				       PLAN_SLOTS_UNBOUNDED);
	struct rows r = rows_of("toolagent");

	check_mean(s.input_tokens, s.requests, 8596);
	check_mean(s.output_tokens, s.requests, 182);
	check_share(s.hits, r.full_blocks, 5900);
}

static void synthetic_figures(void)
{
	struct plan_stats s = stats_of("builtin:synthetic",
				       PLAN_SLOTS_UNBOUNDED);
	struct plan_stats small = stats_of("builtin:synthetic", 10000);

	check_mean(s.input_tokens, s.requests, 15325);
	check_mean(s.output_tokens, s.requests, 149);
	check_share(s.hits, s.lookups, 6400);
	check_share(small.hits, small.lookups, 4200);
}

/* Poisson: the square of the gaps' mean is half the mean of their squares. */
struct gaps {
	int64_t last_ns;
	double sum, squares;
	uint64_t nr;
};

static int take_gap(void *arg, const struct trace_row *row)
{
	struct gaps *g = arg;
	double gap = row->timestamp_ns - g->last_ns;

	if (g->nr++) {
		g->sum += gap;
		g->squares += gap * gap;
	}
	g->last_ns = row->timestamp_ns;
	return 0;
}

static void synthetic_is_poisson(void)
{
	struct gaps g = { 0 };
	double mean, ratio;

	CHECK_EQ(builtin_find("synthetic")->generate(take_gap, &g), 0);
	mean = g.sum / (g.nr - 1);
	ratio = g.squares / (g.nr - 1) / (mean * mean);
	CHECK(ratio > 1.9 && ratio < 2.1);
	CHECK(mean > 0.95 * 255.95e6 && mean < 1.05 * 255.95e6);
}

static void sink_stops_a_trace(void)
{
	const struct builtin *b;

	for (b = builtins; b->name; b++) {
		struct rows r = { .stop_after = 10 };

		CHECK_EQ(b->generate(take_row, &r), STOP);
		CHECK_EQ(r.nr, 10);
	}
}

static void find_by_name(void)
{
	const struct builtin *b;

	for (b = builtins; b->name; b++) {
		CHECK(builtin_find(b->name) == b);
		CHECK(b->help && *b->help);
	}
	CHECK(builtin_find("") == NULL);
	CHECK(builtin_find("conversations") == NULL);
}

int main(void)
{
	RUN(conversation_rows);
	RUN(toolagent_rows);
	RUN(synthetic_rows);
	RUN(agentic_rows);
	RUN(conversation_arrivals);
	RUN(conversation_figures);
	RUN(conversation_capacities);
	RUN(toolagent_figures);
	RUN(synthetic_figures);
	RUN(synthetic_is_poisson);
	RUN(sink_stops_a_trace);
	RUN(find_by_name);
	UNIT_END();
}
