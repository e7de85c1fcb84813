#include "fio.h"

#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/pick/fetch.h"
#include "engine/pick/front.h"
#include "engine/pick/request.h"
#include "engine/replay/order.h"

#define LATE_NS \
	100000000ULL	 /* so long a store may wait for a place in the queue */
#define STORES_SOUGHT 64 /* requests that are looked through for a write */
#define WITHOUT_IO 64	 /* requests without I/O that may go by at once */

static struct picker *picker_of(struct thread_data *td)
{
	return &job_of(td)->picker;
}

static struct replay *replay_of(struct thread_data *td)
{
	return job_of(td)->replay;
}

static void begin_step(struct thread_data *td, struct cursor *cursor,
		       struct request *req, struct plan_step *step)
{
	struct job *job = job_of(td);
	struct picker *p = &job->picker;
	uint32_t objects = p->stages.objects[step->write];

	fetch_ahead(job->replay, step,
		    p->fetch_end ? p->fetch_end : req->steps + req->nr_steps);
	cursor_set_step(cursor, running_use_step(&job->feed.running, req, step,
						 objects));
}

/* Moves a write that is issued out of turn in front of the others of its
 * request. Returns where it is then. */
static struct plan_step *bring_forward(struct request *req,
				       struct plan_step *step)
{
	struct plan_step *next = request_next_write(req), write = *step;

	if (step != next) {
		memmove(next + 1, next, (step - next) * sizeof(*step));
		*next = write;
	}
	return next;
}

static void count_read(struct picker *p)
{
	p->front.request->reads_issued++;
	p->sought_for = NULL;
	front_leave(&p->front);
}

static void count_write(struct picker *p, struct request *req)
{
	if (++req->writes_issued == request_store_steps(req))
		request_list_remove(&p->stores, req);
	if (p->front.request == req)
		front_leave(&p->front);
}

/*
 * Finds the write of this job that is not issued yet and that @read needs
 * first: the one that fills the slot, or an earlier one that must be there
 * before it. The list is in the order of the plan, so that is the first to be
 * found.
 */
static void seek_write(struct picker *p, const struct plan_step *read)
{
	struct plan_step *step, *end;
	struct request *req;

	p->sought_for = read;
	p->sought_request = NULL;
	for (req = p->stores.first; req; req = req->next) {
		end = req->steps + req->nr_steps;
		for (step = request_next_write(req); step < end; step++) {
			if (step->slot != read->slot ||
			    (int32_t)(read->need - step->need) <= 0)
				continue;
			p->sought_request = req;
			req->wanted = true;
			p->sought_write = step;
			return;
		}
	}
}

static void note_blocked(struct thread_data *td, const struct plan_step *step)
{
	struct replay *r = replay_of(td);
	struct picker *p = picker_of(td);

	p->blocked = true;
	if (!order_abandoned(r, step) || order_ready(r, step))
		return;
	p->cut_short = true;
	if (!job_quiet())
		log_info("mooncake: job '%s' ends early: another job stopped before the I/O that it waits for\n",
			 td->o.name);
}

/* This is seldom called, and kept apart from what is done for each read. */
static __attribute__((noinline)) void note_read_blocked(
	struct thread_data *td, const struct plan_step *read)
{
	struct picker *p = picker_of(td);

	if (p->sought_for != read)
		seek_write(p, read);
	p->read_blocked = true;
	note_blocked(td, read);
}

/* Returns the next read of the request in front if the order of its slot allows
 * it, else NULL. */
static struct plan_step *ready_read(struct thread_data *td)
{
	const struct request *req = picker_of(td)->front.request;
	struct plan_step *read = &req->steps[req->reads_issued];

	if (req->reads_issued == req->plan->nr_reads)
		return NULL;
	if (order_read_ready(replay_of(td), read))
		return read;
	note_read_blocked(td, read);
	return NULL;
}

/* Do stores lag behind? With few places in the queue some devices never catch
 * up, and reads would soon wait for the very writes that get no place. */
static bool stores_late(struct thread_data *td, uint64_t now_ns)
{
	const struct request *req = picker_of(td)->stores.first;

	return req && !req->reads_left &&
	       request_ready_ns(td, req) + LATE_NS < now_ns;
}

/* May one more background write take a place in the queue? They get few, since
 * a read that comes up has them in front of it in the device, and never all. */
static bool store_has_place(struct thread_data *td, uint64_t now_ns)
{
	unsigned int depth = td->o.iodepth;
	bool late = stores_late(td, now_ns);

	return job_of(td)->feed.writes_inflight <
	       max(late ? depth - depth / 8 : depth / 4, 1U);
}

/* Does another job wait, perhaps for a write of this one? */
static bool others_wait(struct thread_data *td)
{
	bool self = picker_of(td)->waiting;

	return atomic_load_explicit(&replay_of(td)->waiting,
				    memory_order_relaxed) > self;
}

/* May the writes of this request be issued now, as far as the order of slots
 * allows? */
static bool store_may_go(struct thread_data *td, const struct request *req,
			 uint64_t now_ns)
{
	struct picker *p = picker_of(td);

	if (!p->async)
		return req->reads_issued == req->plan->nr_reads;
	if (others_wait(td))
		return true;
	if (req->reads_left)
		return false;
	/* Whoever reads one of its blocks will soon read the next. */
	if (req->wanted)
		return true;
	if (!store_has_place(td, now_ns))
		return false;
	if (request_ready_ns(td, req) > now_ns) {
		picker_wake_at(p, request_ready_ns(td, req));
		return false;
	}
	return true;
}

static struct plan_step *sought_write(struct thread_data *td,
				      struct request **req)
{
	const struct picker *p = picker_of(td);

	if (!p->read_blocked || !p->sought_for || !p->sought_request ||
	    !order_ready(replay_of(td), p->sought_write))
		return NULL;
	*req = p->sought_request;
	return p->sought_write;
}

static struct plan_step *ready_write(struct thread_data *td, uint64_t now_ns,
				     struct request **req)
{
	struct plan_step *step = sought_write(td, req);
	unsigned int looked = 0;

	if (step)
		return step;
	for (*req = picker_of(td)->stores.first; *req; *req = (*req)->next) {
		if (looked++ == STORES_SOUGHT)
			break;
		if (!store_may_go(td, *req, now_ns))
			continue;
		step = request_next_write(*req);
		if (order_ready(replay_of(td), step))
			return step;
		note_blocked(td, step);
	}
	return NULL;
}

/*
 * Picks the next read, and takes and begins requests until there is one. Where
 * memory serves all that requests look up none of them needs I/O, so after some
 * of them the caller gets to look at the time.
 */
static struct plan_step *pick_read(struct thread_data *td, uint64_t now_ns,
				   struct request **req)
{
	struct picker *p = picker_of(td);
	struct plan_step *step;
	unsigned int passed;

	for (passed = 0; passed < WITHOUT_IO; passed++) {
		if (!front_has_begun(&p->front) && !front_begin(td, now_ns))
			return NULL;
		*req = p->front.request;
		/* It has nothing to read, so it has left the front already. */
		if (!*req)
			continue;
		step = ready_read(td);
		if (step) {
			count_read(p);
			return step;
		}
		if (!p->front.aside)
			return NULL;
		front_set_aside(&p->front);
	}
	p->again = true;
	return NULL;
}

static __attribute__((noinline)) struct plan_step *pick_write(
	struct thread_data *td, uint64_t now_ns, struct request **req)
{
	struct picker *p = picker_of(td);
	struct plan_step *step = ready_write(td, now_ns, req);

	if (!step)
		return NULL;
	if (step == p->sought_write)
		p->sought_for = NULL;
	step = bring_forward(*req, step);
	count_write(p, *req);
	return step;
}

/* May a background write that has begun go on? A read may wait for it. */
static bool write_may_go_on(struct thread_data *td, uint64_t now_ns)
{
	return picker_of(td)->read_blocked || others_wait(td) ||
	       store_has_place(td, now_ns);
}

/* Is there more to issue of an object that has begun? That comes before any
 * other begins. */
static bool more_to_issue(struct thread_data *td)
{
	struct running *running = &job_of(td)->feed.running;
	struct picker *p = picker_of(td);

	if (!cursor_is_empty(&p->more))
		return true;
	if (!running->ready)
		return false;
	cursor_set_object(&p->more, running_take_ready(running));
	return true;
}

static enum next what_to_wait_for(struct thread_data *td)
{
	const struct picker *p = picker_of(td);

	if (p->cut_short ||
	    (p->front.over && !p->front.request && !p->front.nr_aside &&
	     !p->stores.first && !job_of(td)->feed.running.used_steps))
		return NEXT_END;
	if (p->again)
		return NEXT_AGAIN;
	if (p->blocked)
		return NEXT_WAIT_ORDER;
	if (p->needs_peer)
		return NEXT_WAIT_PEER;
	return p->wake_ns == WAIT_NEVER ? NEXT_WAIT_IO : NEXT_WAIT_TIME;
}

enum next picker_next(struct thread_data *td, uint64_t now_ns,
		      struct cursor **cursor)
{
	struct picker *p = picker_of(td);
	struct plan_step *step;
	struct request *req;

	if (p->counts.limit_met)
		return NEXT_END;
	p->wake_ns = WAIT_NEVER;
	p->blocked = p->read_blocked = p->needs_peer = p->again = false;
	if (more_to_issue(td)) {
		*cursor = &p->more;
		return NEXT_STEP;
	}
	*cursor = &p->write;
	if (!cursor_is_empty(&p->write) && !p->async)
		return NEXT_STEP;
	*cursor = &p->read;
	if (!cursor_is_empty(&p->read))
		return NEXT_STEP;
	step = pick_read(td, now_ns, &req);
	if (!step) {
		*cursor = &p->write;
		if (!cursor_is_empty(&p->write))
			return write_may_go_on(td, now_ns) ?
				       NEXT_STEP :
				       what_to_wait_for(td);
		step = pick_write(td, now_ns, &req);
	}
	if (!step)
		return what_to_wait_for(td);
	begin_step(td, *cursor, req, step);
	return NEXT_STEP;
}

void picker_set_waiting(struct thread_data *td, bool waiting)
{
	struct picker *p = picker_of(td);

	if (waiting == p->waiting)
		return;
	p->waiting = waiting;
	atomic_fetch_add(&replay_of(td)->waiting, waiting ? 1 : -1);
}

int picker_start(struct thread_data *td)
{
	const struct replay *r = replay_of(td);
	struct picker *p = picker_of(td);

	p->async = option_store_async(td, job_of(td)->options);
	if (r->nr_workers == 1 && !r->turns)
		p->fetch_end = r->plan.steps + r->plan.step_mask + 1;
	issue_start(td);
	return front_start(td);
}
