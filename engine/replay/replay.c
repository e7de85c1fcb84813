#include "engine/replay/planning.h"
#include "engine/replay/replay.h"
#include "engine/replay/ring.h"
#include "engine/replay/turns.h"

#define REQUESTS_MIN 4096
#define REQUESTS_MAX (1U << 17)

/*
 * Returns how many records of requests there are. They are used again after so
 * many requests, so this also bounds how far the fastest job can run ahead of
 * the slowest observer or write.
 */
static uint64_t request_records(uint32_t nr_requests)
{
	uint64_t n = REQUESTS_MIN;

	while (n < nr_requests && n < REQUESTS_MAX)
		n *= 2;
	return n;
}

/* Maps the replay with all that its jobs share. What fills whole cache lines
 * comes first. */
static struct replay *map_replay(const struct planner *planner,
				 uint64_t records,
				 const struct replay_params *p)
{
	uint64_t slots = planner_slots(planner);
	uint64_t words = (slots + 63) / 64;
	uint32_t in_bucket = planner_bucket_blocks(planner);
	uint64_t buckets = in_bucket ? (slots + in_bucket - 1) / in_bucket : 0;
	size_t bytes = sizeof(struct replay) +
		       records * sizeof(struct request) +
		       p->nr_workers * sizeof(struct worker) +
		       p->nr_observers * sizeof(struct observer) +
		       2 * words * sizeof(_Atomic uint64_t) +
		       (slots + buckets) * sizeof(_Atomic uint32_t);
	struct replay *r = mem_shared_table.alloc(bytes);

	if (!r)
		return NULL;
	r->bytes = bytes;
	r->requests = (struct request *)(r + 1);
	r->request_mask = records - 1;
	r->workers = (struct worker *)(r->requests + records);
	r->observers = (struct observer *)(r->workers + p->nr_workers);
	r->slots_abandoned =
		(_Atomic uint64_t *)(r->observers + p->nr_observers);
	r->slots_bad = r->slots_abandoned + words;
	r->slots = (_Atomic uint32_t *)(r->slots_bad + words);
	r->buckets = r->slots + slots;
	r->bucket_blocks = in_bucket;
	return r;
}

static void fill_replay(struct replay *r, struct planner *planner,
			const struct replay_params *p)
{
	r->trace = p->trace;
	r->planner = planner;
	r->reuses_slots = planner_reuses_slots(planner);
	r->layout = p->plan->layout;
	r->passes = p->passes;
	r->arrivals = p->arrivals;
	r->pass_ns = p->pass_ns;
	r->nr_requests = p->trace->nr_requests;
	r->warmup = p->plan->warmup_requests;
	r->end = p->passes == UINT64_MAX && r->nr_requests ?
			 UINT64_MAX :
			 p->passes * r->nr_requests;
	r->nr_workers = p->nr_workers;
	r->nr_observers = p->nr_observers;
	r->stamp_run = p->stamp_run;
	r->failed = p->first ? p->first->failed : &r->own_failed;
	/* With share=each the replays end their warm-ups at different times. */
	r->epoch_ns =
		p->first && !r->warmup ? p->first->epoch_ns : &r->own_epoch_ns;
}

struct replay *replay_create(const struct replay_params *p, struct error *err)
{
	struct planner *planner;
	struct replay *r;

	planner = planner_create(p->trace, p->plan, &mem_shared_table, err);
	if (!planner)
		return NULL;
	r = map_replay(planner, request_records(p->trace->nr_requests), p);
	if (!r) {
		fail(err,
		     "no memory for the state of %u requests and %llu slots; max_requests= makes the replay smaller",
		     p->trace->nr_requests,
		     (unsigned long long)planner_slots(planner));
		planner_free(planner);
		return NULL;
	}
	fill_replay(r, planner, p);
	if (p->observes_operations && rings_create(r))
		fail(err,
		     "no memory for what observers look at; leave some out");
	else if (!turns_create(r, p->scale, err) && !planning_start(r, err))
		return r;
	replay_destroy(r);
	return NULL;
}

void replay_destroy(struct replay *r)
{
	if (r->rings || r->ring_seen)
		rings_destroy(r);
	turns_destroy(r);
	planner_free(r->planner);
	plan_free(&r->plan, &mem_shared);
	mem_shared_table.free(r, r->bytes);
}

static bool join(struct member *m, uint32_t thread)
{
	uint32_t none = 0;

	return atomic_compare_exchange_strong(&m->thread, &none, thread);
}

struct worker *replay_join(struct replay *r, uint32_t thread)
{
	uint32_t i;

	for (i = 0; i < r->nr_workers; i++)
		if (join(&r->workers[i].member, thread))
			return &r->workers[i];
	return NULL;
}

struct observer *replay_join_observer(struct replay *r, uint32_t thread,
				      uint32_t kind)
{
	uint32_t i;

	for (i = 0; i < r->nr_observers; i++) {
		if (!join(&r->observers[i].member, thread))
			continue;
		r->observers[i].kind = kind;
		return &r->observers[i];
	}
	return NULL;
}

bool replay_has_ended(const struct replay *r, uint64_t number)
{
	/* The record may be a later request's. */
	const struct request *req = &r->requests[number & r->request_mask];

	return atomic_load_explicit(&req->finished, memory_order_acquire) >
		       number ||
	       atomic_load_explicit(&req->abandoned, memory_order_acquire) >
		       number;
}

uint64_t replay_ended(const struct replay *r)
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

void replay_finish(struct worker *worker, struct request *req)
{
	atomic_store_explicit(&req->finished, req->number + 1,
			      memory_order_release);
	replay_count(&worker->nr_finished);
}

void replay_fail(struct replay *r)
{
	atomic_store(r->failed, 1);
}
