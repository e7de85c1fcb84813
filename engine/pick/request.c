#include "fio.h"

#include "engine/job.h"
#include "engine/pick/request.h"
#include "engine/replay/order.h"
#include "engine/replay/planning.h"
#include "engine/replay/turns.h"

/*
 * Lets the request follow that waits for this one. Called before this one is
 * published as finished or abandoned: after that its record may be another's.
 */
static void turns_end(struct thread_data *td, const struct request *req,
		      bool goes_on)
{
	struct job *job = job_of(td);

	if (job->replay->turns)
		turns_ended(job->replay, req->number, feed_now(&job->feed),
			    goes_on);
}

static void finish(struct thread_data *td, struct request *req)
{
	struct job *job = job_of(td);

	if (!job->picker.async)
		job->picker.front.loading--;
	turns_end(td, req, true);
	replay_finish(job->worker, req);
}

/* Returns how long it takes to compute the tokens that no tier had: only then
 * can their blocks be stored. */
static uint64_t prefill_ns(struct thread_data *td, const struct request *req)
{
	uint64_t rate = job_of(td)->options->prefill_rate;

	return rate ? req->plan->miss_tokens * 1000000000ULL / rate : 0;
}

/* Returns the time of the next flush from @ns on. Flushes are at multiples of
 * the interval on the clock of all jobs. */
static uint64_t next_flush(struct thread_data *td, uint64_t ns)
{
	uint64_t interval = job_of(td)->options->flush_interval * 1000;

	return interval ? (ns + interval - 1) / interval * interval : ns;
}

uint64_t request_ready_ns(struct thread_data *td, const struct request *req)
{
	return next_flush(td, req->load_end_ns + prefill_ns(td, req));
}

void request_loaded(struct thread_data *td, struct request *req)
{
	struct job *job = job_of(td);

	req->load_end_ns = feed_now(&job->feed);
	atomic_store_explicit(&req->loaded, req->number + 1,
			      memory_order_release);
	if (job->picker.async)
		job->picker.front.loading--;
	if (!req->writes_left)
		finish(td, req);
}

static void write_done(struct thread_data *td, struct request *req)
{
	if (--req->writes_left)
		return;
	req->store_end_ns = feed_now(&job_of(td)->feed);
	if (!req->reads_left)
		finish(td, req);
}

void request_step_done(struct thread_data *td, struct running_step *step)
{
	struct job *job = job_of(td);
	const struct plan_step *planned = step->step;
	struct request *req = step->req;

	if (planned->write)
		order_set_bad(job->replay, planned, step->failed);
	order_done(job->replay, planned);
	running_free_step(&job->feed.running, step);
	if (plan_kind(planned) != PLAN_READ)
		write_done(td, req);
	else if (!--req->reads_left)
		request_loaded(td, req);
}

/* Abandons a request of this job. Once that is published its record and its
 * place in the plan may be used for another. */
static void abandon(struct thread_data *td, struct request *req)
{
	struct job *job = job_of(td);

	feed_forget(td, req);
	if (req->begun && req->writes_issued < request_store_steps(req))
		request_list_remove(&job->picker.stores, req);
	if (job->picker.front.request == req)
		job->picker.front.request = NULL;
	turns_end(td, req, false);
	planning_abandon(job->replay, job->worker, req);
}

/* The request in front comes last: once the others are gone there is room to
 * plan it. */
void request_abandon_all(struct thread_data *td)
{
	struct job *job = job_of(td);
	struct picker *p = &job->picker;
	struct front *front = &p->front;
	struct request *req;

	while ((req = feed_unfinished(&job->feed)))
		abandon(td, req);
	while (p->stores.first)
		abandon(td, p->stores.first);
	while (front->nr_aside)
		abandon(td, front->aside[--front->nr_aside]);
	if (front->request)
		abandon(td, front->request);
}
