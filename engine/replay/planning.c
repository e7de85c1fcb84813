#include <limits.h>
#include <unistd.h>

#include "engine/replay/order.h"
#include "engine/replay/planning.h"

#define PLAN_AHEAD 1024 /* requests that are planned before their turn */
/* So many of their lookups at once, for each worker: what planning needs is in
 * a core's cache only after the first few, and the job's I/O waits for all. */
#define PLAN_AT_ONCE 256
#define PLANNING_MS 10000 /* the longest that planning takes */

/* For tests: so many steps are kept, whatever the trace. */
#ifndef TEST_STEPS
#define TEST_STEPS 0
#endif

/* A pass of at most so many steps is planned at once: 48 MiB. */
#define STEPS_AT_ONCE (TEST_STEPS ? TEST_STEPS : UINT64_C(1) << 22)
/* Of a longer pass so many steps are kept, which bounds how far writes lag
 * behind. */
#define STEPS_KEPT (TEST_STEPS ? TEST_STEPS : UINT64_C(1) << 20)
/* There is room for so many at least, so that short passes follow one another
 * without a wait. */
#define STEPS_MIN (TEST_STEPS ? TEST_STEPS : UINT64_C(1) << 16)

/* Moves r->oldest over requests that have ended, up to @number, but over @few
 * at the most. */
static void pass_ended(struct replay *r, uint64_t number, unsigned int few)
{
	while (few-- && r->oldest < number && replay_has_ended(r, r->oldest))
		r->oldest++;
}

static bool has_room(const struct replay *r, uint64_t number)
{
	const struct plan *p = &r->plan;
	uint64_t used =
		r->oldest == number ?
			p->next_step :
			p->requests[r->oldest & p->request_mask].first_step;

	return planner_has_room(r->planner, p, number, used);
}

/*
 * Is there room to plan request @number? The records of requests that run are
 * written to by other jobs all the time, so they are looked at only where there
 * would be no room otherwise.
 */
static bool make_room(struct replay *r, uint64_t number)
{
	if (number > 2 * PLAN_AHEAD)
		pass_ended(r, number - 2 * PLAN_AHEAD, 2);
	if (has_room(r, number))
		return true;
	pass_ended(r, number, UINT_MAX);
	return has_room(r, number);
}

/* May request @number be planned, which is the next? */
static bool may_plan(struct replay *r, uint64_t number)
{
	uint64_t records = r->plan.request_mask + 1;

	if (replay_over(r, number) ||
	    (number >= records && !replay_has_ended(r, number - records)))
		return false;
	return make_room(r, number);
}

/* Plans a request of the first pass, into @p if that is not NULL, and counts
 * what it does. */
static void plan_first(struct replay *r, struct plan *p, uint64_t number)
{
	planner_first_request(r->planner, p, number, &r->stats);
	if (number + 1 == r->nr_requests)
		atomic_store(&r->counted, 1);
}

/* Plans the next request, whatever its pass. */
static void plan_next(struct replay *r, uint64_t number)
{
	if (number < r->nr_requests)
		plan_first(r, &r->plan, number);
	else
		planner_request(r->planner, &r->plan, number);
	atomic_store_explicit(&r->planned, number + 1, memory_order_release);
}

/* Plans all of the first pass, or only its beginning, so that the first I/O
 * need not wait for the rest. */
static void plan_beginning(struct replay *r, bool whole)
{
	if (whole) {
		planner_pass(r->planner, &r->plan, &r->stats);
		r->planned = r->nr_requests;
		r->counted = 1;
		return;
	}
	while (r->planned < PLAN_AHEAD && may_plan(r, r->planned))
		plan_next(r, r->planned);
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

int planning_start(struct replay *r, struct error *err)
{
	uint64_t records = r->request_mask + 1;
	uint64_t pass = planner_pass_steps(r->planner);
	bool whole = pass <= STEPS_AT_ONCE && r->nr_requests <= records;
	uint64_t steps =
		whole ? max(pass, STEPS_MIN) :
			max(STEPS_KEPT, 2 * planner_request_steps(r->planner));

	if (plan_alloc(&r->plan, records, steps, &mem_shared, err))
		return -1;
	plan_beginning(r, whole);
	return 0;
}

static bool begin_planning(struct replay *r)
{
	uint32_t idle = 0;

	return atomic_compare_exchange_strong(&r->planning, &idle, 1);
}

static void end_planning(struct replay *r)
{
	atomic_store_explicit(&r->planning, 0, memory_order_release);
}

static bool is_planned(const struct replay *r, uint64_t number)
{
	return atomic_load_explicit(&r->planned, memory_order_acquire) > number;
}

/* The worker that looks ahead plans for all. For each it plans two requests at
 * least, one more than that takes meanwhile, so that it gets ahead. */
static void plan_some(struct replay *r)
{
	uint64_t number, end, lookups = 0;

	if (!begin_planning(r))
		return;
	number = atomic_load_explicit(&r->planned, memory_order_relaxed);
	end = number + 2 * r->nr_workers;
	while ((number < end || lookups < PLAN_AT_ONCE * r->nr_workers) &&
	       may_plan(r, number)) {
		lookups +=
			1 + trace_lookups_of(r->trace, number % r->nr_requests);
		plan_next(r, number++);
	}
	end_planning(r);
}

bool planning_count_rest(struct replay *r)
{
	uint64_t number = atomic_load(&r->planned);

	if (atomic_load(&r->counted))
		return true;
	if (!begin_planning(r))
		return false;
	for (; number < r->nr_requests; number++)
		plan_first(r, NULL, number);
	end_planning(r);
	return true;
}

void planning_look_ahead(struct replay *r, const struct worker *worker)
{
	uint64_t planned =
		atomic_load_explicit(&r->planned, memory_order_relaxed);

	if (worker == r->workers && !replay_over(r, planned) &&
	    planned < atomic_load(&r->next) + PLAN_AHEAD)
		plan_some(r);
}

bool planning_bind(struct replay *r, struct request *req)
{
	if (!is_planned(r, req->number))
		plan_some(r);
	if (!is_planned(r, req->number))
		return false;
	req->plan = &r->plan.requests[req->number & r->plan.request_mask];
	req->steps = plan_steps(&r->plan, req->plan);
	req->nr_steps = req->plan->nr_reads + request_store_steps(req);
	req->reads_left = req->plan->nr_reads;
	req->writes_left = request_store_steps(req);
	return true;
}

static void abandon_steps(struct replay *r, const struct request *req)
{
	const struct plan_step *writes = req->steps + req->plan->nr_reads;
	uint32_t i;

	for (i = req->reads_issued; i < req->plan->nr_reads; i++)
		order_abandon(r, &req->steps[i]);
	for (i = req->writes_issued; i < request_store_steps(req); i++)
		order_abandon(r, &writes[i]);
}

/* Ends the replay before a request, unless that is planned by now. A job that
 * is planning is done with it in a moment, or was killed. */
static void end_before(struct replay *r, uint64_t number)
{
	unsigned int ms;

	for (ms = 0; !begin_planning(r); ms++) {
		if (ms == PLANNING_MS) {
			replay_fail(r);
			return;
		}
		usleep(1000);
	}
	if (!is_planned(r, number) && !replay_over(r, number))
		atomic_store(&r->end, number);
	end_planning(r);
}

void planning_abandon(struct replay *r, struct worker *worker,
		      struct request *req)
{
	bool planned = req->plan || planning_bind(r, req);

	if (!planned) {
		end_before(r, req->number);
		planned = planning_bind(r, req);
	}
	if (planned)
		abandon_steps(r, req);
	replay_count(&worker->nr_abandoned);
	atomic_store_explicit(&req->abandoned, req->number + 1,
			      memory_order_release);
}
