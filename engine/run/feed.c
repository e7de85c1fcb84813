#include "fio.h"

#include "engine/fio_releases.h"
#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/layout/layout_setup.h"
#include "engine/replay/order.h"
#include "engine/result/check.h"
#include "engine/result/stamp.h"
#include "engine/result/warmup.h"
#include "engine/run/feed.h"
#include "engine/pick/front.h"
#include "engine/inflight/iolog_list.h"
#include "engine/pick/issue.h"
#include "engine/pick/request.h"
#include "engine/pick/stage.h"

#define USEC ((uint64_t)1000)
#define PEER_NS (200 * USEC) /* between looks at what another job does */
#define SPIN_NS (5 * USEC)   /* the same for the order of a slot, at first */
#define SPINS 8		     /* such waits before longer ones */

static struct feed *feed_of(struct thread_data *td)
{
	return &job_of(td)->feed;
}

/*
 * What begins an object, the opening of its file or the read of its header, is
 * not done ahead of its turn: for no more objects than are in flight together.
 */
static unsigned int batch_of(struct thread_data *td)
{
	if (!layout_of(td)->in_files && !job_of(td)->options->header_reads)
		return FEED_BATCH;
	return min((unsigned int)FEED_BATCH, td->o.iodepth);
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
	unsigned int batch = batch_of(td);
	enum next next = NEXT_STEP;

	while (f->issued_count < batch && !td->error) {
		next = picker_next(td, now_ns, &cursor);
		if (next != NEXT_STEP)
			break;
		if (picker_in_background(p, cursor)) {
			issue_ios(td, cursor, f->issued_count + 1);
			break;
		}
		issue_ios(td, cursor, batch);
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
	verify_in_any_order(td);
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
	/* It was queued before, or the core issues it by itself. */
	if (io->object || (io_u->flags & IO_U_F_VER_LIST) ||
	    td->runstate == TD_FSYNCING || f->issued_head == f->issued_count)
		return;
	*io = f->issued[f->issued_head++];
}

void feed_begin(struct thread_data *td, struct io_u *io_u)
{
	struct feed *f = feed_of(td);
	struct issued_io *io = io_table_find(&f->bound, io_u);
	struct request *req;

	if (!io || !io->object)
		return;
	req = io->object->running->req;
	if (io_u->ddir == DDIR_READ) {
		if (!req->load_begin_ns)
			req->load_begin_ns = feed_now(f);
		return;
	}
	if (!req->store_begin_ns)
		req->store_begin_ns = feed_now(f);
	if (f->stamp_stride && io_u->ddir == DDIR_WRITE)
		check_stamp(td, io_u, io);
}

void feed_step_done(struct thread_data *td, struct running_step *step)
{
	struct feed *f = feed_of(td);
	struct request *req = step->req;
	bool load = plan_kind(step->step) == PLAN_READ;

	if (step->step->write)
		order_set_bad(f->replay, step->step, step->failed);
	order_done(f->replay, step->step);
	running_free_step(&f->running, step);
	if (!load)
		request_write_done(td, req);
	else if (!--req->reads_left)
		request_loaded(td, req);
}

/* Goes on to the object's next stage, now that all I/O of this one is done. */
static void stage_done(struct thread_data *td, struct running_object *object)
{
	struct running_step *step = object->running;
	struct feed *f = feed_of(td);

	object->stage++;
	object->all_issued = false;
	object->kind = stage_kind(td, object);
	if (object->kind != STAGE_END) {
		running_add_ready(&f->running, object);
		return;
	}
	if (layout_of(td)->end(td, object))
		return;
	running_free_object(&f->running, object);
	if (!--step->objects_left)
		feed_step_done(td, step);
}

/* A read that was widened may go beyond the end of its file, where nothing of
 * its object lies. */
static bool has_own_bytes(const struct io_u *io_u, const struct issued_io *io)
{
	return io_u->ddir == DDIR_READ &&
	       io_u->buflen - io_u->resid >= io->before + io->len;
}

/* Short of its length: the core issues the rest, unless nothing came at all
 * or the file ends there, which no slot of ours does. */
static bool rest_follows(struct io_u *io_u, const struct issued_io *io)
{
	uint64_t done = io_u->xfer_buflen - io_u->resid;

	if (has_own_bytes(io_u, io)) {
		io_u->resid = 0;
		return false;
	}
	if (done && io_u->offset + done < io_u->file->real_file_size)
		return true;
	log_err("mooncake: %s of %s at offset %llu came to %llu of %llu bytes, and no more: the file ends there, or its storage does not say why\n",
		io_ddir_name(io_u->ddir), io_u->file->file_name, io_u->offset,
		(unsigned long long)done, io_u->xfer_buflen);
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
	struct running_object *object;

	if (!io || !io->object)
		return;
	object = io->object;
	if (!io_u->error && ddir_rw(io_u->ddir) && io_u->resid &&
	    rest_follows(io_u, io))
		return;
	if (!io_u->error && io_u->ddir == DDIR_READ && f->stamp_stride)
		check_read(td, io_u, io);
	/* The job will end, and its step is abandoned with it. */
	if (io_u->error && is_fatal(td, io_u))
		return;
	object->running->failed |= io_u->error != 0;
	*io = (struct issued_io){ 0 };
	f->writes_inflight -= io_u->ddir == DDIR_WRITE;
	if (!--object->left && object->all_issued)
		stage_done(td, object);
}

static bool is_of(const struct issued_io *io, const struct request *req)
{
	return io->object && io->object->running->req == req;
}

void feed_forget(struct thread_data *td, const struct request *req)
{
	struct feed *f = feed_of(td);
	struct running *r = &f->running;
	struct issued_io *io;
	unsigned int i;

	for (i = 0; i < 1U << f->bound.bits; i++) {
		io = &f->bound.entries[i].io;
		if (is_of(io, req))
			*io = (struct issued_io){ 0 };
	}
	for (i = f->issued_head; i < f->issued_count; i++)
		if (is_of(&f->issued[i], req))
			f->issued[i] = (struct issued_io){ 0 };
	for (i = 0; i < r->nr; i++) {
		if (!r->objects[i].running || r->objects[i].running->req != req)
			continue;
		layout_of(td)->abandon(td, &r->objects[i]);
		running_free_object(r, &r->objects[i]);
	}
	for (i = 0; i < r->nr; i++) {
		if (r->steps[i].req != req)
			continue;
		order_abandon(f->replay, r->steps[i].step);
		running_free_step(r, &r->steps[i]);
	}
}

struct request *feed_unfinished(const struct feed *f)
{
	unsigned int i;

	for (i = 0; i < f->running.nr; i++)
		if (f->running.steps[i].req)
			return f->running.steps[i].req;
	return NULL;
}

static int allocate(struct thread_data *td, struct feed *f)
{
	/* One for each I/O in flight or issued, and one for each cursor. */
	unsigned int nr = td->o.iodepth + FEED_BATCH + 3;

	if (!running_init(&f->running, nr) &&
	    !io_table_init(&f->bound, td->o.iodepth))
		return 0;
	td_verror(td, ENOMEM, "mooncake: feed");
	return 1;
}

/* One in each I/O, where none runs into the next. */
static uint64_t stamp_stride(struct thread_data *td)
{
	uint64_t stride = min(issue_unit(td, false), issue_unit(td, true));

	return max(stride, (uint64_t)sizeof(struct stamp));
}

static void open_files(struct thread_data *td)
{
	struct fio_file *file;
	unsigned int i;

	for_each_file (td, file, i)
		iolog_list_add_open(td, i);
}

int feed_start(struct thread_data *td)
{
	struct job *job = job_of(td);
	struct feed *f = &job->feed;

	if (allocate(td, f) || layout_start(td))
		return 1;
	wait_init();
	if (picker_start(td)) {
		td_verror(td, ENOMEM, "mooncake: picker");
		return 1;
	}
	if (job->check_blocks)
		f->stamp_stride = stamp_stride(td);
	f->clocked = job->picker.timed || f->replay->turns ||
		     job->picker.async || f->replay->nr_observers ||
		     job->options->prefill_rate;
	if (f->replay->warmup)
		warmup_begin(td);
	if (!layout_of(td)->in_files)
		open_files(td);
	iolog_list_add_call(td);
	return td->error ? 1 : 0;
}

void feed_stop(struct thread_data *td)
{
	struct feed *f = feed_of(td);

	if (f->bound.entries)
		request_abandon_all(td);
	front_stop(td);
	iolog_list_clear(td);
	running_exit(&f->running);
	io_table_exit(&f->bound);
}
