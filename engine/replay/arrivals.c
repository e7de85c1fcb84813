#include <stdlib.h>

#include "engine/replay/arrivals.h"

/* Nine years. Some passes of that length still fit into 64 bits. */
#define SPAN_MAX_NS (INT64_C(1) << 58)

static uint32_t next_tick(const struct trace *t, uint32_t first)
{
	uint32_t i = first;

	while (i < t->nr_requests &&
	       t->requests[i].arrival_ns == t->requests[first].arrival_ns)
		i++;
	return i;
}

static uint32_t count_ticks(const struct trace *t)
{
	uint32_t i, ticks = 0;

	for (i = 0; i < t->nr_requests; i = next_tick(t, i))
		ticks++;
	return ticks;
}

static int64_t mean_gap(const struct trace *t)
{
	uint32_t ticks = count_ticks(t);

	return ticks > 1 ? trace_span_ns(t) / (ticks - 1) : 0;
}

static __int128 scaled(__int128 ns, uint32_t scale)
{
	return ns * 100 / scale;
}

static int check_scale(const struct trace *t, uint32_t scale, struct error *err)
{
	if (scale > ARRIVALS_SCALE_MAX)
		return fail(err,
			    "replay_time_scale=%u is over %u percent; to ignore timestamps set replay_no_stall=1",
			    scale, ARRIVALS_SCALE_MAX);
	if (scaled(trace_span_ns(t), scale) > SPAN_MAX_NS)
		return fail(err,
			    "replay_time_scale=%u: the last request would arrive after more than nine years; is timestamp_unit= right?",
			    scale);
	return 0;
}

int arrivals_make(int64_t **arrivals, int64_t *pass_ns, const struct trace *t,
		  bool spread, uint32_t scale, struct error *err)
{
	int64_t gap = mean_gap(t), start, width;
	uint32_t first, next, i;

	if (check_scale(t, scale, err))
		return -1;
	*arrivals = calloc(t->nr_requests + 1, sizeof(**arrivals));
	if (!*arrivals)
		return fail(err, "no memory for the arrivals of %u requests",
			    t->nr_requests);
	for (first = 0; first < t->nr_requests; first = next) {
		next = next_tick(t, first);
		start = t->requests[first].arrival_ns;
		width = next < t->nr_requests ?
				t->requests[next].arrival_ns - start :
				gap;
		for (i = first; i < next; i++)
			(*arrivals)[i] =
				scaled(start + (spread ?
							(__int128)width *
								(i - first) /
								(next - first) :
							0),
				       scale);
	}
	*pass_ns = scaled((__int128)trace_span_ns(t) + gap, scale);
	return 0;
}
