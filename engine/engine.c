/*
 * mooncake engine
 *
 * IO engine that replays LLM serving traces as KV-cache storage I/O. A prefix
 * cache decides which blocks of a request are hits, which are read, and which
 * are misses, which are written; another fio engine, the backend, does the
 * I/O. See docs/design.md.
 */
#include "fio.h"

#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/layout/layout_refuse.h"
#include "engine/life/signals.h"
#include "engine/observe/observer.h"
#include "engine/place/known.h"
#include "engine/place/overlap.h"
#include "engine/replay/replay.h"
#include "engine/result/answer.h"
#include "engine/result/watch.h"
#include "engine/run/hooks.h"
#include "engine/setup/backend.h"
#include "engine/setup/refuse.h"
#include "engine/setup/units.h"
#include "engine/target/leftover.h"

/* Says once for each group, before its first I/O, what is measured. The answer
 * says it again. */
static void tell_medium(struct thread_data *td)
{
	const struct job *job = job_of(td);
	bool local =
		td->files_index && !td_ioengine_flagged(td, FIO_DISKLESSIO);
	struct group *g = job->group;

	if (g->backend[0])
		return;
	snprintf(g->backend, sizeof(g->backend), "backend=%s, %s%s",
		 job->options->backend,
		 td->o.odirect ? "O_DIRECT" : "without O_DIRECT",
		 td->o.odirect && !job->options->direct_writes ?
			 " for reads alone" :
			 "");
	if (local)
		medium_describe(g->medium, td->files[0]->file_name);
	g->page_cache = local && !td->o.odirect;
	if (!job_quiet())
		log_info("mooncake: measuring %s%s%s\n", g->backend,
			 g->medium[0] ? " on " : "", g->medium);
}

static void tell_fresh_file(struct thread_data *td)
{
	struct job *job = job_of(td);

	if (!target_fresh(&job->target, td))
		return;
	job->group->fresh = true;
	if (!job_quiet())
		log_info("mooncake: %s: the cache file is new; its first fill is slower than writing it again, so measure on a file that has been written once\n",
			 td->o.name);
}

static int check_paths(struct thread_data *td, struct error *err)
{
	struct fio_file *f;
	unsigned int i;

	if (!td_ioengine_flagged(td, FIO_DISKLESSIO))
		for_each_file (td, f, i)
			if (medium_check(f->file_name, err))
				return -1;
	return 0;
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
	    !known_by_options(job->options->backend) &&
	    job->group->nr_workers > 1)
		return fail(err,
			    "share=split needs filename=: the %u jobs of this replay group share one cache on the same files; name them, or set share=each",
			    job->group->nr_workers);
	return 0;
}

/* Of backends whose files lie in a service, makes the core believe that there
 * are none on this machine, so that it makes none. */
static void set_diskless(struct thread_data *td)
{
	struct job *job = job_of(td);

	if (!known_elsewhere(job->options->backend))
		return;
	job->ops.flags |= FIO_DISKLESSIO;
	td_set_ioengine_flags(td);
}

static int worker_setup(struct thread_data *td, struct job *job,
			struct error *err)
{
	if (check_share(td, job, err) || overlap_refuse(td, job, err) ||
	    set_units(td, job->options, &job->group->shape, err) ||
	    known_refuse(td, job->options, job->group->nr_workers, err) ||
	    backend_adopt(td, job, err))
		return -1;
	set_diskless(td);
	job->layout = layout_of(job->group->plan_options.layout);
	if (check_paths(td, err) || layout_refuse(td, err))
		return -1;
	hooks_replace(&job->ops);
	if (target_measure(&job->target, td, &job->group->shape, err) ||
	    group_add_worker(td, err) || totals_begin(td, err) ||
	    refuse_plan(td, err))
		return -1;
	/* With fio's map of random I/O, verify= would compare a slot with each
	 * of its writes, not with the last one. */
	td->o.norandommap = 1;
	tell_medium(td);
	if (job->layout->in_files)
		return layout_setup(td, err);
	tell_fresh_file(td);
	if (target_allocate(&job->target, td, err))
		return -1;
	return leftover_note_files(td, err);
}

static int job_setup(struct thread_data *td, struct job *job, struct error *err)
{
	struct mooncake_options *o = job->options;

	if (refuse_options(td, o, err)) {
		job->group = group_join(td, &(struct error){ "" });
		return -1;
	}
	job->group = group_join(td, err);
	if (!job->group || job->group->failed)
		return -1;
	if (o->observe != OBSERVE_NONE)
		return observer_setup(td, job, err);
	return worker_setup(td, job, err);
}

static int make_job(struct thread_data *td)
{
	struct error err = { "" };
	struct job *job = calloc(1, sizeof(*job));
	/* The core frees it in this process, so it must come from here. */
	char *iolog_name = strdup("mooncake");

	if (!job || !iolog_name) {
		free(job);
		free(iolog_name);
		groups_fail(td);
		td_verror(td, ENOMEM, "mooncake: set-up");
		return 1;
	}
	job->options = td->eo;
	job->ring_fd = -1;
	job->stats = td->o.stats;
	job->iolog_name = iolog_name;
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
	watch_start();
	watch_set_up_begin(td->o.name);
	ret = make_job(td);
	watch_set_up_end();
	signals_release(&before);
	return ret;
}

/* fio wants these three of an engine that isn't synchronous. Those of the
 * backend take their place before any I/O. */
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
	/* The engine was compiled with the structures of one release of fio,
	 * and they differ in others. */
	if (strcmp(fio_version_string, MOONCAKE_FIO_VERSION)) {
		log_err("mooncake: this engine was built for %s and can't run in %s: their structures differ. Build it again: `make setup && make`, or, for a fio that is not the system's, `make FIO=BINARY FIO_SRC=DIR`, DIR being the configured source of this fio\n",
			MOONCAKE_FIO_VERSION, fio_version_string);
		*ops = NULL;
		return;
	}
	*ops = &mooncake_ops;
}

static void __attribute__((destructor)) mooncake_unload(void)
{
	groups_free();
}
