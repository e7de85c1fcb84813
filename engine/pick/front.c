#include "fio.h"

#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/replay/order.h"
#include "engine/replay/planning.h"
#include "engine/replay/take.h"
#include "engine/replay/turns.h"
#include "engine/result/progress.h"
#include "engine/result/warmup.h"
#include "engine/pick/front.h"
#include "engine/pick/request.h"

static struct picker *picker_of(struct thread_data *td)
{
	return &job_of(td)->picker;
}

/*
 * A request is in front until its reads are issued, with store=inline until
 * its writes are too. Once all are, its record may soon be another's.
 */
void front_leave(struct picker *p)
{
	struct request *req = p->front;

	if (req->reads_issued == req->plan->nr_reads &&
	    (p->async || p->aside || req->writes_issued == request_stores(req)))
		p->front = NULL;
}

static void begin_request(struct thread_data *td, struct request *req,
			  uint64_t arrival_ns)
{
	struct picker *p = picker_of(td);

	order_fetch(job_of(td)->feed.replay, req, 0, ORDER_AHEAD);
	req->begun = true;
	req->arrival_ns = arrival_ns;
	replay_count(&job_of(td)->feed.worker->nr_started);
	if (req->plan->nr_probes && layout_of(td)->probe)
		layout_of(td)->probe(td, req);
	p->loading++;
	if (request_stores(req))
		request_list_append(&p->stores, req);
	front_leave(p);
	if (!req->plan->nr_reads)
		request_loaded(td, req);
}

/*
 * Has the request in front begun, or can it now? It must have its plan, and
 * with timestamps its time must have come.
 */
static bool front_begun(struct thread_data *td, uint64_t now_ns)
{
	struct replay *r = job_of(td)->feed.replay;
	struct picker *p = picker_of(td);
	struct request *req = p->front;
	uint64_t arrival_ns = now_ns;

	if (req->begun)
		return true;
	if (!req->plan && !planning_bind(r, req)) {
		/* A job that stopped may have ended the replay before it. */
		p->over = replay_over(r, req->number);
		if (p->over)
			p->front = NULL;
		p->needs_peer = true;
		return false;
	}
	if (p->warming && !replay_warming(r, req->number)) {
		p->warming = false;
		warmup_end(td);
	}
	if (r->turns && turns_has(r, req->number)) {
		arrival_ns = req->arrival_ns;
	} else if (p->timed && !replay_warming(r, req->number)) {
		arrival_ns = take_arrival(r, req->number);
		if (arrival_ns > now_ns) {
			picker_wake_at(p, arrival_ns);
			return false;
		}
	}
	begin_request(td, req, arrival_ns);
	if (p->timed)
		progress_by_time(td, arrival_ns);
	return true;
}

/*
 * A job with I/O in flight takes a request only once it has arrived: another
 * one may be free before this one is.
 */
static void take_front(struct thread_data *td, uint64_t now_ns)
{
	struct feed *f = &job_of(td)->feed;
	struct picker *p = picker_of(td);
	struct take take = {
		.timed = p->timed,
		.only_due = p->loading || f->writes_inflight || p->nr_aside,
		.now_ns = now_ns,
	};

	if (p->over || (p->max_inflight && p->loading >= p->max_inflight))
		return;
	p->front = take_request(f->replay, &take);
	p->over = take.over;
	if (p->front)
		planning_look_ahead(f->replay, f->worker);
	p->sought = false;
	if (p->front || p->over)
		return;
	if (take.due_ns != WAIT_NEVER)
		picker_wake_at(p, take.due_ns);
	if (take.due_ns == WAIT_NEVER || f->replay->turns)
		p->needs_peer = true;
}

/*
 * With sessions, a request that waits for the order of a slot waits for what
 * another user does when he pleases: the others go on meanwhile.
 */
void front_set_aside(struct picker *p)
{
	if (p->aside) {
		p->aside[p->nr_aside++] = p->front;
		p->front = NULL;
	}
}

/* Brings back a request whose next read may go. */
static void take_from_aside(struct thread_data *td)
{
	struct picker *p = picker_of(td);
	struct request *req;
	unsigned int i;

	for (i = 0; i < p->nr_aside && !p->front; i++) {
		req = p->aside[i];
		if (!order_ready(job_of(td)->feed.replay,
				 &req->steps[req->reads_issued]))
			continue;
		p->front = req;
		p->aside[i] = p->aside[--p->nr_aside];
		p->sought = false;
	}
}

bool front_ready(struct thread_data *td, uint64_t now_ns)
{
	struct picker *p = picker_of(td);

	if (!p->front)
		take_from_aside(td);
	if (!p->front)
		take_front(td, now_ns);
	return p->front && front_begun(td, now_ns);
}

int front_start(struct thread_data *td)
{
	const struct replay *r = job_of(td)->feed.replay;
	struct picker *p = picker_of(td);

	if (!r->turns)
		return 0;
	/* A user has one request at a time, a session as many as arrive. */
	p->aside = calloc(r->request_mask + 1, sizeof(*p->aside));
	return p->aside ? 0 : -1;
}

void front_stop(struct thread_data *td)
{
	struct picker *p = picker_of(td);

	free(p->aside);
	p->aside = NULL;
	p->nr_aside = 0;
}
