#include "fio.h"

#include "engine/result/check.h"
#include "engine/run/wait.h"
#include "engine/run/iolog_list.h"
#include "engine/run/feed.h"
#include "engine/run/give.h"
#include "engine/job.h"
#include "engine/run/pick.h"
#include "engine/replay/replay.h"
#include "engine/result/warmup.h"
#include "engine/run/request.h"

#define USEC 1000ULL
#define LOOK_NS (20000 * USEC) /* between looks for dead workers */
#define LOOK_BATCHES 4	       /* before asking whether it is time */
#define POLL_NS (200 * USEC)   /* for what another job brings about */
#define SPIN_NS (5 * USEC)     /* for the order of a slot, at first */
#define BLOCKED_SPINS 8	       /* such waits before longer ones */

static struct feed *feed_of(struct thread_data *td)
{
	return &job_of(td)->feed;
}

static void look_for_dead(struct thread_data *td)
{
	struct group *g = job_of(td)->group;
	struct feed *f = feed_of(td);
	uint64_t now_ns;

	if (g->nr_workers + g->nr_observers < 2)
		return;
	now_ns = time_now();
	if (now_ns < f->look_ns)
		return;
	f->look_ns = now_ns + LOOK_NS;
	group_report_dead(g);
}

/* A background write goes I/O by I/O: a read may come up before the next. */
static void give_background(struct thread_data *td, uint64_t now_ns)
{
	struct feed *f = feed_of(td);

	if (pick_may_go_on(td, now_ns))
		give_open(td, &f->open_store, f->given_count + 1);
}

/*
 * Puts I/O on the core's list; false when there is none to give now. Writes
 * in the same queue (store=inline) are finished before the next read, those in
 * the background only fill what reads leave free.
 */
static bool give_some(struct thread_data *td)
{
	struct feed *f = feed_of(td);
	uint64_t now_ns = feed_now(f);

	if (!(f->batches++ % LOOK_BATCHES))
		look_for_dead(td);
	f->wake_ns = WAIT_NEVER;
	f->blocked = f->load_blocked = f->poll = false;
	while (f->given_count < FEED_BATCH && !f->limited && !td->error) {
		if (f->open_store.step && !f->async)
			give_open(td, &f->open_store, FEED_BATCH);
		else if (f->open_load.step)
			give_open(td, &f->open_load, FEED_BATCH);
		else if (pick_load(td, now_ns))
			continue;
		else if (f->open_store.step) {
			give_background(td, now_ns);
			break;
		} else if (!pick_store(td, now_ns))
			break;
	}
	return f->given_count;
}

static void set_waiting(struct feed *f, bool waiting)
{
	if (waiting == !!f->blocked_rounds)
		return;
	if (waiting) {
		atomic_fetch_add(&f->replay->waiting, 1);
		f->order_waits++;
	} else {
		atomic_fetch_sub(&f->replay->waiting, 1);
		f->blocked_rounds = 0;
	}
}

/* What other jobs bring about must be looked for; what the order of a slot
 * waits for is mostly there in a moment. */
static void wake_for_others(struct thread_data *td, uint64_t now_ns)
{
	struct feed *f = feed_of(td);
	bool alone = f->replay->nr_workers == 1;

	if (f->blocked && !alone)
		feed_wake_at(f, now_ns + (f->blocked_rounds < BLOCKED_SPINS ?
						  SPIN_NS :
						  POLL_NS));
	if (f->poll || (f->wake_ns == WAIT_NEVER && !td->io_u_in_flight &&
			!td->io_u_queued))
		feed_wake_at(f, now_ns + POLL_NS);
}

static void wait_for_more(struct thread_data *td)
{
	struct feed *f = feed_of(td);
	uint64_t since = time_now();

	look_for_dead(td);
	set_waiting(f, f->load_blocked);
	wake_for_others(td, since);
	wait_until(td, f->wake_ns);
	if (f->blocked) {
		f->blocked_rounds++;
		f->order_wait_ns += time_now() - since;
	}
}

static bool feed_over(const struct feed *f)
{
	return f->limited || (f->over && !f->front && !f->open_load.step &&
			      !f->open_store.step && flist_empty(&f->stores));
}

static void end_if_failed(struct thread_data *td)
{
	if (replay_failed(feed_of(td)->replay) && !td->error)
		td_verror(td, ECANCELED,
			  "mooncake: another job of the replay group failed");
}

static void feed_end(struct thread_data *td)
{
	wait_drain(td);
	job_of(td)->ended = true;
	end_if_failed(td);
}

void feed_watch(struct thread_data *td)
{
	struct group *g = job_of(td)->group;

	while (!must_stop(td) && !replay_failed(feed_of(td)->replay) &&
	       group_running(g)) {
		look_for_dead(td);
		wait_until(td, time_now() + 5 * POLL_NS);
	}
	/* The last one may have ended by its death. */
	group_report_dead(g);
	end_if_failed(td);
}

void feed_more(struct thread_data *td)
{
	struct feed *f = feed_of(td);

	f->given_head = f->given_count = 0;
	while (!must_stop(td) && !replay_failed(f->replay)) {
		if (give_some(td)) {
			set_waiting(f, false);
			iolog_list_add_call(td);
			return;
		}
		if (feed_over(f))
			break;
		wait_for_more(td);
	}
	set_waiting(f, false);
	feed_end(td);
}

void feed_bind(struct thread_data *td, struct io_u *io_u)
{
	struct feed *f = feed_of(td);
	struct feed_io *io = &f->bound[io_u->index];

	/* Queued again, or what the core issues by itself. */
	if (io->step || io->sync || (io_u->flags & IO_U_F_VER_LIST) ||
	    td->runstate == TD_FSYNCING || f->given_head == f->given_count)
		return;
	*io = f->given[f->given_head++];
}

void feed_issue(struct thread_data *td, struct io_u *io_u)
{
	struct feed *f = feed_of(td);
	struct feed_io *io = &f->bound[io_u->index];
	struct request *req;

	if (!io->step)
		return;
	req = io->step->req;
	if (io_u->ddir == DDIR_READ) {
		if (!req->first_load_ns)
			req->first_load_ns = feed_now(f);
		return;
	}
	if (!req->first_store_ns)
		req->first_store_ns = feed_now(f);
	if (f->stamp_stride)
		check_stamp(td, io_u);
}

static void step_finished(struct thread_data *td, struct feed_step *fs)
{
	struct feed *f = feed_of(td);
	struct request *req = fs->req;
	bool write = fs->step->write;

	replay_step_done(f->replay, fs->step);
	fs->req = NULL;
	fs->next_free = f->free_steps;
	f->free_steps = fs;
	if (write)
		request_store_done(td, req);
	else if (!--req->loads_left)
		request_loads_done(td, req);
}

/* Short of its length: the core issues the rest, unless nothing came at all
 * or the file ends there, which no slot of ours does. */
static bool rest_follows(struct io_u *io_u)
{
	uint64_t done = io_u->xfer_buflen - io_u->resid;

	if (done && io_u->offset + done < io_u->file->real_file_size)
		return true;
	io_u->error = EIO;
	return false;
}

void feed_complete(struct thread_data *td, struct io_u *io_u)
{
	struct feed *f = feed_of(td);
	struct feed_io *io = &f->bound[io_u->index];
	struct feed_step *fs = io->step;

	if (fs) {
		if (!io_u->error && io_u->resid && rest_follows(io_u))
			return;
		if (!io_u->error && io_u->ddir == DDIR_READ && f->stamp_stride)
			check_read(td, io_u);
		io->step = NULL;
		f->writes_inflight -= fs->step->write;
		if (!--fs->left)
			step_finished(td, fs);
	} else if (io->sync) {
		struct request *req = io->sync;

		io->sync = NULL;
		request_store_done(td, req);
	}
}

static int feed_alloc(struct thread_data *td, struct feed *f)
{
	unsigned int i;

	/* In flight, given, and an open write that has neither. */
	f->nr_steps = td->o.iodepth + FEED_BATCH + 1;
	f->steps = calloc(f->nr_steps, sizeof(*f->steps));
	f->bound = calloc(td->o.iodepth, sizeof(*f->bound));
	if (!f->steps || !f->bound) {
		td_verror(td, ENOMEM, "feed");
		return 1;
	}
	for (i = 0; i < f->nr_steps; i++) {
		f->steps[i].next_free = f->free_steps;
		f->free_steps = &f->steps[i];
	}
	return 0;
}

int feed_start(struct thread_data *td)
{
	struct job *job = job_of(td);
	struct feed *f = &job->feed;
	struct fio_file *file;
	unsigned int i;

	if (feed_alloc(td, f))
		return 1;
	wait_init();
	INIT_FLIST_HEAD(&f->stores);
	f->step_ios[0] = give_ios(td, false);
	f->step_ios[1] = give_ios(td, true);
	if (job->check_blocks)
		f->stamp_stride =
			min(give_unit(td, false), give_unit(td, true));
	f->timed = option_timed(td);
	f->async = option_store_async(td, job->options);
	f->max_inflight = option_max_inflight(td, job->options);
	f->clocked = f->timed || f->async || f->replay->observers ||
		     job->options->prefill_rate;
	if (f->replay->warmup) {
		f->warming = true;
		warmup_begin(td);
	}
	for_each_file (td, file, i)
		iolog_list_add_open(td, i);
	iolog_list_add_call(td);
	return td->error ? 1 : 0;
}

void feed_stop(struct thread_data *td)
{
	struct feed *f = feed_of(td);

	if (f->steps && f->bound)
		request_abandon_all(td);
	iolog_list_drop(td);
	free(f->steps);
	free(f->bound);
	f->steps = NULL;
	f->bound = NULL;
}
