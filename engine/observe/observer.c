#include "fio.h"
#include "verify.h"

#include "engine/run/wait.h"
#include "engine/run/iolog_list.h"
#include "engine/job.h"
#include "engine/observe/observer.h"
#include "engine/setup/refuse.h"
#include "engine/setup/watch.h"
#include "engine/replay/replay.h"
#include "engine/replay/take.h"
#include "engine/result/progress.h"
#include "engine/result/warmup.h"

#define LOOK_NS 4000000ULL /* between looks for finished requests */

/* What an observer keeps; td->io_ops_data. */
struct sample {
	uint64_t slat_ns; /* of the sample that the core was given */
	uint64_t clat_ns;
	uint64_t bytes;
	bool warming;
};

struct span {
	uint64_t begin_ns;
	uint64_t end_ns;
	uint64_t steps;
};

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a && b ? min(a, b) : max(a, b);
}

/* From first I/O to last completion; without I/O, the moment it was done. */
static struct span span_of(const struct request *req, unsigned int observe)
{
	struct span s = { 0 };

	if (observe != OBSERVE_STORE) {
		s.begin_ns = req->load_begin_ns;
		s.end_ns = req->load_end_ns;
		s.steps = req->reads_issued;
	}
	if (observe != OBSERVE_LOAD) {
		s.begin_ns = earlier(s.begin_ns, req->store_begin_ns);
		s.end_ns = max(s.end_ns, req->store_end_ns);
		s.steps += req->writes_issued;
	}
	if (!s.begin_ns)
		s.begin_ns = s.end_ns;
	return s;
}

static bool has_sample(const struct request *req, unsigned int observe)
{
	if (observe == OBSERVE_LOAD)
		return req->reads_issued;
	if (observe == OBSERVE_STORE)
		return req->writes_issued;
	return true;
}

static bool is_ready(struct request *req, uint64_t number, unsigned int observe)
{
	uint64_t reached = observe == OBSERVE_LOAD ?
				   atomic_load_explicit(&req->loaded,
							memory_order_acquire) :
				   atomic_load_explicit(&req->finished,
							memory_order_acquire);

	return reached == number + 1;
}

static struct observer *row_of(struct thread_data *td, struct replay *r)
{
	return &r->observers[job_of(td)->row];
}

/* Keeps the next request of the replay as the sample, if it has one. */
static bool look_at(struct thread_data *td, struct replay *r, uint64_t *number)
{
	_Atomic uint64_t *seen = &row_of(td, r)->seen;
	unsigned int observe = job_of(td)->options->observe;
	struct sample *sample = td->io_ops_data;
	struct request *req;
	struct span s;
	bool found;

	do {
		*number = atomic_load_explicit(seen, memory_order_relaxed);
		req = &r->requests[*number & r->request_mask];
		found = is_ready(req, *number, observe);
		if (!found && !replay_abandoned(req, *number))
			return false;
		s = span_of(req, observe);
		found = found && has_sample(req, observe) &&
			!replay_warming(r, *number);
		if (found) {
			sample->slat_ns = s.begin_ns - req->arrival_ns;
			sample->clat_ns = s.end_ns - s.begin_ns;
			sample->bytes =
				s.steps * job_of(td)->group->shape.slot_bytes;
		}
		/* The record may be another request's from here on. */
		atomic_store_explicit(seen, *number + 1, memory_order_release);
	} while (!found);
	return true;
}

/* Warm-up ends for observers with the first request behind it, or with all. */
static void leave_warmup(struct thread_data *td)
{
	struct sample *sample = td->io_ops_data;

	if (sample->warming) {
		sample->warming = false;
		warmup_end(td);
	}
}

/* A sample of any replay, and whether none can come any more. */
static bool find_sample(struct thread_data *td, uint64_t *number, bool *over)
{
	struct group *g = job_of(td)->group;
	/* Asked before looking: what they finished is then seen. */
	bool running = group_running(g) > 0, all_warm = true;
	unsigned int i;

	for (i = 0; i < g->nr_replays; i++)
		all_warm &= take_warm(g->replays[i]);
	if (all_warm)
		leave_warmup(td);
	for (i = 0; i < g->nr_replays; i++) {
		if (look_at(td, g->replays[i], number))
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

/* The core refuses an I/O without length; observer_prep() mends that. */
static void give_sample(struct thread_data *td, uint64_t number)
{
	struct sample *sample = td->io_ops_data;
	enum fio_ddir ddir = job_of(td)->options->observe == OBSERVE_STORE ?
				     DDIR_WRITE :
				     DDIR_READ;

	struct io_piece *ipo = iolog_list_add(td, ddir);

	if (!ipo)
		return;
	ipo->offset = number;
	ipo->len = max(sample->bytes, (uint64_t)1);
	iolog_list_add_call(td);
}

static int observer_more(struct thread_data *td, struct fio_file fio_unused *f)
{
	uint64_t number;
	bool over = false;

	while (!must_stop(td) && !over) {
		if (find_sample(td, &number, &over)) {
			give_sample(td, number);
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

static int observer_prep(struct thread_data *td, struct io_u *io_u)
{
	struct sample *sample = td->io_ops_data;

	io_u->buflen = io_u->xfer_buflen = sample->bytes;
	return 0;
}

static void set_back(struct timespec *ts, uint64_t ns)
{
	uint64_t all = ts->tv_sec * 1000000000ULL + ts->tv_nsec - ns;

	ts->tv_sec = all / 1000000000;
	ts->tv_nsec = all % 1000000000;
}

/* Completed now, begun as long ago as it took: the core does the rest. */
static enum fio_q_status observer_queue(struct thread_data *td,
					struct io_u *io_u)
{
	struct sample *sample = td->io_ops_data;

	fio_gettime(&io_u->issue_time, NULL);
	set_back(&io_u->issue_time, sample->clat_ns);
	io_u->start_time = io_u->issue_time;
	set_back(&io_u->start_time, sample->slat_ns);
	io_u_queued(td, io_u);
	return FIO_Q_COMPLETED;
}

static void set_rows(struct thread_data *td, enum member_state state)
{
	struct job *job = job_of(td);
	unsigned int i;

	for (i = 0; i < job->group->nr_replays; i++) {
		struct replay *r = job->group->replays[i];
		atomic_store(&row_of(td, r)->member.state, state);
	}
}

/* As much as the block jobs have, so that the ETA is theirs. */
static void show_progress(struct thread_data *td)
{
	struct job *job = job_of(td);
	const struct plan_stats *s = &job->group->stats;
	uint64_t steps = 0;

	if (job->options->observe != OBSERVE_STORE)
		steps += s->hits;
	if (job->options->observe != OBSERVE_LOAD)
		steps += s->writes;
	progress_by_steps(td, steps * job->group->nr_replays);
}

static int observer_init(struct thread_data *td)
{
	struct job *job = job_of(td);
	struct sample *sample;

	watch_parent();
	if (job->group->failed || !job->group->nr_replays) {
		log_err("mooncake: job '%s' is not run: '%s' of its replay group failed to set up\n",
			td->o.name, job->group->failed_job ?: "a job");
		td_verror(td, ECANCELED, "mooncake: set-up");
		return 1;
	}
	sample = calloc(1, sizeof(*sample));
	td->io_ops_data = sample;
	set_rows(td, MEMBER_RUNNING);
	sample->warming = job->group->plan_options.warmup_requests;
	if (sample->warming)
		warmup_begin(td);
	show_progress(td);
	td->o.read_iolog_file = job->iolog_name;
	td->flags |= TD_F_READ_IOLOG;
	iolog_list_add_open(td, 0);
	iolog_list_add_call(td);
	return 0;
}

static void observer_cleanup(struct thread_data *td)
{
	struct sample *sample = td->io_ops_data;

	if (!sample)
		return;
	set_rows(td, td->error ? MEMBER_FAILED : MEMBER_DONE);
	td->o.stats = job_of(td)->stats;
	iolog_list_drop(td);
	free(sample);
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

/* Lengths are those of requests, far beyond the buffers: nothing may look. */
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
	static const char *const kinds[] = {
		[OBSERVE_REQUEST] = "request",
		[OBSERVE_LOAD] = "load",
		[OBSERVE_STORE] = "store",
	};

	if (td->o.description)
		return 0;
	if (asprintf(&td->o.description, "observe=%s",
		     kinds[job->options->observe]) >= 0)
		return 0;
	td->o.description = NULL;
	return fail(err, "not enough memory for an observer");
}

int observer_setup(struct thread_data *td, struct job *job, struct error *err)
{
	struct fio_file *f;
	unsigned int i;

	if (refuse_observer(td, err) || describe(td, job, err))
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
	job->row = job->group->observers_joined++;
	return 0;
}
