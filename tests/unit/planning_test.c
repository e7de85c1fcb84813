/*
 * Requests taken, planned, done and forgotten in a window that is much smaller
 * than the trace: every layout, with requests ending in any order.
 */
#define TEST_STEPS 64

#include <stdlib.h>

#include "engine/replay/planning.c"
#include "engine/replay/replay.c"
#include "engine/replay/ring.c"
#include "engine/replay/take.c"
#include "engine/replay/turns.c"
#include "small_trace.h"
#include "trace/plan/planner.h"
#include "unit.h"

#define PASSES	  7
#define IN_FLIGHT 9
#define SLOTS	  128
#define MAX_STEPS 128

struct flight {
	struct request *req; /* NULL: none */
	bool done[MAX_STEPS];
	uint32_t left;
};

static struct small_trace small;
static struct error err;
static struct replay *replay;
static struct worker *worker;
static struct flight flights[IN_FLIGHT];
static uint32_t held[SLOTS]; /* the block in each slot */
static uint64_t steps_done[4], requests_done;

static void begin(const struct plan_options *o, uint64_t passes)
{
	const struct replay_params params = {
		.trace = &small.t,
		.plan = o,
		.passes = passes,
		.nr_workers = 1,
	};

	replay = replay_create(&params, &err);
	CHECK(replay != NULL);
	worker = replay_join(replay, 1);
	memset(flights, 0, sizeof(flights));
	memset(held, 0, sizeof(held));
	memset(steps_done, 0, sizeof(steps_done));
	requests_done = 0;
}

/* Takes a request. One that can't be planned yet is bound later. */
static void take(struct flight *f)
{
	struct take how = { 0 };

	f->req = take_request(replay, &how);
	if (f->req)
		planning_look_ahead(replay, worker);
}

static bool bind(struct flight *f)
{
	if (f->req->plan)
		return true;
	if (!planning_bind(replay, f->req))
		return false;
	memset(f->done, 0, sizeof(f->done));
	f->left = f->req->nr_steps;
	CHECK(f->left <= MAX_STEPS);
	return true;
}

static void do_step(const struct plan_step *step)
{
	if (plan_kind(step) == PLAN_WRITE)
		held[step->slot] = step->block;
	else if (plan_kind(step) == PLAN_READ)
		CHECK_EQ(held[step->slot], step->block);
	steps_done[plan_kind(step)]++;
	order_done(replay, step);
}

/* Returns how many operations are done on the step's place. */
static uint32_t done_in_place(const struct plan_step *step)
{
	return replay->bucket_blocks ? *order_bucket(replay, step) :
				       order_done_on_slot(replay, step);
}

/* Does a step of the request if one may be done, or ends it. Returns false
 * where it can do neither. */
static bool go_on(struct flight *f, uint64_t *seed)
{
	uint32_t nr, from;

	if (!bind(f))
		return false;
	if (!f->left) {
		replay_finish(worker, f->req);
		requests_done++;
		f->req = NULL;
		return true;
	}
	nr = f->req->nr_steps;
	from = small_random(seed, nr);
	for (uint32_t n = 0; n < nr; n++) {
		uint32_t i = (from + n) % nr;
		const struct plan_step *step = &f->req->steps[i];

		if (f->done[i] || !order_ready(replay, step))
			continue;
		do_step(step);
		if (plan_kind(step) == PLAN_READ)
			CHECK(done_in_place(step) - step->need < PLAN_ROUND);
		f->done[i] = true;
		f->left--;
		return true;
	}
	return false;
}

/* Does all requests. One of them waits as long as anything else can be done. */
static void run(uint64_t *seed)
{
	while (!unit_why[0]) {
		uint32_t from = small_random(seed, IN_FLIGHT - 1);
		bool did = false;

		for (uint32_t n = 0; n < IN_FLIGHT && !did; n++) {
			bool last = n == IN_FLIGHT - 1;
			uint32_t i = last ? n : (from + n) % (IN_FLIGHT - 1);
			struct flight *f = &flights[i];

			if (!f->req)
				take(f);
			did = f->req && go_on(f, seed);
		}
		if (!did)
			break;
	}
	for (uint32_t i = 0; i < IN_FLIGHT; i++)
		CHECK(!flights[i].req);
}

/* The replay has done what as many passes by another planner do. */
static void same_counts(const struct plan_options *o, uint64_t passes)
{
	struct planner *pl = planner_create(&small.t, o, &mem_private, &err);
	uint64_t reads = 0, writes = 0, opened = 0, evicted = 0;
	struct plan_stats st;

	CHECK(replay->counted);
	for (uint64_t pass = 0; pass < passes; pass++) {
		planner_pass(pl, NULL, &st);
		if (!pass)
			CHECK(!memcmp(&st, &replay->stats, sizeof(st)));
		reads += st.hits;
		writes += st.writes;
		opened += st.buckets_opened;
		if (o->layout == PLAN_LAYOUT_FILES)
			evicted += st.evictions;
		else
			evicted += st.buckets_evicted;
	}
	planner_free(pl);
	CHECK_EQ(requests_done, passes * small.t.nr_requests);
	CHECK_EQ(steps_done[PLAN_READ], reads);
	CHECK_EQ(steps_done[PLAN_WRITE], writes);
	CHECK_EQ(steps_done[PLAN_OPEN], opened);
	CHECK_EQ(steps_done[PLAN_EVICT], evicted);
}

static void random_options(struct plan_options *o, uint64_t *seed)
{
	plan_options_init(o);
	o->layout = small_random(seed, 3);
	o->eviction = o->layout == PLAN_LAYOUT_BUCKETS ?
			      policy_find("fifo") :
			      policies[small_random(seed, 4)];
	o->bucket_blocks = 1 + small_random(seed, 5);
	o->slots = 2 * o->bucket_blocks + small_random(seed, 30);
	if (small_random(seed, 2)) {
		o->evict.high = 50 + small_random(seed, 50);
		o->evict.low = 1 + small_random(seed, o->evict.high);
	}
	if (small_random(seed, 2)) {
		o->memory_blocks = 5;
		o->offload = small_random(seed, 2);
	}
}

static void a_window_shows_the_whole_trace(void)
{
	struct plan_options o;
	uint64_t seed = 29;

	for (int round = 1; round < 200 && !unit_why[0]; round++) {
		small_at_random(&small, round);
		random_options(&o, &seed);
		begin(&o, PASSES);
		CHECK(replay->plan.step_mask <
		      PASSES * planner_pass_steps(replay->planner));
		run(&seed);
		same_counts(&o, PASSES);
		replay_destroy(replay);
	}
}

/* Has block 0 read so many times more, as far as plan and replay know. Nothing
 * else is planned yet. */
static void read_more(uint32_t times)
{
	struct planner *pl = replay->planner;

	if (replay->bucket_blocks) {
		pl->orders[0].ops += times;
		replay->buckets[0] += times;
	} else {
		pl->storage.cached[cache_find(&pl->storage, 0)].order.ops +=
			times;
		replay->slots[0] += times;
	}
}

static void read_again_and_evict(const struct plan_options *o, uint32_t reads,
				 uint64_t *seed)
{
	const uint32_t blocks[] = { 0, 1, 2, 3, 4, 5 };

	small_begin(&small);
	for (uint32_t i = 0; i <= reads; i++)
		small_request(&small, blocks, 1, 0);
	for (uint32_t i = 1; i < 6; i++)
		small_request(&small, &blocks[i], 1, 0);
	begin(o, 1);
	take(&flights[0]);
	while (flights[0].req && go_on(&flights[0], seed))
		continue;
	read_more(PLAN_ROUND - 80);
	run(seed);
	CHECK_EQ(steps_done[PLAN_READ], reads);
	CHECK_EQ(requests_done, reads + 6);
	CHECK(held[0] != 0);
	replay_destroy(replay);
}

/* The count of operations on it goes back at the 80th read, or with buckets at
 * the write that comes before that, and what reuses its place waits for all. */
static void a_content_is_read_without_end(void)
{
	struct plan_options o;
	uint64_t seed = 37;

	plan_options_init(&o);
	o.bucket_blocks = 2;
	for (o.layout = 0; o.layout < 3; o.layout++) {
		o.slots = o.layout == PLAN_LAYOUT_BUCKETS ? 4 : 2;
		for (uint32_t reads = 70; reads < 90; reads++)
			read_again_and_evict(&o, reads, &seed);
	}
}

/* Request 0 is not done, and its steps with all later ones fill the window. */
static uint64_t fill_window(void)
{
	uint64_t number;

	take(&flights[0]);
	CHECK(bind(&flights[0]));
	for (number = 1; number < 1000; number++) {
		take(&flights[1]);
		if (!bind(&flights[1]))
			break;
		for (uint32_t i = 0; i < flights[1].left; i++)
			do_step(&flights[1].req->steps[i]);
		replay_finish(worker, flights[1].req);
	}
	return number;
}

static void the_oldest_request_holds_its_place(void)
{
	struct plan_options o;
	uint64_t number;

	plan_options_init(&o);
	small_parse(&small, "0, 1 2 3 4, 1 2 3 4, 1 2 3 4, 1 2 3 4");
	begin(&o, 1000);
	number = fill_window();
	CHECK(number > 5 && number < 30);
	/* Once it is done there is room. */
	do_step(flights[0].req->steps);
	replay_finish(worker, flights[0].req);
	CHECK(bind(&flights[1]));
	replay_destroy(replay);
}

static void what_can_not_be_planned_ends_the_replay(void)
{
	struct plan_options o;
	uint64_t number;
	struct take how = { 0 };

	plan_options_init(&o);
	small_parse(&small, "0, 1 2 3 4, 1 2 3 4, 1 2 3 4, 1 2 3 4");
	begin(&o, 1000);
	number = fill_window();
	planning_abandon(replay, worker, flights[1].req);
	CHECK_EQ(atomic_load(&replay->end), number);
	CHECK(!take_request(replay, &how));
	CHECK(how.over);
	replay_destroy(replay);
}

/* Jobs may have played some of it, or none. */
static void what_was_not_planned_is_counted(void)
{
	struct plan_options o;
	uint64_t seed = 31;

	for (int round = 1; round < 100 && !unit_why[0]; round++) {
		struct planner *pl;
		struct plan_stats st;

		small_at_random(&small, round);
		random_options(&o, &seed);
		o.warmup_requests = small_random(&seed, 3);
		begin(&o, 1);
		for (int i = 0; i < round % IN_FLIGHT; i++)
			take(&flights[i]);
		CHECK(planning_count_rest(replay));
		CHECK(replay->counted);
		pl = planner_create(&small.t, &o, &mem_private, &err);
		planner_pass(pl, NULL, &st);
		CHECK(!memcmp(&st, &replay->stats, sizeof(st)));
		planner_free(pl);
		replay_destroy(replay);
	}
}

/* Every observer of a kind takes each sample that a worker adds once, in order.
 * A ring is full when one of them lags behind. */
static void rings_hand_samples_on(void)
{
	struct plan_options o;
	uint64_t ns = 0, n;
	struct ring *ring;

	small_at_random(&small, 1);
	plan_options_init(&o);
	const struct replay_params params = {
		.trace = &small.t,
		.plan = &o,
		.passes = 1,
		.nr_workers = 2,
		.nr_observers = 2,
		.observes_operations = true,
	};
	replay = replay_create(&params, &err);
	CHECK(replay != NULL);
	for (uint32_t i = 0; i < 2; i++)
		CHECK(replay_join_observer(replay, 1 + i, 1) != NULL);
	CHECK(!ring_take(replay, 0, 0, &ns));
	ring = ring_of(replay, 1, 0);
	for (n = 0; ring_has_room(replay, 1, 0); n++)
		ring_add(ring, 1000 + n);
	CHECK_EQ(n, RING_ENTRIES);
	for (uint64_t i = 0; i < n; i++) {
		CHECK(ring_take(replay, 0, 0, &ns));
		CHECK_EQ(ns, 1000 + i);
	}
	CHECK(!ring_take(replay, 0, 0, &ns));
	CHECK(!ring_has_room(replay, 1, 0));
	CHECK(ring_take(replay, 1, 0, &ns));
	CHECK_EQ(ns, 1000);
	CHECK(ring_has_room(replay, 1, 0));
	replay_destroy(replay);
}

int main(void)
{
	RUN(a_window_shows_the_whole_trace);
	RUN(what_was_not_planned_is_counted);
	RUN(the_oldest_request_holds_its_place);
	RUN(what_can_not_be_planned_ends_the_replay);
	RUN(a_content_is_read_without_end);
	RUN(rings_hand_samples_on);
	UNIT_END();
}
