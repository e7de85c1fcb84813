/* When the requests of a replay arrive. */
#include "engine/replay/arrivals.c"

#include "small_trace.h"
#include "unit.h"

#define MS		INT64_C(1000000)
#define HOUR		(3600 * 1000 * MS)
#define ARRIVALS(...)	((const int64_t[]){ __VA_ARGS__ })

static struct small_trace s;

/* Makes a trace with requests at these times; -1 ends them. */
static void trace_of(const int64_t *at)
{
	small_begin(&s);
	for (; *at >= 0; at++) {
		small_request(&s, (uint32_t[]){ 0 }, 1, 0);
		s.requests[s.t.nr_requests - 1].arrival_ns = *at;
	}
}

/*
 * Makes the arrivals, and compares them with @want. Returns what a pass adds.
 */
static int64_t arrive(const int64_t *want, bool spread, uint32_t scale)
{
	struct error err = { "" };
	int64_t *got = NULL, pass_ns = -1;
	uint32_t i;

	CHECK_EQ(arrivals_make(&got, &pass_ns, &s.t, spread, scale, &err), 0);
	CHECK_STR(err.text, "");
	for (i = 0; i < s.t.nr_requests; i++)
		CHECK_EQ(got[i], want[i]);
	free(got);
	return pass_ns;
}

static void as_stamped(void)
{
	const int64_t *at = ARRIVALS(0, 10 * MS, 10 * MS, 30 * MS, -1);

	trace_of(at);
	CHECK_EQ(arrive(at, false, 100), 45 * MS);
}

/* The clock of the whole trace begins before the requests of this shard. */
static void a_first_request_that_is_late_stays_late(void)
{
	const int64_t *at = ARRIVALS(500 * MS, 700 * MS, -1);

	trace_of(at);
	CHECK_EQ(arrive(at, false, 100), 400 * MS);
	CHECK_EQ(arrive(at, true, 100), 400 * MS);
	CHECK_EQ(arrive(ARRIVALS(250 * MS, 350 * MS), false, 200), 200 * MS);
}

static void many_at_one_timestamp_are_spread_up_to_the_next(void)
{
	trace_of(ARRIVALS(0, 0, 0, 0, 8 * MS, 10 * MS, 10 * MS, -1));
	CHECK_EQ(arrive(ARRIVALS(0, 2 * MS, 4 * MS, 6 * MS, 8 * MS, 10 * MS,
				 12 * MS + MS / 2), true, 100), 15 * MS);
}

static void all_at_one_timestamp_stay_there(void)
{
	trace_of(ARRIVALS(7, 7, 7, -1));
	CHECK_EQ(arrive(ARRIVALS(7, 7, 7), true, 100), 0);
	CHECK_EQ(arrive(ARRIVALS(7, 7, 7), false, 100), 0);
}

static void fractions_of_a_millisecond_count(void)
{
	trace_of(ARRIVALS(0, MS / 4, MS / 2 + 1, -1));
	arrive(ARRIVALS(0, MS / 4, MS / 2 + 1), false, 100);
	arrive(ARRIVALS(0, MS / 2, MS + 2), false, 50);
	arrive(ARRIVALS(0, MS / 400, MS / 200), false, 10000);
}

static void an_hour_of_silence(void)
{
	trace_of(ARRIVALS(0, HOUR, HOUR, -1));
	arrive(ARRIVALS(0, HOUR / 36000, HOUR / 36000), false, 3600000);
	arrive(ARRIVALS(0, HOUR * 100, HOUR * 100), false, 1);
	arrive(ARRIVALS(0, HOUR, HOUR + HOUR / 2), true, 100);
	arrive(ARRIVALS(0, 3600 * 1000, 3600 * 1000), false,
	       ARRIVALS_SCALE_MAX);
}

/* Each arrival is scaled by itself, so that rounding doesn't add up. */
static void no_drift(void)
{
	int64_t at[101], want[100];
	int i;

	for (i = 0; i < 100; i++) {
		at[i] = i * 10 * MS;
		want[i] = (__int128)at[i] * 100 / 333;
	}
	at[100] = -1;
	trace_of(at);
	arrive(want, false, 333);
}

static void spread_keeps_the_order(void)
{
	struct error err = { "" };
	int64_t *got = NULL, pass_ns = 0;
	uint64_t seed = 1;
	uint32_t i;

	small_begin(&s);
	for (i = 0; i < SMALL_REQUESTS; i++) {
		small_request(&s, NULL, 0, 0);
		s.requests[i].arrival_ns = i ? s.requests[i - 1].arrival_ns +
			small_random(&seed, 3) : 0;
	}
	CHECK_EQ(arrivals_make(&got, &pass_ns, &s.t, true, 7, &err), 0);
	for (i = 1; i < SMALL_REQUESTS; i++)
		CHECK(got[i] >= got[i - 1]);
	CHECK(pass_ns >= got[SMALL_REQUESTS - 1]);
	free(got);
}

static void an_empty_shard(void)
{
	small_begin(&s);
	CHECK_EQ(arrive(NULL, true, 100), 0);
}

static void refused(uint32_t scale, const char *says)
{
	struct error err = { "" };
	int64_t *got, pass_ns;

	CHECK_EQ(arrivals_make(&got, &pass_ns, &s.t, false, scale, &err), -1);
	CHECK_HAS(err.text, says);
	CHECK_HAS(err.text, "replay_time_scale=");
}

static void absurd_scales_are_refused(void)
{
	trace_of(ARRIVALS(0, HOUR, -1));
	refused(ARRIVALS_SCALE_MAX + 1, "over 100000000 percent");
	refused(UINT32_MAX, "replay_no_stall=1");
	trace_of(ARRIVALS(0, 24 * 365 * HOUR, -1));
	refused(1, "more than nine years");
	refused(10, "timestamp_unit=");
	arrive(ARRIVALS(0, 24 * 365 * HOUR), false, 100);
}

int main(void)
{
	RUN(as_stamped);
	RUN(a_first_request_that_is_late_stays_late);
	RUN(many_at_one_timestamp_are_spread_up_to_the_next);
	RUN(all_at_one_timestamp_stay_there);
	RUN(fractions_of_a_millisecond_count);
	RUN(an_hour_of_silence);
	RUN(no_drift);
	RUN(spread_keeps_the_order);
	RUN(an_empty_shard);
	RUN(absurd_scales_are_refused);
	UNIT_END();
}
