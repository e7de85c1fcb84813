#include <unistd.h>

#include "fio.h"
#include "fio_sem.h"

#include "engine/replay/replay.h"

#define REQUESTS_MIN 4096
#define REQUESTS_MAX (1U << 22)
#define PLAN_AHEAD 1024	  /* requests that are planned before their turn */
#define PLAN_AT_ONCE 4	  /* of these, for each worker */
#define PLANNING_MS 10000 /* that planning takes at most */

/* Records are reused after this many requests, so it also bounds how far the
 * fastest job can run ahead of the slowest observer or write. */
static uint64_t request_records(uint32_t nr_requests)
{
	uint64_t n = REQUESTS_MIN;

	while (n < nr_requests && n < REQUESTS_MAX)
		n *= 2;
	return n;
}

/* What fills whole cache lines comes first. */
static struct replay *map_replay(uint64_t slots, uint64_t records,
				 uint32_t jobs)
{
	uint64_t words = (slots + 63) / 64;
	size_t bytes = sizeof(struct replay) +
		       records * sizeof(struct request) +
		       jobs * sizeof(struct worker) +
		       slots * sizeof(struct slot_state) +
		       words * sizeof(_Atomic uint64_t);
	struct replay *r = mem_shared.alloc(bytes);

	if (!r)
		return NULL;
	r->bytes = bytes;
	r->requests = (struct request *)(r + 1);
	r->request_mask = records - 1;
	r->workers = (struct worker *)(r->requests + records);
	r->slots = (struct slot_state *)(r->workers + jobs);
	r->slots_abandoned = (_Atomic uint64_t *)(r->slots + slots);
	return r;
}

/* The first pass, and room for others: two in turn. */
static int plan_passes(struct replay *r, const struct plan_options *po,
		       struct plan_stats *stats, struct error *err)
{
	if (plan_alloc(&r->plans[0], r->trace, po, &mem_shared, err))
		return -1;
	if (r->passes > 1 &&
	    plan_alloc(&r->plans[1], r->trace, po, &mem_shared, err))
		return -1;
	planner_pass(r->planner, &r->plans[0], stats);
	r->planned = r->nr_requests;
	return 0;
}

struct replay *replay_create(const struct trace *trace,
			     const struct plan_options *po, uint64_t passes,
			     uint32_t workers, uint32_t observers,
			     struct plan_stats *stats, struct error *err)
{
	struct planner *planner;
	struct replay *r;

	planner = planner_create(trace, po, &mem_shared, err);
	if (!planner)
		return NULL;
	r = map_replay(planner_slots(planner),
		       request_records(trace->nr_requests),
		       workers + observers);
	if (!r) {
		fail(err,
		     "no memory for the state of %u requests and %llu slots; max_requests= makes the replay smaller",
		     trace->nr_requests,
		     (unsigned long long)planner_slots(planner));
		return NULL;
	}
	r->trace = trace;
	r->planner = planner;
	r->reuses_slots = planner_reuses_slots(planner);
	r->passes = passes;
	r->end = passes == UINT64_MAX && trace->nr_requests ?
			 UINT64_MAX :
			 passes * trace->nr_requests;
	r->nr_requests = trace->nr_requests;
	r->warmup = po->warmup_requests;
	r->nr_workers = workers;
	r->observers = observers;
	r->failed = &r->own_failed;
	r->epoch_ns = &r->own_epoch_ns;
	return plan_passes(r, po, stats, err) ? NULL : r;
}

void replay_destroy(struct replay *r)
{
	planner_free(r->planner);
	plan_free(&r->plans[0], &mem_shared);
	plan_free(&r->plans[1], &mem_shared);
	mem_shared.free(r, r->bytes);
}

static int64_t arrival_offset(const struct replay *r, uint64_t number)
{
	return (int64_t)(number / r->nr_requests) * r->pass_ns +
	       r->arrivals[number % r->nr_requests];
}

uint64_t replay_arrival(const struct replay *r, uint64_t number)
{
	uint64_t epoch =
		atomic_load_explicit(r->epoch_ns, memory_order_relaxed);

	if (!epoch)
		return 0;
	return epoch + arrival_offset(r, number) - arrival_offset(r, r->warmup);
}

uint64_t replay_next_arrival(struct replay *r)
{
	uint64_t number = atomic_load(&r->next);

	if (replay_over(r, number) || replay_warming(r, number))
		return 0;
	return replay_arrival(r, number);
}

static uint64_t requests_ended(const struct replay *r)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < r->nr_workers; i++)
		sum += atomic_load_explicit(&r->workers[i].nr_finished,
					    memory_order_acquire) +
		       atomic_load_explicit(&r->workers[i].nr_abandoned,
					    memory_order_acquire);
	return sum;
}

bool replay_warm(struct replay *r)
{
	if (atomic_load_explicit(&r->warm, memory_order_acquire))
		return true;
	/* No other request is taken before these have ended. */
	if (requests_ended(r) < r->warmup)
		return false;
	atomic_store_explicit(&r->warm, 1, memory_order_release);
	return true;
}

static void set_epoch(struct replay *r, uint64_t now_ns)
{
	uint64_t unset = 0;

	if (!atomic_load_explicit(r->epoch_ns, memory_order_relaxed))
		atomic_compare_exchange_strong(r->epoch_ns, &unset, now_ns);
}

/* Observers that have ended, before the replay has, look at nothing more. */
static bool all_have_seen(const struct replay *r, uint64_t number)
{
	const struct worker *w = &r->workers[r->nr_workers];
	const struct worker *end = w + r->observers;

	for (; w < end; w++)
		if (atomic_load_explicit(&w->seen, memory_order_acquire) <=
			    number &&
		    atomic_load(&w->state) <= WORKER_RUNNING)
			return false;
	return true;
}

/* Is the worker that took it done with it? The record may be a later one's. */
static bool has_ended(const struct replay *r, uint64_t number)
{
	const struct request *req = &r->requests[number & r->request_mask];

	return atomic_load_explicit(&req->finished, memory_order_acquire) >
		       number ||
	       atomic_load_explicit(&req->abandoned, memory_order_acquire) >
		       number;
}

/* Is nobody interested any more in the request that had the record before? */
static bool record_free(const struct replay *r, uint64_t number)
{
	uint64_t records = r->request_mask + 1;

	return number < records || (has_ended(r, number - records) &&
				    all_have_seen(r, number - records));
}

static bool may_take(struct replay *r, uint64_t number, uint64_t now_ns,
		     bool timed, bool only_due)
{
	if (!record_free(r, number))
		return false;
	if (replay_warming(r, number))
		return true;
	if (!replay_warm(r))
		return false;
	if (!timed)
		return true;
	set_epoch(r, now_ns);
	return !only_due || replay_arrival(r, number) <= now_ns;
}

static struct request *own_request(struct replay *r, uint64_t number)
{
	struct request *req = &r->requests[number & r->request_mask];

	/* Observers may be looking at the atomics, which only ever grow. */
	memset(&req->number, 0,
	       sizeof(*req) - offsetof(struct request, number));
	req->number = number;
	return req;
}

struct request *replay_take(struct replay *r, uint64_t now_ns, bool timed,
			    bool only_due, bool *over)
{
	uint64_t number = atomic_load(&r->next);

	do {
		*over = replay_over(r, number);
		if (*over || !may_take(r, number, now_ns, timed, only_due))
			return NULL;
	} while (!atomic_compare_exchange_weak(&r->next, &number, number + 1));

	return own_request(r, number);
}

static struct plan *plan_of(struct replay *r, uint64_t number)
{
	return &r->plans[number / r->nr_requests & 1];
}

/* Its place in the plan was last that of two passes before. */
static bool may_plan(const struct replay *r, uint64_t number)
{
	uint64_t before = 2ULL * r->nr_requests;

	return !replay_over(r, number) &&
	       (number < before || has_ended(r, number - before));
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

void replay_plan_ahead(struct replay *r, const struct worker *worker)
{
	uint64_t planned =
		atomic_load_explicit(&r->planned, memory_order_relaxed);

	if (worker == r->workers && !replay_over(r, planned) &&
	    planned < atomic_load(&r->next) + PLAN_AHEAD)
		plan_some(r);
}

bool replay_bind(struct replay *r, struct request *req)
{
	struct plan *plan = plan_of(r, req->number);

	if (!is_planned(r, req->number))
		plan_some(r);
	if (!is_planned(r, req->number))
		return false;
	req->plan = &plan->requests[req->number % r->nr_requests];
	req->steps = &plan->steps[req->plan->first_step];
	req->loads_left = req->plan->nr_reads;
	req->stores_left = req->plan->nr_writes;
	return true;
}

void replay_request_done(struct worker *worker, struct request *req)
{
	atomic_store_explicit(&req->finished, req->number + 1,
			      memory_order_release);
	replay_count(&worker->nr_finished);
}

uint64_t replay_unfinished(const struct replay *r)
{
	uint64_t started = 0, finished = 0;
	uint32_t i;

	for (i = 0; i < r->nr_workers; i++) {
		started += atomic_load(&r->workers[i].nr_started);
		finished += atomic_load(&r->workers[i].nr_finished);
	}
	return started - finished;
}

static void abandon_steps(struct replay *r, const struct request *req)
{
	const struct plan_step *writes = req->steps + req->plan->nr_reads;
	uint32_t i;

	for (i = req->loads_fed; i < req->plan->nr_reads; i++)
		replay_abandon_step(r, &req->steps[i]);
	for (i = req->stores_fed; i < req->plan->nr_writes; i++)
		replay_abandon_step(r, &writes[i]);
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

void replay_abandon(struct replay *r, struct worker *worker,
		    struct request *req)
{
	bool planned = req->plan || replay_bind(r, req);

	if (!planned) {
		end_before(r, req->number);
		planned = replay_bind(r, req);
	}
	if (planned)
		abandon_steps(r, req);
	replay_count(&worker->nr_abandoned);
	atomic_store_explicit(&req->abandoned, req->number + 1,
			      memory_order_release);
}

static struct thread_data *td_of(const struct worker *w)
{
	return tnumber_to_td(w->thread - 1);
}

/* The order matters: a worker sets its state, then exits. */
static bool is_dead(const struct worker *w)
{
	return w->thread && td_of(w)->runstate >= TD_EXITED &&
	       !td_of(w)->terminate && atomic_load(&w->state) <= WORKER_RUNNING;
}

/*
 * Killed before fio let it start, a job still counts as asleep on its
 * semaphore, and fio would wait for ever for it to wake up.
 */
static void release_dead(struct thread_data *td)
{
	if (!td->o.use_thread)
		__fio_sem_init(td->sem, FIO_SEM_LOCKED);
}

bool replay_report_dead(struct replay *r)
{
	uint32_t i, alive;
	bool dead = false;

	for (i = 0; i < r->nr_workers + r->observers; i++) {
		struct worker *w = &r->workers[i];

		if (!is_dead(w))
			continue;
		dead = true;
		alive = 0;
		/* The first to see it says so. */
		if (atomic_compare_exchange_strong(r->failed, &alive, 1))
			log_err("mooncake: job '%s' (pid %d) died; the others of its replay group end\n",
				td_of(w)->o.name, (int)td_of(w)->pid);
		release_dead(td_of(w));
	}
	return dead;
}

void replay_fail(struct replay *r)
{
	atomic_store(r->failed, 1);
}

uint32_t replay_running(struct replay *r)
{
	uint32_t i, running = 0;

	for (i = 0; i < r->nr_workers; i++) {
		struct thread_data *td;

		if (!r->workers[i].thread)
			continue;
		td = td_of(&r->workers[i]);
		if (atomic_load(&r->workers[i].state) > WORKER_RUNNING)
			continue;
		if (td->runstate >= TD_EXITED ||
		    (td->runstate == TD_NOT_CREATED && td->terminate))
			continue;
		running++;
	}
	return running;
}
