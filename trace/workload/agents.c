#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/workload/agents.h"

#define NS_PER_MS 1000000LL
#define NEVER INT64_MAX
/* What a reworded turn loses: up to two blocks of 64 tokens and a bit. */
#define REWORDED_TOKENS 140

/* A session. One that is over, or waits for sub-agents, arrives NEVER. */
struct agent {
	const struct agent_class *class;
	char name[32];	      /* of the session */
	struct agent *parent; /* of a sub-agent */
	struct agent *subs;
	uint32_t nr_subs;
	uint32_t subs_after; /* the turn at whose end they begin */
	uint32_t running;    /* of them */
	uint32_t turns;	     /* in all */
	uint32_t turn;	     /* that comes next, from 0 */
	uint32_t length;     /* input tokens of the latest turn */
	uint32_t nr_ids;     /* of the last turn */
	uint64_t *ids;
	int64_t arrival_ms; /* of the next turn */
	int64_t served_ms;  /* end of the last one */
};

struct generator {
	const struct agents *a;
	uint64_t random;
	uint64_t next_id;
	struct agent *agents; /* sessions, then sub-agents */
	uint32_t nr_sessions;
	uint32_t nr_agents;
	uint32_t *order; /* a permutation of the sessions */
	uint64_t *ids;	 /* room for one turn of each agent */
};

static uint32_t blocks_of(uint32_t tokens)
{
	return (tokens + BUILTIN_BLOCK_TOKENS - 1) / BUILTIN_BLOCK_TOKENS;
}

static void shuffle(struct generator *g, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		uint32_t j = random_below(&g->random, i + 1);

		g->order[i] = g->order[j];
		g->order[j] = i;
	}
}

/* Returns the middle of the @i-th of @nr equal parts of a distribution. */
static uint32_t middle(const struct quantile *q, uint32_t i, uint32_t nr)
{
	return quantile_at(q, (2ULL * i + 1) * QUANTILE_PARTS / (2 * nr));
}

/*
 * Draws the sessions of a class. So few of them would be far off their
 * distributions if each were drawn by itself, so each takes one of as many
 * equal parts of it.
 */
static void draw_class(struct generator *g, const struct agent_class *class,
		       struct agent *sessions)
{
	uint32_t nr = class->sessions;

	shuffle(g, nr);
	for (uint32_t i = 0; i < nr; i++) {
		sessions[i].class = class;
		sessions[i].turns = middle(class->turns, g->order[i], nr);
	}
	shuffle(g, nr);
	for (uint32_t i = 0; i < nr; i++)
		sessions[i].length = middle(class->first, g->order[i], nr);
}

static void draw_sessions(struct generator *g)
{
	const struct agents *a = g->a;
	uint32_t nr = g->nr_sessions, first = 0;

	for (uint32_t c = 0; a->classes[c]; c++) {
		draw_class(g, a->classes[c], g->agents + first);
		first += a->classes[c]->sessions;
	}
	shuffle(g, nr);
	for (uint32_t i = 0; i < nr; i++) {
		struct agent *s = &g->agents[i];

		s->arrival_ms = ((uint64_t)g->order[i] * a->window_ms +
				 random_below(&g->random, a->window_ms)) /
				nr;
		snprintf(s->name, sizeof(s->name), "%u", g->order[i] + 1);
	}
}

static void draw_sub(struct generator *g, struct agent *sub,
		     struct agent *parent)
{
	sub->class = g->a->sub;
	sub->parent = parent;
	sub->turns = random_quantile(&g->random, sub->class->turns);
	sub->length = random_quantile(&g->random, sub->class->first);
	sub->arrival_ms = NEVER;
}

static void draw_subs(struct generator *g, uint32_t parents)
{
	struct agent *sub = g->agents + g->nr_sessions;

	shuffle(g, g->nr_sessions);
	for (uint32_t i = 0; i < parents; i++) {
		struct agent *parent = &g->agents[g->order[i]];

		parent->subs = sub;
		parent->nr_subs = middle(g->a->subs, i, parents);
		parent->subs_after = random_below(&g->random, parent->turns);
		for (uint32_t j = 0; j < parent->nr_subs; j++, sub++) {
			draw_sub(g, sub, parent);
			snprintf(sub->name, sizeof(sub->name), "%.16s.%u",
				 parent->name, j + 1);
		}
	}
}

/*
 * Draws how many tokens a turn adds. An agent reads most of what it needs in
 * its first turns, and the fewer turns a session has, the more each of them
 * adds.
 */
static uint32_t draw_added(struct generator *g, const struct agent *s)
{
	uint64_t added = random_quantile(&g->random, s->class->added);

	return added * (60 + 400 / s->turn + 1950 / s->turns) / 100 + 1;
}

/* Draws how many tokens are kept of a context of @before that is sent anew. */
static uint32_t draw_kept(struct generator *g, uint32_t before)
{
	uint32_t kept = random_quantile(&g->random, g->a->kept);

	return kept < before ? kept : before;
}

/* Draws the length of a turn. Returns how many tokens it keeps of the turn
 * before it. */
static uint32_t draw_turn(struct generator *g, struct agent *s)
{
	const struct agents *a = g->a;
	uint32_t before = s->length, kept = before, left;
	uint32_t added = draw_added(g, s);
	uint32_t event = random_below(&g->random, 1000);

	s->length += added;
	if (event < a->compact || s->length > s->class->context) {
		left = random_quantile(&g->random, s->class->compacted);
		kept = draw_kept(g, before);
		s->length = (uint64_t)before * left / 1000;
		if (s->length < kept)
			s->length = kept + added;
	} else if (event < a->compact + a->broken) {
		kept = draw_kept(g, before);
	} else if (event < a->compact + a->broken + a->reworded) {
		kept -= random_below(&g->random, REWORDED_TOKENS);
	}
	if (s->length > a->max_length)
		s->length = a->max_length;
	return kept;
}

/* Writes the ids of a turn that keeps @kept tokens of the one before it. */
static void write_ids(struct generator *g, struct agent *s, uint32_t kept)
{
	uint32_t nr = blocks_of(s->length);
	uint32_t same = kept / BUILTIN_BLOCK_TOKENS;

	for (uint32_t i = same; i < nr; i++)
		s->ids[i] = g->next_id++;
	s->nr_ids = nr;
}

/* Writes the ids of a first turn. It shares the prefix of its class with other
 * sessions. */
static void first_ids(struct generator *g, struct agent *s)
{
	uint64_t first = s->class == g->a->sub ? g->a->classes[0]->prefix /
							 BUILTIN_BLOCK_TOKENS :
						 0;
	uint32_t shared = s->class->prefix;

	if (shared > s->length)
		shared = s->length;
	for (uint32_t i = 0; i < shared / BUILTIN_BLOCK_TOKENS; i++)
		s->ids[i] = first + i;
	write_ids(g, s, shared);
}

static void start_subs(struct generator *g, struct agent *s)
{
	s->running = s->nr_subs;
	s->arrival_ms = NEVER;
	for (uint32_t i = 0; i < s->nr_subs; i++)
		s->subs[i].arrival_ms =
			s->served_ms + random_below(&g->random, 1000);
}

/*
 * Decides when the next turn comes: after a think time, or when sub-agents end.
 */
static void schedule(struct generator *g, struct agent *s)
{
	struct agent *parent = s->parent;
	uint32_t think = random_quantile(&g->random, s->class->think_ms);

	s->arrival_ms = s->turn < s->turns ? s->served_ms + think : NEVER;
	if (s->nr_subs && s->turn == s->subs_after + 1 && s->turn < s->turns)
		start_subs(g, s);
	if (!parent || s->turn < s->turns || --parent->running)
		return;
	parent->arrival_ms = s->served_ms + think;
}

static int give_turn(struct generator *g, struct agent *s, trace_sink sink,
		     void *arg)
{
	struct trace_row row = { 0 };

	if (s->turn)
		write_ids(g, s, draw_turn(g, s));
	else
		first_ids(g, s);
	row.timestamp_ns = s->arrival_ms * NS_PER_MS;
	row.delayed = s->turn > 0;
	if (row.delayed)
		row.delay_ns = (s->arrival_ms - s->served_ms) * NS_PER_MS;
	row.session = s->name;
	row.session_length = strlen(s->name);
	row.input_length = s->length;
	row.output_length = random_quantile(&g->random, g->a->output);
	row.hash_ids = s->ids;
	row.nr_hash_ids = s->nr_ids;
	s->turn++;
	s->served_ms =
		s->arrival_ms + random_quantile(&g->random, g->a->serve_ms);
	schedule(g, s);
	return sink(arg, &row);
}

/* Returns the agent whose next turn is the earliest, or NULL where all are
 * over. */
static struct agent *next_agent(const struct generator *g)
{
	struct agent *next = NULL;
	int64_t earliest = NEVER;

	for (uint32_t i = 0; i < g->nr_agents; i++) {
		if (g->agents[i].arrival_ms >= earliest)
			continue;
		next = &g->agents[i];
		earliest = next->arrival_ms;
	}
	return next;
}

static int give_turns(struct generator *g, uint32_t parents, trace_sink sink,
		      void *arg)
{
	uint32_t max_ids = blocks_of(g->a->max_length);
	struct agent *s;
	int ret = 0;

	for (uint32_t i = 0; i < g->nr_agents; i++)
		g->agents[i].ids = g->ids + (size_t)i * max_ids;
	g->next_id = (g->a->classes[0]->prefix + g->a->sub->prefix) /
		     BUILTIN_BLOCK_TOKENS;
	draw_sessions(g);
	draw_subs(g, parents);
	for (s = next_agent(g); s && !ret; s = next_agent(g))
		ret = give_turn(g, s, sink, arg);
	return ret;
}

int agents_generate(const struct agents *a, trace_sink sink, void *arg)
{
	struct generator g = { .a = a, .random = a->seed };
	uint32_t parents;
	int ret = -ENOMEM;

	for (uint32_t c = 0; a->classes[c]; c++)
		g.nr_sessions += a->classes[c]->sessions;
	parents = g.nr_sessions * a->with_subs / 1000;
	g.nr_agents = g.nr_sessions;
	for (uint32_t i = 0; i < parents; i++)
		g.nr_agents += middle(a->subs, i, parents);
	g.agents = calloc(g.nr_agents, sizeof(*g.agents));
	g.order = calloc(g.nr_sessions, sizeof(*g.order));
	g.ids = calloc((size_t)g.nr_agents * blocks_of(a->max_length),
		       sizeof(*g.ids));
	if (g.agents && g.order && g.ids)
		ret = give_turns(&g, parents, sink, arg);
	free(g.agents);
	free(g.order);
	free(g.ids);
	return ret;
}
