#include "fio.h"

#include "engine/job.h"
#include "engine/replay/replay.h"
#include "engine/run/request.h"

static void request_finished(struct feed *f, struct request *req)
{
	if (!f->async)
		f->loading--;
	replay_request_done(f->worker, req);
}

/* Tokens that no tier had are computed before their blocks can be stored. */
static uint64_t prefill_ns(struct thread_data *td, const struct request *req)
{
	uint64_t rate = job_of(td)->options->prefill_rate;

	return rate ? req->plan->miss_tokens * 1000000000ULL / rate : 0;
}

uint64_t request_ready_ns(struct thread_data *td, const struct request *req)
{
	return req->last_load_ns + prefill_ns(td, req);
}

void request_loads_done(struct thread_data *td, struct request *req)
{
	struct feed *f = &job_of(td)->feed;

	req->last_load_ns = feed_now(f);
	atomic_store_explicit(&req->loaded, req->number + 1,
			      memory_order_release);
	if (f->async)
		f->loading--;
	if (!req->stores_left)
		request_finished(f, req);
}

void request_store_done(struct thread_data *td, struct request *req)
{
	struct feed *f = &job_of(td)->feed;

	if (--req->stores_left)
		return;
	req->last_store_ns = feed_now(f);
	if (!req->loads_left)
		request_finished(f, req);
}

static void forget_steps(struct feed *f, const struct request *req)
{
	unsigned int i;

	for (i = 0; i < f->nr_steps; i++) {
		if (f->steps[i].req != req)
			continue;
		replay_abandon_step(f->replay, f->steps[i].step);
		f->steps[i].req = NULL;
	}
}

static void forget_syncs(struct thread_data *td, const struct request *req)
{
	struct feed *f = &job_of(td)->feed;
	unsigned int i;

	for (i = 0; i < td->o.iodepth; i++)
		if (f->bound[i].sync == req)
			f->bound[i].sync = NULL;
	for (i = f->given_head; i < f->given_count; i++)
		if (f->given[i].sync == req)
			f->given[i].sync = NULL;
}

/* Once it is abandoned, its record and its place in the plan may be used for
 * another request. */
static void abandon(struct thread_data *td, struct request *req)
{
	struct feed *f = &job_of(td)->feed;

	forget_steps(f, req);
	forget_syncs(td, req);
	if (req->begun && req->stores_fed < req->plan->nr_writes)
		flist_del(&req->stores);
	if (f->front == req)
		f->front = NULL;
	replay_abandon(f->replay, f->worker, req);
}

/* What is in front comes last: it may be planned when the others are gone. */
void request_abandon_all(struct thread_data *td)
{
	struct feed *f = &job_of(td)->feed;
	unsigned int i;

	for (i = 0; i < f->nr_steps; i++)
		if (f->steps[i].req)
			abandon(td, f->steps[i].req);
	while (!flist_empty(&f->stores))
		abandon(td,
			flist_first_entry(&f->stores, struct request, stores));
	for (i = 0; i < td->o.iodepth; i++)
		if (f->bound[i].sync)
			abandon(td, f->bound[i].sync);
	for (i = f->given_head; i < f->given_count; i++)
		if (f->given[i].sync)
			abandon(td, f->given[i].sync);
	if (f->front)
		abandon(td, f->front);
}
