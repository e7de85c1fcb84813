#include <unistd.h>

#include "engine/replay/order.h"
#include "engine/replay/planning.h"

#define PLAN_AHEAD 1024	  /* requests that are planned before their turn */
#define PLAN_AT_ONCE 4	  /* of these, for each worker */
#define PLANNING_MS 10000 /* that planning takes at most */

int planning_start(struct replay *r, const struct plan_options *po,
		   struct plan_stats *stats, struct error *err)
{
	if (plan_alloc(&r->plans[0], r->trace, po, &mem_shared, err))
		return -1;
	/* Two plans alternate. */
	if (r->passes > 1 &&
	    plan_alloc(&r->plans[1], r->trace, po, &mem_shared, err))
		return -1;
	planner_pass(r->planner, &r->plans[0], stats);
	r->planned = r->nr_requests;
	return 0;
}

static struct plan *plan_of(struct replay *r, uint64_t number)
{
	return &r->plans[number / r->nr_requests & 1];
}

/* Where requests have no fixed place in a plan, one needs all of it. */
static bool pass_has_ended(const struct replay *r, uint64_t first)
{
	uint64_t number;

	for (number = first; number < first + r->nr_requests; number++)
		if (!replay_has_ended(r, number))
			return false;
	return true;
}

/* Two plans alternate, so this place was used two passes ago. */
static bool may_plan(const struct replay *r, uint64_t number)
{
	uint64_t before = 2ULL * r->nr_requests;

	if (replay_over(r, number))
		return false;
	if (number < before)
		return true;
	if (r->layout == PLAN_LAYOUT_SLOTS)
		return replay_has_ended(r, number - before);
	return number % r->nr_requests || pass_has_ended(r, number - before);
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

static void plan_some(struct replay *r)
{
	uint64_t number, end;

	if (!begin_planning(r))
		return;
	number = atomic_load_explicit(&r->planned, memory_order_relaxed);
	end = number + PLAN_AT_ONCE * r->nr_workers;
	for (; number < end && may_plan(r, number); number++) {
		planner_request(r->planner, plan_of(r, number),
				number % r->nr_requests);
		atomic_store_explicit(&r->planned, number + 1,
				      memory_order_release);
	}
	end_planning(r);
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
	struct plan *plan = plan_of(r, req->number);

	if (!is_planned(r, req->number))
		plan_some(r);
	if (!is_planned(r, req->number))
		return false;
	req->plan = &plan->requests[req->number % r->nr_requests];
	req->steps = &plan->steps[req->plan->first_step];
	req->reads_left = req->plan->nr_reads;
	req->writes_left = request_stores(req);
	return true;
}

static void abandon_steps(struct replay *r, const struct request *req)
{
	const struct plan_step *writes = req->steps + req->plan->nr_reads;
	uint32_t i;

	for (i = req->reads_issued; i < req->plan->nr_reads; i++)
		order_abandon(r, &req->steps[i]);
	for (i = req->writes_issued; i < request_stores(req); i++)
		order_abandon(r, &writes[i]);
}

/* Unless it is planned by now. Who plans is done in a moment, or was killed. */
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
