#include "fio.h"
#include "verify.h"

#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/life/life.h"
#include "engine/result/progress.h"
#include "engine/result/watch.h"
#include "engine/run/hooks.h"
#include "engine/run/io_hooks.h"
#include "engine/setup/backend.h"

static bool wants_check(struct thread_data *td)
{
	return job_of(td)->options->check_blocks &&
	       td->o.verify == VERIFY_NONE &&
	       !td_ioengine_flagged(td, FIO_FAKEIO) &&
	       td->o.mem_type != MEM_CUDA_MALLOC && !td->io_ops->iomem_alloc;
}

/* The core calls this for the entries that the feed puts on its list, and after
 * the last I/O to unlink files. */
static int job_unlink_file(struct thread_data *td, struct fio_file *f)
{
	struct job *job = job_of(td);

	/* Unlinks for unlink=1 come after the last I/O, or after an error. */
	if (td->runstate < TD_FSYNCING && !(td->o.unlink && td->error)) {
		feed_more(td);
		return 0;
	}
	/* The folder goes when the last worker has ended. */
	if (job->layout->in_files)
		return 0;
	if (job->backend.unlink_file)
		return job->backend.unlink_file(td, f);
	return unlink(f->file_name) < 0 ? errno : 0;
}

static int job_open_file(struct thread_data *td, struct fio_file *f)
{
	if (job_of(td)->layout->in_files && td->runstate >= TD_FSYNCING)
		return layout_sync(td, f);
	return job_of(td)->backend.open_file(td, f);
}

static void show_progress(struct thread_data *td)
{
	struct job *job = job_of(td);
	const struct group *g = job->group;
	struct replay *r = job->replay;
	uint64_t steps = g->counted ? g->stats.hits + g->stats.writes :
				      g->trace.nr_lookups;

	if (r->passes != UINT64_MAX)
		progress_by_steps(td, steps * r->passes / r->nr_workers);
}

static int job_init(struct thread_data *td)
{
	struct job *job = job_of(td);

	watch_parent();
	if (!group_may_run(job->group, td))
		return 1;
	atomic_store(&job->worker->member.state, MEMBER_RUNNING);
	if (job->backend.init && job->backend.init(td)) {
		if (!td->error)
			td_verror(td, EINVAL, "mooncake: backend init");
		return 1;
	}
	job->check_blocks = wants_check(td);
	show_progress(td);
	td->o.read_iolog_file = job->iolog_name;
	td->flags |= TD_F_READ_IOLOG;
	return feed_start(td);
}

static void tell_waits(struct thread_data *td)
{
	struct feed *f = &job_of(td)->feed;

	if (f->order_waits && !job_quiet())
		log_info("mooncake: %s: waited %.3f s in all for the order of slots, %llu times\n",
			 td->o.name, f->order_wait_ns / 1e9,
			 (unsigned long long)f->order_waits);
}

/* The last worker to end says how many requests no figure counts. */
static void tell_unfinished(struct replay *r)
{
	uint32_t untold = 0;
	uint64_t left;

	if (life_running(r) || job_quiet())
		return;
	left = replay_unfinished(r);
	if (!left || !atomic_compare_exchange_strong(&r->told, &untold, 1))
		return;
	log_info("mooncake: requests that had begun but not ended: %llu; no request figure counts them\n",
		 (unsigned long long)left);
}

/* Turns the sign of an error that commit or getevents returned, which the core
 * forgets. */
static void turn_sign(struct thread_data *td)
{
	int error = -td->error;

	if (error <= 0)
		return;
	log_err("mooncake: job '%s': backend=%s failed in commit or reaping: %s\n",
		td->o.name, job_of(td)->options->backend, strerror(error));
	td->error = 0;
	td_verror(td, error, "mooncake: reaping");
}

/*
 * Has the job failed? Some backends lose an error, as fio 3.33's io_uring does
 * that of io_uring_enter(): the core goes on, and gives up when nothing comes.
 */
static bool has_failed(struct thread_data *td)
{
	struct job *job = job_of(td);
	bool came_to_end = job->ended || td->terminate || td->done;
	uint32_t in_flight = member_in_flight(&job->worker->member);

	if (td->error || (came_to_end && !in_flight))
		return td->error;
	log_err("mooncake: job '%s': backend=%s stopped before the plan was done, with %u I/Os in flight, and gave no error\n",
		td->o.name, job->options->backend, in_flight);
	td_verror(td, EIO, "mooncake: backend");
	return true;
}

static void end_run(struct thread_data *td)
{
	struct job *job = job_of(td);
	struct replay *r = job->replay;
	bool failed;

	feed_stop(td);
	turn_sign(td);
	failed = has_failed(td);
	if (failed)
		replay_fail(r);
	atomic_store(&job->worker->member.state,
		     failed ? MEMBER_FAILED : MEMBER_DONE);
	td->o.stats = job->stats;
	layout_stop(td);
	tell_waits(td);
	tell_unfinished(r);
}

static void job_cleanup(struct thread_data *td)
{
	struct job *job = job_of(td);

	if (!job->group->failed)
		end_run(td);
	else if (job->worker)
		atomic_store(&job->worker->member.state, MEMBER_FAILED);
	if (job->backend.cleanup)
		job->backend.cleanup(td);
}

void hooks_replace(struct ioengine_ops *ops)
{
	ops->init = job_init;
	ops->post_init = backend_post_init;
	io_hooks_replace(ops);
	if (ops->open_file)
		ops->open_file = job_open_file;
	ops->unlink_file = job_unlink_file;
	ops->cleanup = job_cleanup;
}
