#include "fio.h"

#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/pick/fetch.h"
#include "engine/pick/front.h"
#include "engine/pick/request.h"
#include "engine/replay/order.h"
#include "engine/replay/planning.h"
#include "engine/replay/take.h"
#include "engine/replay/turns.h"
#include "engine/result/progress.h"
#include "engine/result/warmup.h"

static struct picker *picker_of(struct thread_data *td)
{
	return &job_of(td)->picker;
}

static struct front *front_of(struct thread_data *td)
{
	return &picker_of(td)->front;
}

static void begin_request(struct thread_data *td, struct request *req,
			  uint64_t arrival_ns)
{
	struct job *job = job_of(td);

	if (!job->picker.fetch_end)
		fetch_first(job->replay, req);
	req->begun = true;
	req->arrival_ns = arrival_ns;
	replay_count(&job->worker->nr_started);
	if (req->plan->nr_probes && job->layout->probe)
		job->layout->probe(td, req);
	job->picker.front.loading++;
	if (request_store_steps(req))
		request_list_append(&job->picker.stores, req);
	front_leave(&job->picker.front);
	if (!req->plan->nr_reads)
		request_loaded(td, req);
}

/* Begins the request in front if it can: it must have its plan, and with
 * timestamps its time must have come. Returns whether it has begun. */
static bool may_begin(struct thread_data *td, uint64_t now_ns)
{
	struct replay *r = job_of(td)->replay;
	struct front *front = front_of(td);
	struct request *req = front->request;
	uint64_t arrival_ns = now_ns;

	if (!req->plan && !planning_bind(r, req)) {
		/* A job that stopped may have ended the replay before this
		 * request. */
		front->over = replay_over(r, req->number);
		if (front->over)
			front->request = NULL;
		picker_of(td)->needs_peer = true;
		return false;
	}
	if (front->warming && !replay_warming(r, req->number)) {
		front->warming = false;
		warmup_end(td);
	}
	if (r->turns && turns_has(r, req->number)) {
		arrival_ns = req->arrival_ns;
	} else if (front->timed && !replay_warming(r, req->number)) {
		arrival_ns = take_arrival(r, req->number);
		if (arrival_ns > now_ns) {
			picker_wake_at(picker_of(td), arrival_ns);
			return false;
		}
	}
	begin_request(td, req, arrival_ns);
	if (front->timed)
		progress_by_time(td, arrival_ns);
	return true;
}

/* Takes a request to be the one in front. A job with I/O in flight takes one
 * only once it has arrived: another job may be free before this one is. */
static void take_front(struct thread_data *td, uint64_t now_ns)
{
	struct job *job = job_of(td);
	struct front *front = &job->picker.front;
	struct take take = {
		.timed = front->timed,
		.only_due = front->loading || job->feed.writes_inflight ||
			    front->nr_aside,
		.now_ns = now_ns,
	};

	if (front->over ||
	    (front->max_inflight && front->loading >= front->max_inflight))
		return;
	front->request = take_request(job->replay, &take);
	front->over = take.over;
	if (front->request)
		planning_look_ahead(job->replay, job->worker);
	if (front->request || front->over)
		return;
	if (take.due_ns != WAIT_NEVER)
		picker_wake_at(picker_of(td), take.due_ns);
	if (take.due_ns == WAIT_NEVER || job->replay->turns)
		picker_of(td)->needs_peer = true;
}

/* With sessions a request that waits for the order of a slot may wait for what
 * another user does at any time, so other requests go on meanwhile. */
void front_set_aside(struct front *front)
{
	front->aside[front->nr_aside++] = front->request;
	front->request = NULL;
}

/* Brings a request back to the front whose next read may be issued. */
static void take_from_aside(struct thread_data *td)
{
	struct front *front = front_of(td);
	struct request *req;
	unsigned int i;

	for (i = 0; i < front->nr_aside && !front->request; i++) {
		req = front->aside[i];
		if (!order_ready(job_of(td)->replay,
				 &req->steps[req->reads_issued]))
			continue;
		front->request = req;
		front->aside[i] = front->aside[--front->nr_aside];
	}
}

bool front_begin(struct thread_data *td, uint64_t now_ns)
{
	struct front *front = front_of(td);

	if (!front->request)
		take_from_aside(td);
	if (!front->request)
		take_front(td, now_ns);
	return front_has_begun(front) ||
	       (front->request && may_begin(td, now_ns));
}

int front_start(struct thread_data *td)
{
	const struct mooncake_options *o = job_of(td)->options;
	const struct replay *r = job_of(td)->replay;
	struct front *front = front_of(td);

	*front = (struct front){
		.max_inflight = option_max_inflight(td, o),
		.timed = option_timed(td),
		.reads_only = r->turns || option_store_async(td, o),
		.warming = r->warmup,
	};
	if (!r->turns)
		return 0;
	/* A user has one request at a time, a session as many as arrive. */
	front->aside = calloc(r->request_mask + 1, sizeof(*front->aside));
	return front->aside ? 0 : -1;
}

void front_stop(struct front *front)
{
	free(front->aside);
	*front = (struct front){ 0 };
}
