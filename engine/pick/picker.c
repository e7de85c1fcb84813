#include "fio.h"

#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/replay/order.h"
#include "engine/pick/front.h"
#include "engine/pick/request.h"

#define LATE_NS 100000000ULL /* that a store may wait for a place */
#define STORES_SOUGHT 64     /* requests looked through for a write */
#define WITHOUT_IO 64	     /* requests that may go by at once */

static struct picker *picker_of(struct thread_data *td)
{
	return &job_of(td)->picker;
}

static struct replay *replay_of(struct thread_data *td)
{
	return job_of(td)->feed.replay;
}

static void begin_step(struct thread_data *td, struct cursor *cursor,
		       struct request *req, struct plan_step *step)
{
	uint32_t ahead = step - req->steps + ORDER_AHEAD;
	struct running *running = &job_of(td)->feed.running;

	order_fetch(replay_of(td), req, ahead, ahead + 1);
	cursor_set_step(cursor, running_use_step(running, req, step,
						 layout_objects(td, step)));
}

static void begin_read(struct thread_data *td, struct plan_step *step)
{
	struct picker *p = picker_of(td);

	begin_step(td, &p->read, p->front, step);
	p->front->reads_issued++;
	p->sought = false;
	front_leave(p);
}

/* Writes issued out of turn move in front of the others of their request. */
static struct plan_step *bring_forward(struct request *req,
				       struct plan_step *step)
{
	struct plan_step *next = request_next_write(req), write = *step;

	memmove(next + 1, next, (step - next) * sizeof(*step));
	*next = write;
	return next;
}

static void begin_write(struct thread_data *td, struct request *req,
			struct plan_step *step)
{
	struct picker *p = picker_of(td);

	if (step == p->sought_write)
		p->sought = false;
	begin_step(td, &p->write, req, bring_forward(req, step));
	if (++req->writes_issued == request_stores(req))
		request_list_remove(&p->stores, req);
	if (p->front == req)
		front_leave(p);
}

/*
 * The write of this job, not issued yet, that @read needs first: the one that
 * fills the slot, or an earlier one that must be there before. The list is in
 * the order of the plan, so it is the first to be found.
 */
static void seek_write(struct picker *p, const struct plan_step *read)
{
	struct plan_step *step, *end;
	struct request *req;

	p->sought = true;
	p->sought_request = NULL;
	for (req = p->stores.first; req; req = req->next) {
		end = req->steps + request_steps(req);
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

/* The next read of the request in front, if order allows. */
static struct plan_step *ready_read(struct thread_data *td)
{
	struct picker *p = picker_of(td);
	struct plan_step *read = &p->front->steps[p->front->reads_issued];

	if (p->front->reads_issued == p->front->plan->nr_reads)
		return NULL;
	if (order_ready(replay_of(td), read))
		return read;
	if (!p->sought)
		seek_write(p, read);
	p->read_blocked = true;
	note_blocked(td, read);
	return NULL;
}

/* With few places in the queue some devices never catch up, and reads would
 * soon wait for the very writes that get no place. */
static bool stores_late(struct thread_data *td, uint64_t now_ns)
{
	const struct request *req = picker_of(td)->stores.first;

	return req && !req->reads_left &&
	       request_ready_ns(td, req) + LATE_NS < now_ns;
}

/*
 * Places in the queue that background writes may take: few, since a read that
 * comes up has those in front of it in the device, and never all.
 */
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

/* May this request's writes go now, if order allows? */
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
	/* Who reads one of its blocks will soon read the next. */
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

	if (!p->read_blocked || !p->sought || !p->sought_request ||
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

/* Where memory serves all lookups no request needs I/O, and still somebody must
 * look at the time now and then. */
static bool pick_read(struct thread_data *td, uint64_t now_ns)
{
	struct picker *p = picker_of(td);
	struct plan_step *step;
	unsigned int passed;

	for (passed = 0; passed < WITHOUT_IO; passed++) {
		if (!front_ready(td, now_ns))
			return false;
		/* Nothing to read, so it has left the front already. */
		if (!p->front)
			continue;
		step = ready_read(td);
		if (step) {
			begin_read(td, step);
			return true;
		}
		if (!p->aside)
			return false;
		front_set_aside(p);
	}
	p->again = true;
	return false;
}

static bool pick_write(struct thread_data *td, uint64_t now_ns)
{
	struct request *req;
	struct plan_step *step = ready_write(td, now_ns, &req);

	if (step)
		begin_write(td, req, step);
	return step != NULL;
}

/* May a background write that has begun go on? A read may wait for it. */
static bool write_may_go_on(struct thread_data *td, uint64_t now_ns)
{
	return picker_of(td)->read_blocked || others_wait(td) ||
	       store_has_place(td, now_ns);
}

/* An object that has begun goes on before any other begins. */
static bool more_to_issue(struct thread_data *td)
{
	struct picker *p = picker_of(td);
	struct running_object *object;

	if (!cursor_is_empty(&p->more))
		return true;
	object = running_take_ready(&job_of(td)->feed.running);
	if (object)
		cursor_set_object(td, &p->more, object);
	return object;
}

static enum next what_to_wait_for(struct thread_data *td)
{
	const struct picker *p = picker_of(td);

	if (p->cut_short ||
	    (p->over && !p->front && !p->nr_aside && !p->stores.first &&
	     !job_of(td)->feed.running.used_steps))
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

	if (job_of(td)->feed.limited)
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
	if (!cursor_is_empty(&p->read) || pick_read(td, now_ns)) {
		*cursor = &p->read;
		return NEXT_STEP;
	}
	if (cursor_is_empty(&p->write) ? pick_write(td, now_ns) :
					 write_may_go_on(td, now_ns)) {
		*cursor = &p->write;
		return NEXT_STEP;
	}
	return what_to_wait_for(td);
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
	const struct mooncake_options *o = job_of(td)->options;
	struct picker *p = picker_of(td);

	p->timed = option_timed(td);
	p->async = option_store_async(td, o);
	p->max_inflight = option_max_inflight(td, o);
	p->warming = replay_of(td)->warmup;
	return front_start(td);
}
