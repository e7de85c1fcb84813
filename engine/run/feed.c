#include "fio.h"

#include "engine/fio_releases.h"
#include "engine/inflight/iolog_list.h"
#include "engine/job.h"
#include "engine/layout/handles.h"
#include "engine/layout/layout.h"
#include "engine/pick/front.h"
#include "engine/pick/issue.h"
#include "engine/pick/request.h"
#include "engine/replay/order.h"
#include "engine/result/stamp.h"
#include "engine/result/warmup.h"
#include "engine/run/feed.h"

#define USEC ((uint64_t)1000)
#define PEER_NS (200 * USEC) /* between looks at what another job has done */
#define SPIN_NS (5 * USEC) /* between looks at the order of a slot, at first */
#define SPINS 8		   /* so many such waits come before longer ones */

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

	while (f->issued_count < f->batch && !td->error) {
		next = picker_next(td, now_ns, &cursor);
		if (next != NEXT_STEP)
			break;
		if (picker_in_background(p, cursor)) {
			issue_ios(td, cursor, f->issued_count + 1);
			break;
		}
		issue_ios(td, cursor, f->batch);
	}
	return next;
}

/* Returns when to look again. What a step waits for by the order of slots is
 * mostly there in a moment, but only other jobs bring it about. */
static uint64_t wake_time(struct thread_data *td, enum next next,
			  uint64_t now_ns)
{
	const struct job *job = job_of(td);
	uint64_t wake_ns = job->picker.wake_ns;

	switch (next) {
	case NEXT_WAIT_ORDER:
		if (job->replay->nr_workers == 1)
			break;
		return min(wake_ns,
			   now_ns + (job->feed.order_rounds < SPINS ? SPIN_NS :
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
	if (replay_failed(job_of(td)->replay) && !td->error)
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
	struct job *job = job_of(td);
	struct feed *f = &job->feed;
	enum next next;

	f->issued_head = f->issued_count = 0;
	while (!must_stop(td) && !replay_failed(job->replay)) {
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

static bool is_of(const struct issued_io *io, const struct request *req)
{
	return io->object && io->object->running->req == req;
}

void feed_forget(struct thread_data *td, const struct request *req)
{
	struct job *job = job_of(td);
	struct feed *f = &job->feed;
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
		handle_put(td, &r->objects[i].handle);
		running_free_object(r, &r->objects[i]);
	}
	for (i = 0; i < r->nr; i++) {
		if (r->steps[i].req != req)
			continue;
		order_abandon(job->replay, r->steps[i].step);
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
	if (!running_init(&f->running, FEED_OBJECTS(td->o.iodepth)) &&
	    !io_table_init(&f->bound, td->o.iodepth))
		return 0;
	td_verror(td, ENOMEM, "mooncake: feed");
	return 1;
}

/*
 * Returns how many I/Os are issued at a time. What begins an object, such as
 * opening its file or reading its header, must not be done ahead of its turn,
 * so there it is no more than can be in flight together.
 */
static unsigned int batch_size(struct thread_data *td)
{
	struct job *job = job_of(td);

	if (!job->layout->in_files && !job->options->header_reads)
		return FEED_BATCH;
	return min((unsigned int)FEED_BATCH, td->o.iodepth);
}

/* Returns the distance between stamps: there is one in each I/O, and none may
 * reach into the next. */
static uint64_t stamp_stride(struct thread_data *td)
{
	uint64_t stride = min(td->o.bs[DDIR_READ], td->o.bs[DDIR_WRITE]);

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
	f->batch = batch_size(td);
	if (job->check_blocks)
		f->stamp_stride = stamp_stride(td);
	f->clocked = job->picker.front.timed || job->replay->turns ||
		     job->picker.async || job->replay->nr_observers ||
		     job->options->prefill_rate;
	f->begins = f->clocked || f->stamp_stride;
	if (job->replay->warmup)
		warmup_begin(td);
	if (!job->layout->in_files)
		open_files(td);
	iolog_list_add_call(td);
	return td->error ? 1 : 0;
}

void feed_stop(struct thread_data *td)
{
	struct feed *f = feed_of(td);

	if (f->bound.entries)
		request_abandon_all(td);
	front_stop(&job_of(td)->picker.front);
	iolog_list_clear(td);
	running_exit(&f->running);
	io_table_exit(&f->bound);
}
