#include "fio.h"
#include "verify.h"

#include "engine/inflight/iolog_list.h"
#include "engine/job.h"
#include "engine/observe/observer.h"
#include "engine/observe/sample.h"
#include "engine/replay/replay.h"
#include "engine/replay/take.h"
#include "engine/result/progress.h"
#include "engine/result/warmup.h"
#include "engine/result/watch.h"
#include "engine/setup/refuse.h"
#include "engine/wait.h"

#define LOOK_NS 4000000ULL /* between looks for finished requests */

/* What an observer keeps, in td->io_ops_data. */
struct observing {
	struct sample sample; /* the one that the core was given last */
	bool warming;
};

/* For an observer the warm-up ends when that of every replay is over. */
static void leave_warmup(struct thread_data *td)
{
	struct observing *ob = td->io_ops_data;

	if (ob->warming) {
		ob->warming = false;
		warmup_end(td);
	}
}

/* Looks for a sample in all replays. *@over becomes true where none will come
 * any more. */
static bool find_sample(struct thread_data *td, bool *over)
{
	struct group *g = job_of(td)->group;
	/* This is asked first, so that what workers finish meanwhile is still
	 * seen. */
	bool running = group_running(g) > 0, all_warm = true;
	struct observing *ob = td->io_ops_data;
	unsigned int i;

	for (i = 0; i < g->nr_replays; i++)
		all_warm &= take_warm(g->replays[i]);
	if (all_warm)
		leave_warmup(td);
	for (i = 0; i < g->nr_replays; i++) {
		if (sample_find(g->replays[i], job_of(td)->seat,
				job_of(td)->options->observe, &ob->sample))
			return true;
	}
	*over = !running;
	return false;
}

static bool any_failed(struct thread_data *td)
{
	struct group *g = job_of(td)->group;

	return replay_failed(g->replays[0]);
}

/* The core refuses an I/O without a length, so it gets one here, and
 * observer_prep() takes it away. */
static void give_sample(struct thread_data *td)
{
	const struct observing *ob = td->io_ops_data;
	enum fio_ddir ddir = job_of(td)->options->observe == OBSERVE_STORE ?
				     DDIR_WRITE :
				     DDIR_READ;
	struct io_piece *ipo = iolog_list_add(td, ddir);

	if (!ipo)
		return;
	ipo->offset = ob->sample.number;
	ipo->len = 1;
	iolog_list_add_call(td);
}

static int observer_more(struct thread_data *td, struct fio_file fio_unused *f)
{
	bool over = false;

	while (!must_stop(td) && !over) {
		if (find_sample(td, &over)) {
			give_sample(td);
			return 0;
		}
		if (any_failed(td)) {
			td_verror(td, ECANCELED,
				  "mooncake: a job of the replay group failed");
			break;
		}
		if (!over)
			wait_until(td, time_now() + LOOK_NS);
	}
	job_of(td)->ended = true;
	return 0;
}

/* Observers move no bytes, so that fio's sums over a group are those of the
 * drive. */
static int observer_prep(struct thread_data fio_unused *td, struct io_u *io_u)
{
	io_u->buflen = io_u->xfer_buflen = 0;
	return 0;
}

static void set_back(struct timespec *ts, uint64_t ns)
{
	uint64_t all = ts->tv_sec * 1000000000ULL + ts->tv_nsec - ns;

	ts->tv_sec = all / 1000000000;
	ts->tv_nsec = all % 1000000000;
}

/* The I/O is complete at once, and its times say that it began as long ago as
 * the request took. */
static enum fio_q_status observer_queue(struct thread_data *td,
					struct io_u *io_u)
{
	struct observing *ob = td->io_ops_data;

	fio_gettime(&io_u->issue_time, NULL);
	set_back(&io_u->issue_time, ob->sample.clat_ns);
	io_u->start_time = io_u->issue_time;
	set_back(&io_u->start_time, ob->sample.slat_ns);
	io_u_queued(td, io_u);
	return FIO_Q_COMPLETED;
}

static void set_states(struct thread_data *td, enum member_state state)
{
	struct job *job = job_of(td);
	unsigned int i;

	for (i = 0; i < job->group->nr_replays; i++) {
		struct replay *r = job->group->replays[i];
		atomic_store(&r->observers[job->seat].member.state, state);
	}
}

static int observer_init(struct thread_data *td)
{
	struct job *job = job_of(td);
	struct observing *ob;

	watch_parent();
	if (!group_may_run(job->group, td))
		return 1;
	ob = calloc(1, sizeof(*ob));
	if (!ob) {
		td_verror(td, ENOMEM, "mooncake: observer");
		return 1;
	}
	td->io_ops_data = ob;
	set_states(td, MEMBER_RUNNING);
	ob->warming = job->group->plan_options.warmup_requests;
	if (ob->warming)
		warmup_begin(td);
	td->o.read_iolog_file = job->iolog_name;
	td->flags |= TD_F_READ_IOLOG;
	iolog_list_add_open(td, 0);
	iolog_list_add_call(td);
	return 0;
}

static void observer_cleanup(struct thread_data *td)
{
	struct observing *ob = td->io_ops_data;

	set_states(td, td->error ? MEMBER_FAILED : MEMBER_DONE);
	if (!ob)
		return;
	td->o.stats = job_of(td)->stats;
	iolog_list_clear(td);
	free(ob);
}

static int observer_open(struct thread_data fio_unused *td,
			 struct fio_file fio_unused *f)
{
	return 0;
}

static const struct ioengine_ops observer_ops = {
	.name = "mooncake",
	.version = FIO_IOOPS_VERSION,
	.flags = FIO_SYNCIO | FIO_DISKLESSIO | FIO_FAKEIO | FIO_NODISKUTIL,
	.init = observer_init,
	.cleanup = observer_cleanup,
	.prep = observer_prep,
	.queue = observer_queue,
	.open_file = observer_open,
	.close_file = observer_open,
	.unlink_file = observer_more,
};

/* An observer's I/O has no data, so fio must not look at its buffer. */
static void leave_buffers_alone(struct thread_data *td)
{
	td->flags &= ~(TD_F_REFILL_BUFFERS | TD_F_SCRAMBLE_BUFFERS |
		       TD_F_DO_VERIFY | TD_F_VER_BACKLOG | TD_F_COMPRESS);
	td->o.verify = VERIFY_NONE;
	td->o.refill_buffers = 0;
	td->o.end_fsync = td->o.fsync_on_close = 0;
	td->o.td_ddir = TD_DDIR_RW;
	td->o.iodepth = 1;
}

/*
 * fio's JSON loses the options of some clients' jobs, but no description: it
 * says there what the job observes.
 */
static int describe(struct thread_data *td, const struct job *job,
		    struct error *err)
{
	if (td->o.description)
		return 0;
	if (asprintf(&td->o.description, "observe=%s",
		     choice_name(choice_observe, job->options->observe)) >= 0)
		return 0;
	td->o.description = NULL;
	return fail(err, "not enough memory for an observer");
}

int observer_setup(struct thread_data *td, struct job *job, struct error *err)
{
	struct fio_file *f;
	unsigned int i;

	if (refuse_observer(td, job, err) || describe(td, job, err))
		return -1;
	job->ops = observer_ops;
	td->io_ops = &job->ops;
	td->eo = NULL;
	td_set_ioengine_flags(td);
	leave_buffers_alone(td);
	td->o.lat_percentiles = td->ts.lat_percentiles = 1;
	td->o.slat_percentiles = td->ts.slat_percentiles = 1;
	for_each_file (td, f, i)
		f->real_file_size = -1ULL;
	if (!td->o.size)
		td->o.size = SHAPE_ALIGN;
	job->seat = job->group->observers_joined++;
	return 0;
}
