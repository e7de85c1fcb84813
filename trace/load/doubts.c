#include <inttypes.h>
#include <stdio.h>

#include "trace/base/span.h"
#include "trace/load/doubts.h"

/* Nothing serves more input: the largest published clusters do some millions a
 * second. */
#define TOKENS_A_NS 1

/*
 * Seconds since 1970 lie within these from 2001 to 2096, but milliseconds since
 * a machine was started do so, too, after 11 to 46 days. So seconds are only
 * suspected where more than this many tokens arrive in a millisecond.
 */
#define UNIX_SECONDS_MIN 1000000000
#define UNIX_SECONDS_MAX 4000000000
#define TOKENS_A_MS_MANY 1000

#define SPAN_SHORT_NS 1000000000
#define NS_PER_MS 1000000

/* In a trace of rows that hold everything, at least so many of ten later rows
 * of sessions begin like the row before. */
#define SHARING_TENTHS 1

struct times {
	uint64_t span_ns;
	uint64_t tokens; /* of input: output takes its time later */
	bool fractions;	 /* of a millisecond */
};

static struct times times_of(const struct trace *t)
{
	struct times times = { 0 };

	for (uint32_t r = 0; r < t->nr_requests; r++) {
		const struct trace_request *rq = &t->requests[r];

		if ((uint64_t)rq->arrival_ns > times.span_ns)
			times.span_ns = rq->arrival_ns;
		times.tokens += rq->input_length;
		times.fractions |= rq->arrival_ns % NS_PER_MS != 0;
	}
	return times;
}

static bool since_1970(int64_t first_ns)
{
	return first_ns >= UNIX_SECONDS_MIN * (int64_t)NS_PER_MS &&
	       first_ns <= UNIX_SECONDS_MAX * (int64_t)NS_PER_MS;
}

int doubt_times(struct trace *t, const struct trace_options *o,
		int64_t first_ns, struct error *err)
{
	bool ms = o->unit == TRACE_UNIT_MS;
	struct times times;
	char span[SPAN_TEXT];

	if (o->untimed || o->sessions)
		return 0;
	times = times_of(t);
	/* Requests that all arrive at one moment are a burst, in any unit. */
	if (!times.span_ns)
		return 0;
	span_text(span, times.span_ns);
	if (times.span_ns * TOKENS_A_NS < times.tokens)
		return fail_at(err, o->source, 0,
			       "%" PRIu64
			       " tokens arrive within %s, more than a billion a second; %s",
			       times.tokens, span,
			       ms ? "if timestamps are in seconds, set timestamp_unit=s" :
				    "timestamp_unit=s is not right");
	if (ms && since_1970(first_ns) &&
	    times.tokens / TOKENS_A_MS_MANY * NS_PER_MS > times.span_ns)
		return fail_at(err, o->source, 0,
			       "%" PRIu64
			       " tokens arrive within %s, and the timestamps look like seconds since 1970; set timestamp_unit=s",
			       times.tokens, span);
	if (ms && times.span_ns < SPAN_SHORT_NS && times.fractions)
		snprintf(t->remark, sizeof(t->remark),
			 "its timestamps, read as milliseconds, span only %s; if they are seconds, set timestamp_unit=s",
			 span);
	return 0;
}

void doubt_rows(struct builder *b)
{
	bool whole = b->o->session_rows == TRACE_ROWS_WHOLE;
	bool many = b->sharing * 10 >= b->later_rows * SHARING_TENTHS;

	if (!b->later_rows || whole == many)
		return;
	if (whole)
		snprintf(b->t->remark, sizeof(b->t->remark),
			 "%" PRIu64 " of %" PRIu64
			 " later rows of sessions begin with the hash_ids of the row before; if rows hold only what is new, set session_rows=new",
			 b->sharing, b->later_rows);
	else
		snprintf(b->t->remark, sizeof(b->t->remark),
			 "%" PRIu64 " of %" PRIu64
			 " later rows of sessions begin with the hash_ids of the row before; if rows hold all of their request, set session_rows=whole",
			 b->sharing, b->later_rows);
}
