/*
 * mooncake engine
 *
 * IO engine that replays LLM serving traces as KV-cache storage I/O. A prefix
 * cache decides which blocks of a request are hits, which are read, and which
 * are misses, which are written; another fio engine, the backend, does the
 * I/O. See docs/design.md.
 */
#include "fio.h"
#include "verify.h"

#include "engine/setup/backend.h"
#include "engine/run/wait.h"
#include "engine/job.h"
#include "engine/observe/observer.h"
#include "engine/setup/refuse.h"
#include "engine/replay/life.h"
#include "engine/replay/replay.h"
#include "engine/result/progress.h"
#include "engine/setup/signals.h"
#include "engine/setup/units.h"

/* The engine was compiled against the headers of one release of fio, and its
 * structures are no others'. */
#define BUILT_FOR MOONCAKE_FIO_VERSION

static void tell_fresh_file(struct thread_data *td, const struct target *t)
{
	if (target_fresh(t, td) && !job_quiet())
		log_info("mooncake: %s: the cache file is new; its first fill is slower than writing it again, so measure on a file that has been written once\n",
			 td->o.name);
}

static bool wants_check(struct thread_data *td, const struct job *job)
{
	return job->options->check_blocks && td->o.verify == VERIFY_NONE &&
	       !td_ioengine_flagged(td, FIO_FAKEIO) &&
	       td->o.mem_type != MEM_CUDA_MALLOC && !td->io_ops->iomem_alloc;
}

static enum fio_q_status finish_now(struct thread_data *td, struct io_u *io_u)
{
	struct job *job = job_of(td);
	int i, n;

	/* With td->done set the core reaps nothing any more: not the syncs of
	 * end_fsync, not the reads of verify. Nothing else is in flight. */
	while (io_u->flags & IO_U_F_FLIGHT) {
		if (job->backend.commit && job->backend.commit(td) < 0)
			break;
		n = job->backend.getevents(td, 1, 1, NULL);
		if (n < 0) {
			io_u->error = -n;
			break;
		}
		for (i = 0; i < n; i++)
			if (job->backend.event(td, i) == io_u)
				return FIO_Q_COMPLETED;
	}
	return FIO_Q_COMPLETED;
}

static enum fio_q_status job_queue(struct thread_data *td, struct io_u *io_u)
{
	struct job *job = job_of(td);
	enum fio_q_status ret;

	feed_begin(td, io_u);
	ret = job->backend.queue(td, io_u);
	if (ret == FIO_Q_QUEUED && td->done)
		ret = finish_now(td, io_u);
	if (ret == FIO_Q_COMPLETED)
		feed_complete(td, io_u);
	return ret;
}

static struct io_u *job_event(struct thread_data *td, int event)
{
	struct io_u *io_u = job_of(td)->backend.event(td, event);

	feed_complete(td, io_u);
	return io_u;
}

static int job_prep(struct thread_data *td, struct io_u *io_u)
{
	struct job *job = job_of(td);

	feed_bind(td, io_u);
	return job->backend.prep ? job->backend.prep(td, io_u) : 0;
}

/* While I/O runs, the core calls this for the entries that the feed made. */
static int job_unlink_file(struct thread_data *td, struct fio_file *f)
{
	struct job *job = job_of(td);

	/* Unlinks for unlink=1 come after the last I/O, or after an error. */
	if (td->runstate < TD_FSYNCING && !(td->o.unlink && td->error)) {
		feed_more(td);
		return 0;
	}
	if (job->backend.unlink_file)
		return job->backend.unlink_file(td, f);
	return unlink(f->file_name) < 0 ? errno : 0;
}

static void show_progress(struct thread_data *td)
{
	struct job *job = job_of(td);
	const struct plan_stats *s = &job->group->stats;
	struct replay *r = job->feed.replay;

	if (r->passes != UINT64_MAX)
		progress_by_steps(td, (s->hits + s->writes) * r->passes /
					      r->nr_workers);
}

static int job_init(struct thread_data *td)
{
	struct job *job = job_of(td);

	if (job->group->failed) {
		log_err("mooncake: job '%s' is not run: '%s' of its replay group failed to set up\n",
			td->o.name, job->group->failed_job);
		td_verror(td, ECANCELED, "mooncake: set-up");
		return 1;
	}
	atomic_store(&job->feed.worker->member.state, MEMBER_RUNNING);
	if (job->backend.init && job->backend.init(td)) {
		if (!td->error)
			td_verror(td, EINVAL, "mooncake: backend init");
		return 1;
	}
	job->check_blocks = wants_check(td, job);
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

/* The last worker to end says what no figure holds. */
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

/*
 * Some backends lose an error, as fio 3.33's io_uring does that of
 * io_uring_enter(): the core goes on, and gives up when nothing comes.
 */
static bool has_failed(struct thread_data *td)
{
	struct job *job = job_of(td);
	bool came_to_end = job->ended || td->terminate || td->done;

	if (td->error || (came_to_end && !td->io_u_in_flight))
		return td->error;
	log_err("mooncake: job '%s': backend=%s stopped before the plan was done, with %u I/Os in flight, and gave no error\n",
		td->o.name, job->options->backend, td->io_u_in_flight);
	td_verror(td, EIO, "mooncake: backend");
	return true;
}

static void job_cleanup(struct thread_data *td)
{
	struct job *job = job_of(td);
	struct replay *r = job->feed.replay;
	bool failed;

	if (!job->group->failed) {
		feed_stop(td);
		failed = has_failed(td);
		if (failed)
			replay_fail(r);
		atomic_store(&job->feed.worker->member.state,
			     failed ? MEMBER_FAILED : MEMBER_DONE);
		td->o.stats = job->stats;
		tell_waits(td);
		tell_unfinished(r);
		feed_watch(td);
	}
	if (job->backend.cleanup)
		job->backend.cleanup(td);
}

static void replace_hooks(struct ioengine_ops *ops)
{
	ops->init = job_init;
	ops->post_init = backend_post_init;
	ops->prep = job_prep;
	ops->queue = job_queue;
	if (ops->event)
		ops->event = job_event;
	ops->unlink_file = job_unlink_file;
	ops->cleanup = job_cleanup;
}

static int check_share(struct thread_data *td, const struct job *job,
		       struct error *err)
{
	if (job->options->share == SHARE_EACH && td->o.filename &&
	    job->group->nr_workers > 1)
		return fail(err,
			    "share=each gives every job files of its own, and filename=%s is one for all; set directory= instead",
			    td->o.filename);
	if (job->options->share == SHARE_SPLIT && !td->o.filename &&
	    job->group->nr_workers > 1)
		return fail(err,
			    "share=split needs filename=: the %u jobs of this replay group share one cache on the same files; name them, or set share=each",
			    job->group->nr_workers);
	return 0;
}

static int worker_setup(struct thread_data *td, struct job *job,
			struct error *err)
{
	if (check_share(td, job, err) ||
	    set_units(td, &job->group->shape, err) ||
	    backend_adopt(td, job, err))
		return -1;
	replace_hooks(&job->ops);
	if (target_measure(&job->target, td, &job->group->shape, err) ||
	    group_add_worker(td, job, err) || refuse_plan(td, job, err))
		return -1;
	if (job->feed.replay->warmup > 0 &&
	    job->feed.replay->warmup >= job->feed.replay->nr_requests)
		return fail(err,
			    "warmup_requests=%u leaves nothing of the %u requests to measure; lower it",
			    job->feed.replay->warmup,
			    job->feed.replay->nr_requests);
	/* With fio's map of random I/O verify= would hold a slot against each
	 * of its writes, not the last one. */
	td->o.norandommap = 1;
	tell_fresh_file(td, &job->target);
	return target_allocate(&job->target, td, err);
}

static int job_setup(struct thread_data *td, struct job *job, struct error *err)
{
	struct mooncake_options *o = job->options;

	if (refuse_options(td, o, err)) {
		job->group = group_join(td, job, &(struct error){ "" });
		return -1;
	}
	job->group = group_join(td, job, err);
	if (job->group->failed)
		return -1;
	if (o->observe != OBSERVE_NONE)
		return observer_setup(td, job, err);
	return worker_setup(td, job, err);
}

static int make_job(struct thread_data *td)
{
	struct error err = { "" };
	struct job *job = calloc(1, sizeof(*job));

	job->options = td->eo;
	job->ring_fd = -1;
	job->stats = td->o.stats;
	/* The core frees it in this process, so it must come from here. */
	job->iolog_name = strdup("mooncake");
	if (!job_setup(td, job, &err))
		return 0;
	if (err.text[0])
		log_err("mooncake: job '%s': %s\n", td->o.name, err.text);
	if (job->group)
		group_fail(job->group, td);
	if (!td->error)
		td_verror(td, err.text[0] ? EINVAL : ECANCELED,
			  "mooncake: set-up");
	return 1;
}

static int mooncake_setup(struct thread_data *td)
{
	sigset_t before;
	int ret;

	signals_hold(&before);
	signals_hold_in_forks();
	ret = make_job(td);
	signals_release(&before);
	return ret;
}

/* The core wants these of an engine that isn't synchronous; the backend's
 * take their place before any I/O. */
static enum fio_q_status mooncake_queue(struct thread_data *td,
					struct io_u *io_u)
{
	log_err("mooncake: I/O before the backend was set up\n");
	td_verror(td, ENOSYS, "mooncake: queue");
	io_u->error = ENOSYS;
	return FIO_Q_COMPLETED;
}

static int mooncake_getevents(struct thread_data fio_unused *td,
			      unsigned int fio_unused min,
			      unsigned int fio_unused max,
			      const struct timespec fio_unused *t)
{
	return 0;
}

static struct io_u *mooncake_event(struct thread_data fio_unused *td,
				   int fio_unused event)
{
	return NULL;
}

static struct ioengine_ops mooncake_ops = {
	.name = "mooncake",
	.version = FIO_IOOPS_VERSION,
	.setup = mooncake_setup,
	.queue = mooncake_queue,
	.getevents = mooncake_getevents,
	.event = mooncake_event,
	.options = mooncake_fio_options,
	.option_struct_size = sizeof(struct mooncake_options),
};

/* fio looks for this function when it loads an engine from a file. */
__attribute__((visibility("default"))) void get_ioengine(
	struct ioengine_ops **ops);

void get_ioengine(struct ioengine_ops **ops)
{
	if (strcmp(fio_version_string, BUILT_FOR)) {
		log_err("mooncake: this engine was built for %s and can't run in %s: their structures differ. Build it again: `make setup && make`, or, for a fio that is not the system's, `make FIO=BINARY FIO_SRC=DIR`, DIR being the configured source of this fio\n",
			BUILT_FOR, fio_version_string);
		*ops = NULL;
		return;
	}
	*ops = &mooncake_ops;
}

static void __attribute__((destructor)) mooncake_unload(void)
{
	groups_free();
}
