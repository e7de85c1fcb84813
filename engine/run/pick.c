#include "fio.h"

#include "engine/run/wait.h"
#include "engine/job.h"
#include "engine/run/pick.h"
#include "engine/replay/replay.h"
#include "engine/result/warmup.h"
#include "engine/run/request.h"

#define LATE_NS 100000000ULL /* that a store may wait for a place */
#define STORES_SOUGHT 64     /* requests looked through for a write */
#define AHEAD 32	     /* steps whose slots are fetched early */

/* The state of a slot is mostly in the cache of the job that used it last. */
static void fetch_slots(const struct feed *f, const struct request *req,
			uint32_t from, uint32_t to)
{
	uint32_t steps = req->plan->nr_reads + req->plan->nr_writes, i;

	for (i = from; i < to && i < steps; i++)
		__builtin_prefetch(&f->replay->slots[req->steps[i].slot]);
}

static struct feed_step *use_step(struct feed *f, struct request *req,
				  struct plan_step *step)
{
	struct feed_step *fs = f->free_steps;
	uint32_t ahead = step - req->steps + AHEAD;

	fetch_slots(f, req, ahead, ahead + 1);
	f->free_steps = fs->next_free;
	fs->req = req;
	fs->step = step;
	fs->left = f->step_ios[step->write];
	return fs;
}

/*
 * A request is in front until its reads are given, with store=inline until its
 * writes are too. Once all are, its record may soon be another's.
 */
static void leave_front(struct feed *f)
{
	struct request *req = f->front;

	if (req->loads_fed == req->plan->nr_reads &&
	    (f->async || req->stores_fed == req->plan->nr_writes))
		f->front = NULL;
}

static void open_load(struct feed *f, struct request *req,
		      struct plan_step *step)
{
	f->open_load.step = use_step(f, req, step);
	f->open_load.offset = 0;
	req->loads_fed++;
	f->sought = false;
	leave_front(f);
}

static struct plan_step *next_write(const struct request *req)
{
	return req->steps + req->plan->nr_reads + req->stores_fed;
}

/* Writes given out of turn move in front of the others of their request. */
static struct plan_step *bring_forward(struct request *req,
				       struct plan_step *step)
{
	struct plan_step *next = next_write(req), write = *step;

	memmove(next + 1, next, (step - next) * sizeof(*step));
	*next = write;
	return next;
}

static void open_store(struct feed *f, struct request *req,
		       struct plan_step *step)
{
	if (step == f->sought_write)
		f->sought = false;
	f->open_store.step = use_step(f, req, bring_forward(req, step));
	f->open_store.offset = 0;
	if (++req->stores_fed == req->plan->nr_writes)
		flist_del_init(&req->stores);
	if (f->front == req)
		leave_front(f);
}

static void front_start(struct thread_data *td, struct request *req,
			uint64_t arrival_ns)
{
	struct feed *f = &job_of(td)->feed;

	fetch_slots(f, req, 0, AHEAD);
	req->begun = true;
	req->arrival_ns = arrival_ns;
	replay_count(&f->worker->nr_started);
	f->loading++;
	if (req->plan->nr_writes)
		flist_add_tail(&req->stores, &f->stores);
	leave_front(f);
	if (!req->plan->nr_reads)
		request_loads_done(td, req);
}

/* fio's own estimate goes by bytes; with timestamps it is time that counts. */
static void show_progress(struct thread_data *td, uint64_t now_ns)
{
	struct replay *r = job_of(td)->feed.replay;
	double bytes = td->io_bytes[DDIR_READ] + td->io_bytes[DDIR_WRITE];
	double passed = now_ns - atomic_load(r->epoch_ns);

	if (r->passes == UINT64_MAX || passed <= 0)
		return;
	td->total_io_size = bytes * ((double)r->passes * r->pass_ns) / passed;
}

/*
 * Has the request in front begun, or can it now? It must have its plan, and
 * with timestamps its time must have come.
 */
static bool front_begun(struct thread_data *td, uint64_t now_ns)
{
	struct feed *f = &job_of(td)->feed;
	struct request *req = f->front;
	uint64_t arrival_ns = now_ns;

	if (req->begun)
		return true;
	if (!req->plan && !replay_bind(f->replay, req)) {
		/* A job that stopped may have ended the replay before it. */
		f->over = replay_over(f->replay, req->number);
		if (f->over)
			f->front = NULL;
		f->poll = true;
		return false;
	}
	if (f->warming && !replay_warming(f->replay, req->number)) {
		f->warming = false;
		warmup_end(td);
	}
	if (f->timed && !replay_warming(f->replay, req->number)) {
		arrival_ns = replay_arrival(f->replay, req->number);
		if (arrival_ns > now_ns) {
			feed_wake_at(f, arrival_ns);
			return false;
		}
	}
	front_start(td, req, arrival_ns);
	if (f->timed)
		show_progress(td, arrival_ns);
	return true;
}

/*
 * A job with I/O in flight takes a request only once it has arrived: another
 * one may be free before this one is.
 */
static void take_front(struct thread_data *td, uint64_t now_ns)
{
	struct feed *f = &job_of(td)->feed;
	bool busy = f->loading || f->writes_inflight;

	if (f->over || (f->max_inflight && f->loading >= f->max_inflight))
		return;
	f->front = replay_take(f->replay, now_ns, f->timed, busy, &f->over);
	if (f->front)
		replay_plan_ahead(f->replay, f->worker);
	f->sought = false;
	if (f->front || f->over)
		return;
	if (f->timed && busy && replay_next_arrival(f->replay) > now_ns)
		feed_wake_at(f, replay_next_arrival(f->replay));
	else
		f->poll = true;
}

/*
 * The write of this job, not given yet, that @read needs first: the one that
 * fills the slot, or an earlier one that must be there before. The list is in
 * the order of the plan, so it is the first to be found.
 */
static void seek_write(struct feed *f, const struct plan_step *read)
{
	struct plan_step *step, *end;
	struct flist_head *entry;
	struct request *req;

	f->sought = true;
	f->sought_request = NULL;
	flist_for_each (entry, &f->stores) {
		req = flist_entry(entry, struct request, stores);
		end = req->steps + req->plan->nr_reads + req->plan->nr_writes;
		for (step = next_write(req); step < end; step++) {
			if (step->slot != read->slot ||
			    (int32_t)(read->need - step->need) <= 0)
				continue;
			f->sought_request = req;
			req->wanted = true;
			f->sought_write = step;
			return;
		}
	}
}

static void note_blocked(struct thread_data *td, const struct plan_step *step)
{
	struct feed *f = &job_of(td)->feed;

	f->blocked = true;
	if (!replay_abandoned(f->replay, step) || replay_ready(f->replay, step))
		return;
	f->over = f->limited = true;
	if (!job_quiet())
		log_info(
			"mooncake: job '%s' ends early: another job stopped before the I/O that it waits for\n",
			td->o.name);
}

/* The next read of the request in front, if order allows. */
static struct plan_step *ready_load(struct thread_data *td)
{
	struct feed *f = &job_of(td)->feed;
	struct plan_step *read = &f->front->steps[f->front->loads_fed];

	if (f->front->loads_fed == f->front->plan->nr_reads)
		return NULL;
	if (replay_ready(f->replay, read))
		return read;
	if (!f->sought)
		seek_write(f, read);
	f->load_blocked = true;
	note_blocked(td, read);
	return NULL;
}

/* With few places some devices never get done: then reads would soon wait for
 * the very writes that have none. */
static bool stores_late(struct thread_data *td, uint64_t now_ns)
{
	const struct feed *f = &job_of(td)->feed;
	const struct request *req;

	if (flist_empty(&f->stores))
		return false;
	req = flist_first_entry(&f->stores, struct request, stores);
	return !req->loads_left && request_ready_ns(td, req) + LATE_NS < now_ns;
}

/*
 * Places in the queue that background writes may take: few, since a read that
 * comes up has those in front of it in the device, and never all.
 */
static bool store_has_place(struct thread_data *td, uint64_t now_ns)
{
	unsigned int depth = td->o.iodepth;
	struct feed *f = &job_of(td)->feed;
	bool late = stores_late(td, now_ns);

	return f->writes_inflight <
	       max(late ? depth - depth / 8 : depth / 4, 1U);
}

/* Does another job wait, perhaps for a write of this one? */
static bool others_wait(const struct feed *f)
{
	bool self = f->blocked_rounds;

	return atomic_load_explicit(&f->replay->waiting, memory_order_relaxed) >
	       self;
}

/* May this request's writes go now, if order allows? */
static bool store_may_go(struct thread_data *td, const struct request *req,
			 uint64_t now_ns)
{
	struct feed *f = &job_of(td)->feed;

	if (!f->async)
		return req->loads_fed == req->plan->nr_reads;
	if (others_wait(f))
		return true;
	if (req->loads_left)
		return false;
	/* Who reads one of its blocks will soon read the next. */
	if (req->wanted)
		return true;
	if (!store_has_place(td, now_ns))
		return false;
	if (request_ready_ns(td, req) > now_ns) {
		feed_wake_at(f, request_ready_ns(td, req));
		return false;
	}
	return true;
}

static struct plan_step *sought_store(struct feed *f, struct request **req)
{
	if (!f->load_blocked || !f->sought || !f->sought_request ||
	    !replay_ready(f->replay, f->sought_write))
		return NULL;
	*req = f->sought_request;
	return f->sought_write;
}

static struct plan_step *ready_store(struct thread_data *td, uint64_t now_ns,
				     struct request **req)
{
	struct feed *f = &job_of(td)->feed;
	struct plan_step *step = sought_store(f, req);
	struct flist_head *entry;
	unsigned int looked = 0;

	if (step)
		return step;
	flist_for_each (entry, &f->stores) {
		*req = flist_entry(entry, struct request, stores);
		if (looked++ == STORES_SOUGHT)
			break;
		if (!store_may_go(td, *req, now_ns))
			continue;
		step = next_write(*req);
		if (replay_ready(f->replay, step))
			return step;
		note_blocked(td, step);
	}
	return NULL;
}

bool pick_load(struct thread_data *td, uint64_t now_ns)
{
	struct feed *f = &job_of(td)->feed;
	struct plan_step *step;

	for (;;) {
		if (!f->front)
			take_front(td, now_ns);
		if (!f->front || !front_begun(td, now_ns))
			return false;
		/* Nothing to read, so it has left the front already. */
		if (!f->front)
			continue;
		step = ready_load(td);
		if (step)
			open_load(f, f->front, step);
		return step != NULL;
	}
}

bool pick_store(struct thread_data *td, uint64_t now_ns)
{
	struct request *req;
	struct plan_step *step = ready_store(td, now_ns, &req);

	if (step)
		open_store(&job_of(td)->feed, req, step);
	return step != NULL;
}

bool pick_may_go_on(struct thread_data *td, uint64_t now_ns)
{
	struct feed *f = &job_of(td)->feed;

	/* It may be the one that a read waits for. */
	return f->load_blocked || others_wait(f) || store_has_place(td, now_ns);
}
