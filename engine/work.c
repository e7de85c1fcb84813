#include "fio.h"

#include "job.h"
#include "replay.h"
#include "work.h"

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

uint64_t work_ready_ns(struct thread_data *td, const struct request *req)
{
	return req->last_load_ns + prefill_ns(td, req);
}

void work_loads_done(struct thread_data *td, struct request *req)
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

void work_store_done(struct thread_data *td, struct request *req)
{
	struct feed *f = &job_of(td)->feed;

	if (--req->stores_left)
		return;
	req->last_store_ns = feed_now(f);
	if (!req->loads_left)
		request_finished(f, req);
}
