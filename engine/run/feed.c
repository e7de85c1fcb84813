#include "fio.h"

#include "engine/job.h"
#include "engine/replay/order.h"
#include "engine/result/check.h"
#include "engine/result/warmup.h"
#include "engine/run/feed.h"
#include "engine/run/iolog_list.h"
#include "engine/run/issue.h"
#include "engine/run/request.h"

#define USEC ((uint64_t)1000)
#define PEER_NS (200 * USEC) /* between looks at what another job does */
#define SPIN_NS (5 * USEC)   /* the same for the order of a slot, at first */
#define SPINS 8		     /* such waits before longer ones */

static struct feed *feed_of(struct thread_data *td)
{
	return &job_of(td)->feed;
}

/*
 * Puts I/O on the core's list until the batch is full or the picker has none.
 * A background write goes I/O by I/O: a read may come up before the next.
 */
static enum next fill(struct thread_data *td)
{
	const struct picker *p = &job_of(td)->picker;
	struct feed *f = feed_of(td);
	uint64_t now_ns = feed_now(f);
	struct cursor *cursor;
	enum next next = NEXT_STEP;

	while (f->issued_count < FEED_BATCH && !td->error) {
		next = picker_next(td, now_ns, &cursor);
		if (next != NEXT_STEP)
			break;
		if (picker_in_background(p, cursor)) {
			issue_ios(td, cursor, f->issued_count + 1);
			break;
		}
		issue_ios(td, cursor, FEED_BATCH);
	}
	return next;
}

/* When to look again. What the order of a slot waits for is mostly there in a
 * moment, but only others bring it about. */
static uint64_t wake_time(struct thread_data *td, enum next next,
			  uint64_t now_ns)
{
	const struct feed *f = feed_of(td);
	uint64_t wake_ns = job_of(td)->picker.wake_ns;

	switch (next) {
	case NEXT_WAIT_ORDER:
		if (f->replay->nr_workers == 1)
			break;
		return min(wake_ns,
			   now_ns + (f->order_rounds < SPINS ? SPIN_NS :
							       PEER_NS));
	case NEXT_WAIT_PEER:
		return min(wake_ns, now_ns + PEER_NS);
	default:
		break;
	}
	if (wake_ns == WAIT_NEVER && !td->io_u_in_flight && !td->io_u_queued)
		return now_ns + PEER_NS;
	return wake_ns;
}

static void wait_for_more(struct thread_data *td, enum next next)
{
	const struct picker *p = &job_of(td)->picker;
	struct feed *f = feed_of(td);
	uint64_t since = time_now();

	if (p->read_blocked && !p->waiting)
		f->order_waits++;
	picker_set_waiting(td, p->read_blocked);
	wait_until(td, wake_time(td, next, since));
	if (next == NEXT_WAIT_ORDER) {
		f->order_rounds++;
		f->order_wait_ns += time_now() - since;
	}
}

static void end_if_failed(struct thread_data *td)
{
	if (replay_failed(feed_of(td)->replay) && !td->error)
		td_verror(td, ECANCELED,
			  "mooncake: another job of the replay group failed");
}

static void feed_end(struct thread_data *td)
{
	picker_set_waiting(td, false);
	wait_drain(td);
	job_of(td)->ended = true;
	end_if_failed(td);
}

void feed_more(struct thread_data *td)
{
	struct feed *f = feed_of(td);
	enum next next;

	f->issued_head = f->issued_count = 0;
	while (!must_stop(td) && !replay_failed(f->replay)) {
		next = fill(td);
		if (f->issued_count) {
			f->order_rounds = 0;
			picker_set_waiting(td, false);
			iolog_list_add_call(td);
			return;
		}
		if (next == NEXT_END)
			break;
		if (next != NEXT_AGAIN)
			wait_for_more(td, next);
		else
			wait_serve(td);
	}
	feed_end(td);
}

void feed_bind(struct thread_data *td, struct io_u *io_u)
{
	struct feed *f = feed_of(td);
	struct issued_io *io = io_table_find(&f->bound, io_u);

	if (!io) {
		td_verror(td, ENOMEM, "mooncake: feed");
		return;
	}
	/* Queued again, or what the core issues by itself. */
	if (io->running || io->sync || (io_u->flags & IO_U_F_VER_LIST) ||
	    td->runstate == TD_FSYNCING || f->issued_head == f->issued_count)
		return;
	*io = f->issued[f->issued_head++];
}

void feed_begin(struct thread_data *td, struct io_u *io_u)
{
	struct feed *f = feed_of(td);
	struct issued_io *io = io_table_find(&f->bound, io_u);
	struct request *req;

	if (!io || !io->running)
		return;
	req = io->running->req;
	if (io_u->ddir == DDIR_READ) {
		if (!req->load_begin_ns)
			req->load_begin_ns = feed_now(f);
		return;
	}
	if (!req->store_begin_ns)
		req->store_begin_ns = feed_now(f);
	if (f->stamp_stride)
		check_stamp(td, io_u, io);
}

static void step_done(struct thread_data *td, struct running_step *running)
{
	struct feed *f = feed_of(td);
	struct request *req = running->req;
	bool write = running->step->write;

	if (write)
		order_set_bad(f->replay, running->step, running->failed);
	order_done(f->replay, running->step);
	running->req = NULL;
	running->next_free = f->free_steps;
	f->free_steps = running;
	if (write)
		request_write_done(td, req);
	else if (!--req->reads_left)
		request_loaded(td, req);
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

static bool is_fatal(struct thread_data *td, const struct io_u *io_u)
{
	return !td_non_fatal_error(td, td_error_type(io_u->ddir, io_u->error),
				   io_u->error);
}

void feed_complete(struct thread_data *td, struct io_u *io_u)
{
	struct feed *f = feed_of(td);
	struct issued_io *io = io_table_find(&f->bound, io_u);
	struct issued_io done;

	if (!io || (!io->running && !io->sync))
		return;
	if (io->running) {
		if (!io_u->error && io_u->resid && rest_follows(io_u))
			return;
		if (!io_u->error && io_u->ddir == DDIR_READ && f->stamp_stride)
			check_read(td, io_u, io);
		/* The job ends: its step stays undone, and is abandoned. */
		if (io_u->error && is_fatal(td, io_u))
			return;
		io->running->failed |= io_u->error != 0;
	}
	done = *io;
	*io = (struct issued_io){ 0 };
	if (done.sync) {
		request_write_done(td, done.sync);
		return;
	}
	f->writes_inflight -= done.running->step->write;
	if (!--done.running->left)
		step_done(td, done.running);
}

struct running_step *feed_use_step(struct feed *f, struct request *req,
				   struct plan_step *step)
{
	struct running_step *running = f->free_steps;

	f->free_steps = running->next_free;
	running->req = req;
	running->step = step;
	running->failed = false;
	running->left = f->step_ios[step->write];
	return running;
}

void feed_forget(struct feed *f, const struct request *req)
{
	unsigned int i;

	for (i = 0; i < f->nr_steps; i++) {
		if (f->steps[i].req != req)
			continue;
		order_abandon(f->replay, f->steps[i].step);
		f->steps[i].req = NULL;
	}
	for (i = 0; i < 1U << f->bound.bits; i++)
		if (f->bound.entries[i].io.sync == req)
			f->bound.entries[i].io.sync = NULL;
	for (i = f->issued_head; i < f->issued_count; i++)
		if (f->issued[i].sync == req)
			f->issued[i].sync = NULL;
}

struct request *feed_unfinished(const struct feed *f)
{
	unsigned int i;

	for (i = 0; i < f->nr_steps; i++)
		if (f->steps[i].req)
			return f->steps[i].req;
	for (i = 0; i < 1U << f->bound.bits; i++)
		if (f->bound.entries[i].io.sync)
			return f->bound.entries[i].io.sync;
	for (i = f->issued_head; i < f->issued_count; i++)
		if (f->issued[i].sync)
			return f->issued[i].sync;
	return NULL;
}

static int allocate(struct thread_data *td, struct feed *f)
{
	unsigned int i;

	/* In flight, issued, and a write of which neither can be said. */
	f->nr_steps = td->o.iodepth + FEED_BATCH + 1;
	f->steps = calloc(f->nr_steps, sizeof(*f->steps));
	if (!f->steps || io_table_init(&f->bound, td->o.iodepth)) {
		td_verror(td, ENOMEM, "mooncake: feed");
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

	if (allocate(td, f))
		return 1;
	wait_init();
	picker_start(td);
	f->step_ios[0] = issue_count(td, false);
	f->step_ios[1] = issue_count(td, true);
	if (job->check_blocks)
		f->stamp_stride =
			min(issue_unit(td, false), issue_unit(td, true));
	f->clocked = job->picker.timed || job->picker.async ||
		     f->replay->nr_observers || job->options->prefill_rate;
	if (f->replay->warmup)
		warmup_begin(td);
	for_each_file (td, file, i)
		iolog_list_add_open(td, i);
	iolog_list_add_call(td);
	return td->error ? 1 : 0;
}

void feed_stop(struct thread_data *td)
{
	struct feed *f = feed_of(td);

	if (f->steps && f->bound.entries)
		request_abandon_all(td);
	iolog_list_drop(td);
	free(f->steps);
	f->steps = NULL;
	io_table_exit(&f->bound);
}
