#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace/base/array.h"
#include "trace/load/builder.h"

#define STOP_EVERY 1024 /* requests */

void builder_init(struct builder *b, struct trace *t,
		  const struct trace_options *o,
		  const struct trace_limits *limits, struct error *err)
{
	*b = (struct builder){ .t = t,
			       .o = o,
			       .limits = limits,
			       .err = err,
			       .ids.list = &t->hash_ids };
}

void builder_end(struct builder *b)
{
	ids_end(&b->ids);
	sessions_forget_names(&b->sessions);
}

void builder_free(struct builder *b)
{
	builder_end(b);
	sessions_free(&b->sessions);
}

static int no_memory(struct builder *b)
{
	return fail_at(b->err, b->o->source, 0,
		       "out of memory at request %" PRIu64
		       "; cut the trace with max_requests=",
		       (uint64_t)b->t->nr_requests + 1);
}

static int too_many(struct builder *b, const char *what, uint64_t limit)
{
	return fail_at(b->err, b->o->source, 0,
		       "the trace has more than %" PRIu64
		       " %s, the most there is room for; cut it with max_requests=%" PRIu32,
		       limit, what, b->t->nr_requests);
}

static int room_for(struct builder *b, uint64_t new_lookups)
{
	struct trace *t = b->t;
	uint64_t lookups = t->nr_lookups + new_lookups;
	struct trace_request *requests;
	uint32_t *numbers;

	if (t->nr_requests >= b->limits->requests)
		return too_many(b, "requests", b->limits->requests);
	if (lookups > b->limits->lookups)
		return too_many(b, "lookups", b->limits->lookups);
	requests = array_grow(t->requests, &b->max_requests,
			      t->nr_requests + 1ull, sizeof(*requests));
	if (!requests)
		return no_memory(b);
	t->requests = requests;
	numbers = array_grow(t->lookups, &b->max_lookups, lookups,
			     sizeof(*numbers));
	if (!numbers)
		return no_memory(b);
	t->lookups = numbers;
	return 0;
}

/* Writes the blocks of the first @nr ids of the row to @to. */
static int add_lookups(struct builder *b, const struct trace_row *row,
		       uint32_t *to, size_t nr)
{
	struct trace *t = b->t;

	if (ids_number(&b->ids, row->hash_ids, nr, to))
		return no_memory(b);
	if (t->hash_ids.nr > b->limits->blocks)
		return too_many(b, "blocks", b->limits->blocks);
	t->nr_blocks = t->hash_ids.nr;
	return 0;
}

static int bad_row(struct builder *b, const char *why)
{
	fail(b->err, "%s", why);
	return TRACE_SINK_BAD_ROW;
}

/* Finds when a row arrives that has no timestamp, and completes @when. */
static int place_untimed(struct builder *b, const struct trace_row *row,
			 uint32_t before, int64_t *arrival,
			 struct session_row *when)
{
	if (before != TRACE_NO_REQUEST) {
		*arrival = b->t->requests[before].arrival_ns;
		when->dated = b->sessions.rows[before].dated;
		if (*arrival > TRACE_TIME_MAX_NS - row->delay_ns)
			return bad_row(b,
				       "\"delay\" ends beyond 146 years; is timestamp_unit= right?");
		*arrival += row->delay_ns;
		return 0;
	}
	if (!b->o->untimed && !b->o->sessions) {
		fail(b->err, "\"timestamp\" is %s; %s", row->untimed,
		     row->session ?
			     "the first row of a session needs it, unless sessions= or replay_no_stall=1 is set" :
			     "every request needs it, unless replay_no_stall=1 is set");
		return TRACE_SINK_BAD_ROW;
	}
	*arrival = row->session ? 0 : b->plain_ns;
	when->dated = !row->session && b->plain_dated;
	return 0;
}

/* Finds the delay of a row from the row before it by their timestamps, where
 * the row itself has none. */
static int find_delay(struct builder *b, const struct trace_row *row,
		      uint32_t before, int64_t arrival,
		      struct session_row *when)
{
	if (row->delayed || before == TRACE_NO_REQUEST || !when->dated ||
	    !b->sessions.rows[before].dated)
		return 0;
	when->delay_ns = arrival - b->t->requests[before].arrival_ns;
	if (when->delay_ns < 0 && b->o->sessions)
		return bad_row(b,
			       "\"timestamp\" is less than the one of its session's row before; with sessions= the rows of a session go up");
	return 0;
}

/* Finds when the row arrives, and fills @when with how that is known. */
static int place_in_time(struct builder *b, const struct trace_row *row,
			 uint32_t before, int64_t *arrival,
			 struct session_row *when)
{
	*when = (struct session_row){ .timed = !row->untimed,
				      .dated = true,
				      .delay_ns = row->delay_ns };
	*arrival = row->timestamp_ns;
	if (row->untimed)
		return place_untimed(b, row, before, arrival, when);
	if (!row->session && b->plain_dated && *arrival < b->plain_ns)
		return bad_row(b,
			       "\"timestamp\" is less than the one of the request before; sort the trace by timestamp");
	return find_delay(b, row, before, *arrival, when);
}

/* Makes a session of its own of each request so far, which had none. */
static int begin_sessions(struct builder *b)
{
	const struct trace_row plain = { 0 };

	for (uint32_t r = 0; r < b->t->nr_requests; r++) {
		struct session_row row = { .dated = r >= b->undated };

		if (sessions_add(&b->sessions, &plain, row))
			return no_memory(b);
	}
	return 0;
}

/* Adds the tokens of the row before, which the request has too. *@shared is how
 * many lookups it has from there. */
static int begin_like(struct builder *b, uint32_t before,
		      struct trace_request *rq, uint32_t *shared)
{
	const struct trace_request *like = &b->t->requests[before];

	if (like->input_length > UINT32_MAX - rq->input_length)
		return bad_row(b,
			       "the input lengths of the session add up to more than 4294967295; is session_rows=new right?");
	rq->input_length += like->input_length;
	*shared = trace_lookups_of(b->t, before);
	return 0;
}

/* Counts rows whose first block is that of the row before in their session:
 * this tells rows that hold everything from those that hold what is new. */
static void compare(struct builder *b, uint32_t before, const uint32_t *ids)
{
	const struct trace_request *like = &b->t->requests[before];

	b->later_rows++;
	b->sharing += trace_lookups_of(b->t, before) &&
		      b->t->lookups[like->first_lookup] == *ids;
}

/*
 * Returns how many lookups the row itself has. With partial=skip and rows of
 * what is new, the one of a partly filled block is left out here: select.c sees
 * only the ends of requests.
 */
static size_t own_lookups(const struct builder *b, const struct trace_row *row)
{
	uint64_t full = row->input_length / b->o->block_tokens;

	if (b->o->session_rows == TRACE_ROWS_NEW &&
	    b->o->partial == TRACE_PARTIAL_SKIP && row->nr_hash_ids > full)
		return full;
	return row->nr_hash_ids;
}

static int add_request(struct builder *b, const struct trace_row *row,
		       uint32_t before, struct trace_request *rq)
{
	struct trace *t = b->t;
	size_t own = own_lookups(b, row);
	uint32_t shared = 0;
	int ret;

	rq->first_lookup = t->nr_lookups;
	rq->input_length = row->input_length;
	rq->output_length = row->output_length;
	if (before != TRACE_NO_REQUEST &&
	    b->o->session_rows == TRACE_ROWS_NEW) {
		ret = begin_like(b, before, rq, &shared);
		if (ret)
			return ret;
	}
	if (room_for(b, shared + own))
		return -1;
	if (shared)
		memcpy(t->lookups + rq->first_lookup,
		       t->lookups + t->requests[before].first_lookup,
		       shared * sizeof(*t->lookups));
	if (add_lookups(b, row, t->lookups + rq->first_lookup + shared, own))
		return -1;
	if (before != TRACE_NO_REQUEST && own)
		compare(b, before, t->lookups + rq->first_lookup + shared);
	t->requests[t->nr_requests++] = *rq;
	t->nr_lookups += shared + own;
	return 0;
}

static void note_plain(struct builder *b, const struct trace_row *row,
		       const struct session_row *when, int64_t arrival)
{
	if (row->session)
		return;
	b->plain_ns = arrival;
	b->plain_dated = when->dated;
	if (!when->dated && !b->sessions.rows)
		b->undated = b->t->nr_requests;
}

int builder_add(void *arg, const struct trace_row *row)
{
	struct builder *b = arg;
	struct trace_request rq = { 0 };
	struct session_row when;
	uint32_t before;
	int64_t arrival;
	int ret;

	if (b->t->nr_requests % STOP_EVERY == 0 && b->o->stop && b->o->stop())
		return fail_at(b->err, b->o->source, 0,
			       "stopped while the trace was read");
	before = sessions_before(&b->sessions, row);
	ret = place_in_time(b, row, before, &arrival, &when);
	if (ret)
		return ret;
	if ((row->session || b->o->sessions) && !b->sessions.rows &&
	    begin_sessions(b))
		return -1;
	rq.arrival_ns = arrival;
	ret = add_request(b, row, before, &rq);
	if (ret)
		return ret;
	note_plain(b, row, &when, arrival);
	if (!row->session && !b->o->sessions && !b->sessions.rows)
		return b->t->nr_requests == b->o->max_requests;
	if (sessions_add(&b->sessions, row, when))
		return no_memory(b);
	return 0;
}
