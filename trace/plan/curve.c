#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace/plan/curve.h"

#define NEVER UINT32_MAX /* the distance of a block not used before */

/*
 * Every block used so far has a mark at the time of its latest use; a Fenwick
 * tree counts the marks up to a time. Times begin at 1.
 */
struct stack {
	uint32_t *tree; /* index 1 .. size */
	uint64_t size;
	uint64_t now;
	uint64_t *latest;  /* use of each block, 0 is none */
	uint32_t *lookups; /* of each block */
	uint32_t blocks;   /* used so far */
};

static void mark(struct stack *s, uint64_t time, uint32_t change)
{
	for (; time <= s->size; time += time & -time)
		s->tree[time] += change;
}

static uint32_t marks_until(const struct stack *s, uint64_t time)
{
	uint32_t sum = 0;

	for (; time; time &= time - 1)
		sum += s->tree[time];
	return sum;
}

/* Uses the block and returns its stack distance, 1 or more, or NEVER. */
static uint32_t use(struct stack *s, uint32_t block)
{
	uint64_t latest = s->latest[block];
	uint32_t distance = NEVER;

	if (latest) {
		distance = s->blocks - marks_until(s, latest) + 1;
		mark(s, latest, -1);
	} else {
		s->blocks++;
	}
	s->latest[block] = ++s->now;
	mark(s, s->now, 1);
	return distance;
}

/* Looks up a request. Its lookups go into histograms by the capacity that each
 * needs to be a hit. */
static void look_up_request(struct curve *c, struct stack *s,
			    const struct trace *t, const struct plan_options *o,
			    uint32_t r, bool counted)
{
	const struct trace_request *rq = &t->requests[r];
	uint32_t nr_lookups = trace_lookups_of(t, r);
	uint32_t needed = 0; /* by the prefix so far */

	for (uint32_t i = 0; i < nr_lookups; i++) {
		uint32_t block = t->lookups[rq->first_lookup + i];
		bool admitted = ++s->lookups[block] >= o->admit;
		uint32_t distance = admitted ? use(s, block) : NEVER;

		if (o->lookup == PLAN_LOOKUP_BLOCK || distance > needed)
			needed = distance;
		if (!counted)
			continue;
		c->lookups++;
		c->unadmitted += !admitted;
		if (distance != NEVER)
			c->cached[distance]++;
		if (needed != NEVER)
			c->hits[needed]++;
	}
}

static void accumulate(struct curve *c)
{
	for (uint32_t slots = 1; slots <= c->max_slots; slots++) {
		c->hits[slots] += c->hits[slots - 1];
		c->cached[slots] += c->cached[slots - 1];
	}
}

static bool stack_init(struct stack *s, const struct trace *t)
{
	s->size = t->nr_lookups;
	s->tree = calloc(s->size + 1, sizeof(*s->tree));
	s->latest = calloc(t->nr_blocks + UINT64_C(1), sizeof(*s->latest));
	s->lookups = calloc(t->nr_blocks + UINT64_C(1), sizeof(*s->lookups));
	return s->tree && s->latest && s->lookups;
}

static void stack_free(struct stack *s)
{
	free(s->tree);
	free(s->latest);
	free(s->lookups);
}

static bool curve_init(struct curve *c, const struct trace *t)
{
	memset(c, 0, sizeof(*c));
	c->max_slots = t->nr_blocks;
	c->hits = calloc(t->nr_blocks + UINT64_C(1), sizeof(*c->hits));
	c->cached = calloc(t->nr_blocks + UINT64_C(1), sizeof(*c->cached));
	return c->hits && c->cached;
}

int curve_make(struct curve *c, const struct trace *t,
	       const struct plan_options *o, struct error *err)
{
	struct stack s = { 0 };
	bool room = curve_init(c, t) && stack_init(&s, t);

	if (room) {
		for (uint32_t r = 0; r < t->nr_requests; r++)
			look_up_request(c, &s, t, o, r,
					r >= o->warmup_requests);
		accumulate(c);
	}
	stack_free(&s);
	if (room)
		return 0;
	curve_free(c);
	return fail(err,
		    "not enough memory for the curve of %" PRIu64
		    " lookups: cut the trace with --max-requests",
		    t->nr_lookups);
}

void curve_free(struct curve *c)
{
	free(c->hits);
	free(c->cached);
	memset(c, 0, sizeof(*c));
}
