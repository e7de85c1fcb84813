/*
 * builtin:agentic against the figures that WEKA published of its traces of
 * Claude Code, row by row as in docs/traces.md: lengths and times within 5%,
 * rates within 3 points.
 */
#include "unit.h"

#include <stdlib.h>

#include "trace/workload/builtin.h"

#define ROWS		20000
#define SESSIONS	200
#define IDS		1000000
#define MEAN		1000	/* in place of a permille */
#define NS_PER_MS	1000000

struct values {
	uint64_t *v;
	uint32_t nr;
};

/* A session or a sub-agent. The requests of one are those of its session. */
struct session {
	char name[24];
	struct session *of;	/* itself, or whose sub-agent it is */
	uint64_t requests, lookups, hits, subs;
	uint64_t first, last;	/* input tokens */
	int64_t last_ns;
};

static struct session sessions[SESSIONS];
static uint32_t nr_sessions, wrong;
static bool seen[IDS];
static struct values requests, input, output, first, last, think, serve, hits,
	subs;

static void add(struct values *values, uint64_t value)
{
	if (!values->v)
		values->v = malloc(ROWS * sizeof(*values->v));
	if (values->nr < ROWS)
		values->v[values->nr++] = value;
	else
		wrong++;
}

static struct session *named(const char *name, size_t length)
{
	uint32_t i = 0;

	while (i < nr_sessions && (strlen(sessions[i].name) != length ||
				   memcmp(sessions[i].name, name, length)))
		i++;
	return &sessions[i];
}

static struct session *session_of(const struct trace_row *row)
{
	struct session *s = named(row->session, row->session_length);
	const char *dot = memchr(row->session, '.', row->session_length);

	if (s < sessions + nr_sessions)
		return s;
	memcpy(s->name, row->session, row->session_length);
	s->of = dot ? named(row->session, dot - row->session) : s;
	s->of->subs += s->of != s;
	s->first = row->input_length;
	nr_sessions += nr_sessions < SESSIONS - 1;
	return s;
}

static void look_up(struct session *s, const struct trace_row *row)
{
	bool missed = false;
	size_t i;

	for (i = 0; i < row->nr_hash_ids; i++) {
		uint64_t id = row->hash_ids[i];

		wrong += id >= IDS;
		missed = missed || !seen[id % IDS];
		s->hits += !missed;
		seen[id % IDS] = true;
	}
	s->lookups += row->nr_hash_ids;
}

/* Every row but a session's first has a delay: the think time. */
static int take(void *arg, const struct trace_row *row)
{
	struct session *s = session_of(row);
	int64_t served_ns = row->timestamp_ns - row->delay_ns - s->last_ns;

	(void)arg;
	wrong += row->delayed != (s->last != 0) || row->delay_ns < 0;
	if (row->delayed) {
		wrong += served_ns <= 0;
		add(&think, row->delay_ns / NS_PER_MS);
		add(&serve, served_ns / NS_PER_MS);
	}
	add(&input, row->input_length);
	add(&output, row->output_length);
	look_up(s->of, row);
	s->of->requests++;
	s->last = row->input_length;
	s->last_ns = row->timestamp_ns;
	return 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Hit rates are in hundredths of a percent. */
static void generated(void)
{
	static struct values *const all[] = { &requests, &input, &output,
					      &first, &last, &think, &serve,
					      &hits, &subs };
	size_t i;

	CHECK_EQ(builtin_find("agentic")->generate(take, NULL), 0);
	CHECK_EQ(wrong, 0);
	for (i = 0; i < nr_sessions; i++) {
		struct session *s = &sessions[i];

		if (s->of != s)
			continue;
		add(&requests, s->requests);
		add(&first, s->first);
		add(&last, s->last);
		add(&hits, 10000 * s->hits / s->lookups);
		if (s->subs)
			add(&subs, s->subs);
	}
	CHECK_EQ(requests.nr, 160);
	CHECK_EQ(subs.nr, 4);
	for (i = 0; i < sizeof(all) / sizeof(*all); i++)
		qsort(all[i]->v, all[i]->nr, sizeof(*all[i]->v), compare);
}

/* Returns the value below which @permille lie, or the mean. */
static double figure(const struct values *values, uint32_t permille)
{
	double sum = 0;
	uint32_t i;

	if (permille < MEAN)
		return values->v[(uint64_t)values->nr * permille / 1000];
	for (i = 0; i < values->nr; i++)
		sum += values->v[i];
	return sum / values->nr;
}

static void check_within(const char *what, uint32_t permille, double found,
			 double target, double off)
{
	unit_check(found >= target - off && found <= target + off, __FILE__,
		   __LINE__, "%s at %u is %.0f, not %.0f +- %.0f", what,
		   permille, found, target, off);
}

static void published_lengths(void)
{
	static const struct {
		const char *what;
		const struct values *values;
		uint32_t permille;
		double target;	/* requests, tokens or ms */
	} rows[] = {
		{ "requests", &requests, MEAN, 80 },
		{ "requests", &requests, 250, 19 },
		{ "requests", &requests, 500, 48 },
		{ "requests", &requests, 750, 101 },
		{ "input", &input, MEAN, 139924 },
		{ "input", &input, 100, 43475 },
		{ "input", &input, 500, 109903 },
		{ "input", &input, 900, 300118 },
		{ "output", &output, MEAN, 446 },
		{ "output", &output, 100, 103 },
		{ "output", &output, 500, 218 },
		{ "output", &output, 900, 937 },
		{ "first input", &first, MEAN, 92473 },
		{ "first input", &first, 250, 18726 },
		{ "first input", &first, 500, 24775 },
		{ "first input", &first, 750, 105061 },
		{ "last input", &last, MEAN, 181659 },
		{ "last input", &last, 250, 94686 },
		{ "last input", &last, 500, 137529 },
		{ "last input", &last, 750, 208960 },
		{ "think time", &think, 250, 6000 },
		{ "think time", &think, 500, 10000 },
		{ "think time", &think, 750, 30000 },
		{ "time to serve", &serve, 250, 4400 },
		{ "time to serve", &serve, 500, 6500 },
		{ "time to serve", &serve, 750, 11000 },
		{ "sub-agents", &subs, MEAN, 3.7 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_within(rows[i].what, rows[i].permille,
			     figure(rows[i].values, rows[i].permille),
			     rows[i].target, rows[i].target * 0.05);
}

/* The last rate is of all requests in those files that could be read. */
static void published_rates(void)
{
	static const struct { uint32_t permille; double target; } rows[] = {
		{ MEAN, 9400 }, { 250, 9300 }, { 500, 9600 }, { 750, 9700 },
	};
	uint64_t all_hits = 0, all_lookups = 0;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_within("hit rate", rows[i].permille,
			     figure(&hits, rows[i].permille), rows[i].target,
			     300);
	for (i = 0; i < nr_sessions; i++) {
		all_hits += sessions[i].hits;
		all_lookups += sessions[i].lookups;
	}
	check_within("hit rate of all", MEAN, 1e4 * all_hits / all_lookups,
		     9594, 300);
	check_within("sessions with sub-agents", MEAN,
		     1e4 * subs.nr / requests.nr, 260, 300);
}

int main(void)
{
	RUN(generated);
	RUN(published_lengths);
	RUN(published_rates);
	UNIT_END();
}
