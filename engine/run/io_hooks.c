#include "fio.h"

#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/pick/request.h"
#include "engine/pick/stage.h"
#include "engine/result/check.h"
#include "engine/run/io_hooks.h"
#include "engine/wait.h"

/*
 * Returns what the io_u stands for, or NULL: an I/O that the core issues by
 * itself, for verify= or a sync, is none of the plan. The core queues what it
 * took from its list in that order, but may queue an io_u again that was
 * refused or short.
 */
static struct issued_io *find_or_bind(struct thread_data *td, struct feed *f,
				      struct io_u *io_u)
{
	struct issued_io *io = io_table_find(&f->bound, io_u);

	if (!io) {
		td_verror(td, ENOMEM, "mooncake: feed");
		return NULL;
	}
	if (io->object)
		return io;
	if (f->issued_head == f->issued_count ||
	    (io_u->flags & IO_U_F_VER_LIST) || td->runstate == TD_FSYNCING)
		return NULL;
	*io = f->issued[f->issued_head++];
	return io;
}

/* Notes when a load or store begins, and stamps what is written, before the
 * backend gets the I/O. */
static void begin(struct thread_data *td, struct io_u *io_u,
		  const struct issued_io *io)
{
	struct request *req = io->object->running->req;
	struct feed *f = &job_of(td)->feed;

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

/* Goes on with an object when all I/O of its stage has completed. */
static void stage_done(struct thread_data *td, struct running_object *object)
{
	struct running_step *step = object->running;
	struct job *job = job_of(td);

	if (stage_next(object)) {
		running_add_ready(&job->feed.running, object);
		return;
	}
	if (job->layout->end && job->layout->end(td, object))
		return;
	running_free_object(&job->feed.running, object);
	if (!--step->objects_left)
		request_step_done(td, step);
}

/* Has a read returned all bytes of its object? Where it was widened it may go
 * beyond the end of the file, where nothing of the object lies. */
static bool has_own_bytes(const struct io_u *io_u, const struct issued_io *io)
{
	return io_u->ddir == DDIR_READ &&
	       io_u->buflen - io_u->resid >= io->before + io->len;
}

/*
 * Will the core issue the rest of an I/O that is short of its length? Not where
 * nothing came at all, or the file ends there, which no slot of ours does: that
 * is an error.
 */
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

/* Is the I/O done for good, rightly or with an error that the job survives? */
static bool is_settled(struct thread_data *td, struct io_u *io_u,
		       const struct issued_io *io)
{
	if (!io_u->error && ddir_rw(io_u->ddir) && io_u->resid &&
	    rest_follows(io_u, io))
		return false;
	if (!io_u->error && io_u->ddir == DDIR_READ &&
	    job_of(td)->feed.stamp_stride)
		check_read(td, io_u, io);
	/* The job ends: its step stays undone, and is abandoned. */
	if (io_u->error && is_fatal(td, io_u))
		return false;
	io->object->running->failed |= io_u->error != 0;
	return true;
}

static void complete(struct thread_data *td, struct io_u *io_u,
		     struct issued_io *io)
{
	struct running_object *object = io->object;
	struct feed *f = &job_of(td)->feed;

	if ((io_u->error || io_u->resid || f->stamp_stride) &&
	    !is_settled(td, io_u, io))
		return;
	io->object = NULL;
	f->writes_inflight -= io_u->ddir == DDIR_WRITE;
	if (!--object->left)
		stage_done(td, object);
}

/*
 * Waits for an I/O that the core issues with td->done set. It reaps nothing any
 * more then: not the syncs of end_fsync=, not the reads of verify=. Nothing
 * else is in flight.
 */
static void finish_now(struct thread_data *td, struct io_u *io_u)
{
	struct job *job = job_of(td);
	int i, n = 0;

	for (;;) {
		if (job->backend.commit)
			n = job->backend.commit(td);
		if (n >= 0)
			n = job->backend.getevents(td, 1, 1, NULL);
		if (n < 0) {
			io_u->error = td->error ?: -n;
			return;
		}
		for (i = 0; i < n; i++)
			if (job->backend.event(td, i) == io_u)
				return;
	}
}

/* Counts I/Os that the backend has. fio's own count is wrong with
 * iodepth_batch_submit=. */
static void count_in_flight(struct job *job, int more)
{
	struct member *m = &job->worker->member;

	atomic_store_explicit(&m->in_flight, member_in_flight(m) + more,
			      memory_order_relaxed);
}

static enum fio_q_status job_queue(struct thread_data *td, struct io_u *io_u)
{
	struct job *job = job_of(td);
	struct issued_io *io = find_or_bind(td, &job->feed, io_u);
	enum fio_q_status ret;

	if (io && job->feed.begins)
		begin(td, io_u, io);
	ret = job->backend.queue(td, io_u);
	if (ret == FIO_Q_QUEUED && td->done) {
		finish_now(td, io_u);
		ret = FIO_Q_COMPLETED;
	}
	if (ret == FIO_Q_QUEUED)
		count_in_flight(job, 1);
	else if (ret == FIO_Q_COMPLETED && io)
		complete(td, io_u, io);
	return ret;
}

static struct io_u *job_event(struct thread_data *td, int event)
{
	struct job *job = job_of(td);
	struct io_u *io_u = job->backend.event(td, event);
	struct issued_io *io = io_table_find(&job->feed.bound, io_u);

	job->unreaped = false;
	count_in_flight(job, -1);
	if (io && io->object)
		complete(td, io_u, io);
	return io_u;
}

static int job_commit_at_once(struct thread_data *td)
{
	struct job *job = job_of(td);

	job->unreaped = member_in_flight(&job->worker->member);
	return job->backend.commit(td);
}

/*
 * Some backends do all that they have in commit, and remember the completions
 * of the last one alone: vsync forgets those before, and null takes no I/O, so
 * that the core would queue each of them twice. So completions are reaped
 * before the next I/O is queued.
 */
static int job_prep_at_once(struct thread_data *td, struct io_u *io_u)
{
	struct job *job = job_of(td);

	if (job->unreaped && wait_reap(td, 1) < 0)
		return 1;
	return job->backend.prep ? job->backend.prep(td, io_u) : 0;
}

/*
 * fio 3.33's io_uring returns 0 completions both when its system call was
 * interrupted and when it failed, and the core would give up. A call of our own
 * to the ring tells the two apart.
 */
static int job_getevents_ring(struct thread_data *td, unsigned int min,
			      unsigned int max, const struct timespec *t)
{
	struct job *job = job_of(td);
	int n;

	for (;;) {
		n = job->backend.getevents(td, min, max, t);
		if (n || !min || job->ring_fd < 0 || td->error)
			return n;
		if (wait_at_ring(td))
			return -(int)td->error;
	}
}

void io_hooks_replace(struct ioengine_ops *ops)
{
	ops->queue = job_queue;
	if (ops->event)
		ops->event = job_event;
	if (ops->commit && (ops->flags & (FIO_SYNCIO | FIO_FAKEIO))) {
		ops->commit = job_commit_at_once;
		ops->prep = job_prep_at_once;
	}
	if (!strncmp(ops->name, "io_uring", strlen("io_uring")))
		ops->getevents = job_getevents_ring;
}
