#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/workload/workload.h"

#define NS_PER_MS 1000000LL
#define NO_SESSION UINT32_MAX

struct session {
	const struct session_class *class;
	uint64_t prefix_id; /* of its class */
	size_t ids_at;	    /* where the last turn's ids begin */
	uint32_t kept;	    /* tokens that the next turn begins with */
	uint32_t turns;
};

struct generator {
	const struct workload *w;
	uint64_t random;
	uint64_t next_id;
	uint32_t *ticks;  /* of each request, in order */
	uint32_t *owners; /* of each request: its session, once known */
	struct session *sessions;
	uint32_t nr_sessions;
	uint64_t *ids; /* of all requests so far, one after the other */
	size_t nr_ids;
	size_t max_ids;
};

static int compare_ticks(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void draw_arrivals(struct generator *g)
{
	const struct workload *w = g->w;
	uint32_t i;

	for (i = 0; i < w->requests; i++) {
		if (w->every_tick && i < w->ticks)
			g->ticks[i] = i;
		else
			g->ticks[i] = random_below(&g->random, w->ticks);
		g->owners[i] = NO_SESSION;
	}
	qsort(g->ticks, w->requests, sizeof(*g->ticks), compare_ticks);
}

/* Returns the first request that arrives at @tick or later. */
static uint32_t request_at(const struct generator *g, uint64_t tick)
{
	uint32_t low = 0, high = g->w->requests;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (g->ticks[middle] < tick)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Makes one of the requests to come the next turn of the session, if it has
 * one. */
static void schedule_next_turn(struct generator *g, uint32_t session,
			       uint32_t request)
{
	const struct session *s = &g->sessions[session];
	const struct session_class *c = s->class;
	uint64_t ticks;
	uint32_t next;

	if (!random_chance(&g->random, s->turns == 1 ? c->second : c->further))
		return;
	ticks = random_quantile(&g->random, c->gap_ms) / g->w->tick_ms;
	next = request_at(g, g->ticks[request] + (ticks ? ticks : 1));
	while (next < g->w->requests && g->owners[next] != NO_SESSION)
		next++;
	if (next < g->w->requests)
		g->owners[next] = session;
}

static void pick_class(struct generator *g, struct session *s)
{
	uint32_t total = 0, pick, i;

	for (i = 0; g->w->mix[i].class; i++)
		total += g->w->mix[i].weight;
	pick = random_below(&g->random, total);
	for (i = 0; pick >= g->w->mix[i].weight; i++) {
		pick -= g->w->mix[i].weight;
		s->prefix_id += g->w->mix[i].class->prefix_blocks;
	}
	s->class = g->w->mix[i].class;
}

/* Makes room for one more request of any length. Returns 0 or -ENOMEM. */
static int reserve_ids(struct generator *g)
{
	size_t need = g->nr_ids + g->w->max_length / BUILTIN_BLOCK_TOKENS;
	uint64_t *ids;

	if (need <= g->max_ids)
		return 0;
	ids = realloc(g->ids, 2 * need * sizeof(*ids));
	if (!ids)
		return -ENOMEM;
	g->ids = ids;
	g->max_ids = 2 * need;
	return 0;
}

/* Writes a turn's ids: those of @kept blocks of the turn before, and new ones.
 * Returns how many there are. */
static uint32_t write_ids(struct generator *g, struct session *s, uint32_t kept,
			  uint64_t length)
{
	uint32_t nr =
		(length + BUILTIN_BLOCK_TOKENS - 1) / BUILTIN_BLOCK_TOKENS;
	uint64_t *ids = g->ids + g->nr_ids;
	uint32_t i;

	for (i = 0; i < nr; i++) {
		if (i < s->class->prefix_blocks)
			ids[i] = s->prefix_id + i;
		else if (i < kept)
			ids[i] = g->ids[s->ids_at + i];
		else
			ids[i] = g->next_id++;
	}
	s->ids_at = g->nr_ids;
	g->nr_ids += nr;
	return nr;
}

static uint32_t first_turn(struct generator *g, struct session *s,
			   struct trace_row *row)
{
	row->input_length = random_quantile(&g->random, s->class->first);
	s->kept = row->input_length - s->class->question;
	return s->class->prefix_blocks;
}

static uint32_t later_turn(struct generator *g, struct session *s,
			   struct trace_row *row)
{
	const struct session_class *c = s->class;
	uint32_t kept = s->kept / BUILTIN_BLOCK_TOKENS;

	row->input_length = s->kept + random_quantile(&g->random, c->added);
	if (row->input_length > g->w->max_length)
		row->input_length = g->w->max_length;
	if (!c->document_turns)
		s->kept = row->input_length;
	if (random_chance(&g->random, c->edited))
		kept -= random_below(&g->random, kept);
	return kept;
}

static int give_request(struct generator *g, uint32_t request, trace_sink sink,
			void *arg)
{
	struct trace_row row = { 0 };
	uint32_t session = g->owners[request];
	struct session *s;
	uint32_t kept;

	if (reserve_ids(g))
		return -ENOMEM;
	if (session == NO_SESSION)
		session = g->nr_sessions++;
	s = &g->sessions[session];
	if (!s->class)
		pick_class(g, s);
	kept = s->turns++ ? later_turn(g, s, &row) : first_turn(g, s, &row);
	row.nr_hash_ids = write_ids(g, s, kept, row.input_length);
	row.hash_ids = g->ids + s->ids_at;
	row.output_length = random_quantile(&g->random, s->class->output);
	row.timestamp_ns = (int64_t)(g->ticks[request] - g->ticks[0]) *
			   g->w->tick_ms * NS_PER_MS;
	schedule_next_turn(g, session, request);
	return sink(arg, &row);
}

static int give_requests(struct generator *g, trace_sink sink, void *arg)
{
	uint32_t i;
	int ret = 0;

	for (i = 0; g->w->mix[i].class; i++)
		g->next_id += g->w->mix[i].class->prefix_blocks;
	draw_arrivals(g);
	for (i = 0; i < g->w->requests && !ret; i++)
		ret = give_request(g, i, sink, arg);
	return ret;
}

int workload_generate(const struct workload *w, trace_sink sink, void *arg)
{
	struct generator g = { .w = w, .random = w->seed };
	int ret = -ENOMEM;

	g.ticks = calloc(w->requests, sizeof(*g.ticks));
	g.owners = calloc(w->requests, sizeof(*g.owners));
	g.sessions = calloc(w->requests, sizeof(*g.sessions));
	if (g.ticks && g.owners && g.sessions)
		ret = give_requests(&g, sink, arg);
	free(g.ticks);
	free(g.owners);
	free(g.sessions);
	free(g.ids);
	return ret;
}
