#include "fio.h"
#include "iolog.h"

#include "clock.h"
#include "feed.h"
#include "job.h"
#include "replay.h"
#include "stamp.h"
#include "warmup.h"

#define USEC		1000ULL
#define LOOK_NS		(20000 * USEC)	/* between looks for dead workers */
#define POLL_NS		(200 * USEC)	/* for what another job brings about */
#define SPIN_NS		(5 * USEC)	/* for the order of a slot, at first */
#define BLOCKED_SPINS	8		/* such waits before longer ones */
#define LATE_NS		(100000 * USEC)	/* that a store may wait for a place */
#define STORES_SOUGHT	64		/* requests looked through for a write */

static struct feed *feed_of(struct thread_data *td)
{
	return &job_of(td)->feed;
}

static const struct layout *layout_of(struct thread_data *td)
{
	return &job_of(td)->group->layout;
}

static uint64_t unit_of(struct thread_data *td, bool write)
{
	return td->o.bs[write ? DDIR_WRITE : DDIR_READ];
}

/* The time, where somebody will look at it: asking costs as much as the rest
 * of an I/O in here. */
static uint64_t time_of(const struct feed *f)
{
	return f->clocked ? clock_now() : 0;
}

static void wake_at(struct feed *f, uint64_t ns)
{
	f->wake_ns = min(f->wake_ns, ns);
}

/*
 * The core frees every entry that it takes, so each is an allocation: of one
 * size, and returned before the next, which malloc serves from its cache.
 */
static struct io_piece *add_piece(struct thread_data *td, enum fio_ddir ddir)
{
	struct io_piece *ipo = calloc(1, sizeof(*ipo));

	if (!ipo) {
		td_verror(td, ENOMEM, "feed");
		return NULL;
	}
	init_ipo(ipo);
	ipo->ddir = ddir;
	flist_add_tail(&ipo->list, &td->io_log_list);
	return ipo;
}

static void add_action(struct thread_data *td, unsigned int action, int fileno)
{
	struct io_piece *ipo = add_piece(td, DDIR_INVAL);

	if (ipo) {
		ipo->file_action = action;
		ipo->fileno = fileno;
	}
}

static void give(struct thread_data *td, const struct feed_io *io,
		 enum fio_ddir ddir, const struct plan_step *step, uint64_t len)
{
	struct job *job = job_of(td);
	struct feed *f = &job->feed;
	struct io_piece *ipo = add_piece(td, ddir);

	if (!ipo)
		return;
	ipo->fileno = target_file(&job->target, step->slot);
	ipo->offset = target_offset(&job->target, td, step->slot) + io->offset;
	ipo->len = len;
	f->given[f->given_count++] = *io;
}

/* fsync=N and its kin: fio's own, but not done by the core on this path. */
static enum fio_ddir sync_due(struct thread_data *td, uint64_t writes)
{
	if (td->o.fsync_blocks && !(writes % td->o.fsync_blocks))
		return DDIR_SYNC;
	if (td->o.fdatasync_blocks && !(writes % td->o.fdatasync_blocks))
		return DDIR_DATASYNC;
	if (td->sync_file_range_nr && !(writes % td->sync_file_range_nr))
		return DDIR_SYNC_FILE_RANGE;
	return DDIR_INVAL;
}

static void give_sync(struct thread_data *td, struct feed_step *fs)
{
	struct feed *f = feed_of(td);
	enum fio_ddir ddir = sync_due(td, ++f->writes_given);
	struct feed_io io = { .sync = fs->req };

	if (ddir == DDIR_INVAL)
		return;
	fs->req->stores_left++;
	give(td, &io, ddir, fs->step, 0);
}

static bool limit_reached(struct thread_data *td)
{
	struct feed *f = feed_of(td);

	return (td->o.number_ios &&
		f->ios_given >= td->o.number_ios * td->loops) ||
	       (td->o.io_size && f->bytes_given >= td->o.io_size * td->loops);
}

static void give_io(struct thread_data *td, const struct feed_open *open,
		    uint64_t len)
{
	struct feed_io io = { .step = open->step, .offset = open->offset };
	const struct plan_step *step = open->step->step;
	struct feed *f = feed_of(td);

	give(td, &io, step->write ? DDIR_WRITE : DDIR_READ, step, len);
	f->ios_given++;
	f->bytes_given += len;
	if (step->write) {
		f->writes_inflight++;
		give_sync(td, open->step);
	}
	f->limited = limit_reached(td);
}

/* The rest of an open step, object by object, as far as the batch goes. */
static void give_open(struct thread_data *td, struct feed_open *open,
		      unsigned int batch)
{
	const struct layout *l = layout_of(td);
	struct feed *f = feed_of(td);
	uint64_t unit = unit_of(td, open->step->step->write);

	while (f->given_count < batch && !f->limited && !td->error) {
		uint64_t in_object = open->offset % l->object_slot;
		uint64_t len = min(unit, l->object_slot - in_object);

		give_io(td, open, len);
		open->offset += len;
		if (open->offset == l->slot_bytes) {
			open->step = NULL;
			return;
		}
	}
}

static struct feed_step *use_step(struct feed *f, struct request *req,
				  struct plan_step *step)
{
	struct feed_step *fs = f->free_steps;

	f->free_steps = fs->next_free;
	fs->req = req;
	fs->step = step;
	fs->left = f->step_ios[step->write];
	step->issued = 1;
	return fs;
}

/*
 * A request is in front until its reads are given, with store=inline until its
 * writes are too. Once all are, its record may soon be another's.
 */
static void leave_front(struct feed *f)
{
	struct request *req = f->front;

	if (req->loads_fed == req->plan->nr_reads &&
	    (f->async || req->stores_fed == req->plan->nr_writes))
		f->front = NULL;
}

static void open_load(struct feed *f, struct request *req,
		      struct plan_step *step)
{
	f->open_load.step = use_step(f, req, step);
	f->open_load.offset = 0;
	req->loads_fed++;
	f->sought = false;
	leave_front(f);
}

static void open_store(struct feed *f, struct request *req,
		       struct plan_step *step)
{
	f->open_store.step = use_step(f, req, step);
	f->open_store.offset = 0;
	if (++req->stores_fed == req->plan->nr_writes)
		flist_del_init(&req->stores);
	if (f->front == req)
		leave_front(f);
}

static void request_finished(struct feed *f, struct request *req)
{
	if (!f->async)
		f->loading--;
	replay_request_done(f->replay, req);
}

/* Tokens that no tier had are computed before their blocks can be stored. */
static uint64_t prefill_ns(struct thread_data *td, const struct request *req)
{
	uint64_t rate = job_of(td)->options->prefill_rate;

	return rate ? req->plan->miss_tokens * 1000000000ULL / rate : 0;
}

static void loads_finished(struct thread_data *td, struct request *req)
{
	struct feed *f = feed_of(td);

	req->last_load_ns = time_of(f);
	req->ready_ns = req->last_load_ns + prefill_ns(td, req);
	atomic_store_explicit(&req->loaded, req->number + 1,
			      memory_order_release);
	if (f->async)
		f->loading--;
	if (!req->stores_left)
		request_finished(f, req);
}

static void store_finished(struct feed *f, struct request *req)
{
	if (--req->stores_left)
		return;
	req->last_store_ns = time_of(f);
	if (!req->loads_left)
		request_finished(f, req);
}

static void front_start(struct thread_data *td, struct request *req,
			uint64_t arrival_ns)
{
	struct feed *f = feed_of(td);

	req->begun = true;
	req->arrival_ns = arrival_ns;
	atomic_fetch_add_explicit(&f->replay->started, 1, memory_order_relaxed);
	f->loading++;
	if (req->plan->nr_writes)
		flist_add_tail(&req->stores, &f->stores);
	leave_front(f);
	if (!req->plan->nr_reads)
		loads_finished(td, req);
}

/* fio's own estimate goes by bytes; with timestamps it is time that counts. */
static void show_progress(struct thread_data *td, uint64_t now_ns)
{
	struct replay *r = feed_of(td)->replay;
	double bytes = td->io_bytes[DDIR_READ] + td->io_bytes[DDIR_WRITE];
	double passed = now_ns - atomic_load(&r->epoch_ns);

	if (r->passes == UINT64_MAX || passed <= 0)
		return;
	td->total_io_size = bytes * ((double)r->passes * r->pass_ns) / passed;
}

/*
 * Has the request in front begun, or can it now? It must have its plan, and
 * with timestamps its time must have come.
 */
static bool front_begun(struct thread_data *td, uint64_t now_ns)
{
	struct feed *f = feed_of(td);
	struct request *req = f->front;
	uint64_t arrival_ns = now_ns;

	if (req->begun)
		return true;
	if (f->front_plans && !clock_drain(td))
		f->front_plans = !replay_plan_pass(f->replay, req);
	if (f->front_plans || (!req->plan && !replay_bind(f->replay, req))) {
		f->poll = true;
		return false;
	}
	if (f->warming && !replay_warming(f->replay, req->number)) {
		f->warming = false;
		warmup_end(td);
	}
	if (f->timed && !replay_warming(f->replay, req->number)) {
		arrival_ns = replay_arrival(f->replay, req->number);
		if (arrival_ns > now_ns) {
			wake_at(f, arrival_ns);
			return false;
		}
	}
	front_start(td, req, arrival_ns);
	if (f->timed)
		show_progress(td, arrival_ns);
	return true;
}

static void look_for_dead(struct thread_data *td, uint64_t now_ns)
{
	struct feed *f = feed_of(td);

	struct group *g = job_of(td)->group;

	if (now_ns < f->look_ns || g->nr_workers + g->nr_observers < 2)
		return;
	f->look_ns = now_ns + LOOK_NS;
	group_report_dead(g);
}

/*
 * A job with I/O in flight takes a request only once it has arrived: another
 * one may be free before this one is.
 */
static void take_front(struct thread_data *td, uint64_t now_ns)
{
	struct feed *f = feed_of(td);
	bool busy = f->loading || f->writes_inflight;

	look_for_dead(td, now_ns);
	if (f->over || (f->max_inflight && f->loading >= f->max_inflight))
		return;
	f->front = replay_take(f->replay, now_ns, f->timed, busy, &f->over,
			       &f->front_plans);
	f->sought = false;
	if (f->front || f->over)
		return;
	if (f->timed && busy && replay_next_arrival(f->replay) > now_ns)
		wake_at(f, replay_next_arrival(f->replay));
	else
		f->poll = true;
}

static struct plan_step *next_write(struct request *req)
{
	struct plan_step *step = req->steps + req->plan->nr_reads;

	while (step->issued)
		step++;
	return step;
}

/* The write of this job, not given yet, that fills the slot for @read. */
static void seek_write(struct feed *f, const struct plan_step *read)
{
	struct plan_step *step, *end;
	struct flist_head *entry;
	struct request *req;

	f->sought = true;
	f->sought_request = NULL;
	flist_for_each(entry, &f->stores) {
		req = flist_entry(entry, struct request, stores);
		step = req->steps + req->plan->nr_reads;
		end = step + req->plan->nr_writes;
		for (; step < end; step++) {
			if (step->issued || step->slot != read->slot ||
			    step->need != read->need - 1)
				continue;
			f->sought_request = req;
			req->wanted = true;
			f->sought_write = step;
			return;
		}
	}
}

static void note_blocked(struct thread_data *td, const struct plan_step *step)
{
	struct feed *f = feed_of(td);

	f->blocked = true;
	if (!replay_abandoned(f->replay, step) || replay_ready(f->replay, step))
		return;
	f->over = f->limited = true;
	if (!job_quiet())
		log_info("mooncake: job '%s' ends early: another job stopped before the I/O that it waits for\n",
			 td->o.name);
}

/* The next read of the request in front, if order allows. */
static struct plan_step *pick_load(struct thread_data *td)
{
	struct feed *f = feed_of(td);
	struct plan_step *read = &f->front->steps[f->front->loads_fed];

	if (f->front->loads_fed == f->front->plan->nr_reads)
		return NULL;
	if (replay_ready(f->replay, read))
		return read;
	if (!f->sought)
		seek_write(f, read);
	f->load_blocked = true;
	note_blocked(td, read);
	return NULL;
}

/* With few places some devices never get done: then reads would soon wait for
 * the very writes that have none. */
static bool stores_late(const struct feed *f, uint64_t now_ns)
{
	const struct request *req;

	if (flist_empty(&f->stores))
		return false;
	req = flist_first_entry(&f->stores, struct request, stores);
	return req->ready_ns && req->ready_ns + LATE_NS < now_ns;
}

/*
 * Places in the queue that background writes may take: few, since a read that
 * comes up has those in front of it in the device, and never all.
 */
static bool store_has_place(struct thread_data *td, uint64_t now_ns)
{
	unsigned int depth = td->o.iodepth;
	struct feed *f = feed_of(td);
	bool late = stores_late(f, now_ns);

	return f->writes_inflight <
	       max(late ? depth - depth / 8 : depth / 4, 1U);
}

/* Does another job wait, perhaps for a write of this one? */
static bool others_wait(const struct feed *f)
{
	bool self = f->blocked_rounds;

	return atomic_load_explicit(&f->replay->waiting,
				    memory_order_relaxed) > self;
}

/* May this request's writes go now, if order allows? */
static bool store_may_go(struct thread_data *td, const struct request *req,
			 uint64_t now_ns)
{
	struct feed *f = feed_of(td);

	if (!f->async)
		return req->loads_fed == req->plan->nr_reads;
	if (others_wait(f))
		return true;
	if (req->loads_left)
		return false;
	/* Who reads one of its blocks will soon read the next. */
	if (req->wanted)
		return true;
	if (!store_has_place(td, now_ns))
		return false;
	if (req->ready_ns > now_ns) {
		wake_at(f, req->ready_ns);
		return false;
	}
	return true;
}

static struct plan_step *pick_sought(struct feed *f, struct request **req)
{
	if (!f->load_blocked || !f->sought_request ||
	    f->sought_write->issued ||
	    !replay_ready(f->replay, f->sought_write))
		return NULL;
	*req = f->sought_request;
	return f->sought_write;
}

static struct plan_step *pick_store(struct thread_data *td, uint64_t now_ns,
				    struct request **req)
{
	struct feed *f = feed_of(td);
	struct plan_step *step = pick_sought(f, req);
	struct flist_head *entry;
	unsigned int looked = 0;

	if (step)
		return step;
	flist_for_each(entry, &f->stores) {
		*req = flist_entry(entry, struct request, stores);
		if (looked++ == STORES_SOUGHT)
			break;
		if (!store_may_go(td, *req, now_ns))
			continue;
		step = next_write(*req);
		if (replay_ready(f->replay, step))
			return step;
		note_blocked(td, step);
	}
	return NULL;
}

/* Opens the next read; false when there is none to give now. */
static bool next_load(struct thread_data *td, uint64_t now_ns)
{
	struct feed *f = feed_of(td);
	struct plan_step *step;

	for (;;) {
		if (!f->front)
			take_front(td, now_ns);
		if (!f->front || !front_begun(td, now_ns))
			return false;
		/* Nothing to read, so it has left the front already. */
		if (!f->front)
			continue;
		step = pick_load(td);
		if (step)
			open_load(f, f->front, step);
		return step != NULL;
	}
}

static bool next_store(struct thread_data *td, uint64_t now_ns)
{
	struct request *req;
	struct plan_step *step = pick_store(td, now_ns, &req);

	if (step)
		open_store(feed_of(td), req, step);
	return step != NULL;
}

/* A background write goes I/O by I/O: a read may come up before the next. */
static void give_background(struct thread_data *td, uint64_t now_ns)
{
	struct feed *f = feed_of(td);

	/* It may be the one that a read waits for. */
	if (f->load_blocked || others_wait(f) || store_has_place(td, now_ns))
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
	uint64_t now_ns = time_of(f);

	f->wake_ns = CLOCK_NEVER;
	f->blocked = f->load_blocked = f->poll = false;
	while (f->given_count < FEED_BATCH && !f->limited && !td->error) {
		if (f->open_store.step && !f->async)
			give_open(td, &f->open_store, FEED_BATCH);
		else if (f->open_load.step)
			give_open(td, &f->open_load, FEED_BATCH);
		else if (next_load(td, now_ns))
			continue;
		else if (f->open_store.step) {
			give_background(td, now_ns);
			break;
		} else if (!next_store(td, now_ns))
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
		wake_at(f, now_ns + (f->blocked_rounds < BLOCKED_SPINS ?
				     SPIN_NS : POLL_NS));
	if (f->poll || (f->wake_ns == CLOCK_NEVER && !td->io_u_in_flight &&
			!td->io_u_queued))
		wake_at(f, now_ns + POLL_NS);
}

static void wait_for_more(struct thread_data *td)
{
	struct feed *f = feed_of(td);
	uint64_t since = clock_now();

	look_for_dead(td, since);
	set_waiting(f, f->load_blocked);
	wake_for_others(td, since);
	clock_wait(td, f->wake_ns);
	if (f->blocked) {
		f->blocked_rounds++;
		f->order_wait_ns += clock_now() - since;
	}
}

static bool feed_over(const struct feed *f)
{
	return f->limited ||
	       (f->over && !f->front && !f->open_load.step &&
		!f->open_store.step && flist_empty(&f->stores));
}

static void end_if_failed(struct thread_data *td)
{
	if (replay_failed(feed_of(td)->replay) && !td->error)
		td_verror(td, ECANCELED, "mooncake: another job of the replay group failed");
}

static void feed_end(struct thread_data *td)
{
	clock_drain(td);
	job_of(td)->ended = true;
	end_if_failed(td);
}

void feed_watch(struct thread_data *td)
{
	struct group *g = job_of(td)->group;

	while (!clock_stop(td) && !replay_failed(feed_of(td)->replay) &&
	       group_running(g)) {
		look_for_dead(td, clock_now());
		clock_wait(td, clock_now() + 5 * POLL_NS);
	}
	/* The last one may have ended by its death. */
	group_report_dead(g);
	end_if_failed(td);
}

void feed_more(struct thread_data *td)
{
	struct feed *f = feed_of(td);

	f->given_head = f->given_count = 0;
	while (!clock_stop(td) && !replay_failed(f->replay)) {
		if (give_some(td)) {
			set_waiting(f, false);
			add_action(td, FIO_LOG_UNLINK_FILE, 0);
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

static struct stamp stamp_of(struct thread_data *td, const struct feed_io *io)
{
	struct feed *f = feed_of(td);
	const struct plan_step *step = io->step->step;

	return stamp_make(f->replay->stamp_run,
			  f->replay->trace->hash_ids[step->block],
			  plan_generation(step), io->offset);
}

void feed_issue(struct thread_data *td, struct io_u *io_u)
{
	struct feed *f = feed_of(td);
	struct feed_io *io = &f->bound[io_u->index];
	struct request *req;
	struct stamp stamp;

	if (!io->step)
		return;
	req = io->step->req;
	if (io_u->ddir == DDIR_READ) {
		if (!req->first_load_ns)
			req->first_load_ns = time_of(f);
		return;
	}
	if (!req->first_store_ns)
		req->first_store_ns = time_of(f);
	if (f->stamp_stride) {
		stamp = stamp_of(td, io);
		stamp_write(&stamp, io_u->buf, io_u->buflen, f->stamp_stride);
	}
}

static void report_mismatch(struct thread_data *td, struct io_u *io_u,
			    const struct stamp *want, const struct stamp *found,
			    uint64_t at)
{
	struct feed_io *io = &feed_of(td)->bound[io_u->index];
	char what[200] = "no stamp: it was never written, or overwritten by something else";

	if (stamp_valid(found))
		snprintf(what, sizeof(what), "block %llu, generation %llu, offset %llu%s",
			 (unsigned long long)found->hash_id,
			 (unsigned long long)found->generation,
			 (unsigned long long)found->offset,
			 found->run == want->run ? "" : ", of another run");
	log_err("mooncake: block %llu (slot %u, generation %llu) read from %s at offset %llu is not what was written: at %llu in the slot there is %s\n",
		(unsigned long long)want->hash_id, io->step->step->slot,
		(unsigned long long)want->generation, io_u->file->file_name,
		(unsigned long long)(io_u->offset + io_u->xfer_buflen -
				     io_u->buflen),
		(unsigned long long)at, what);
}

static void check_read(struct thread_data *td, struct io_u *io_u)
{
	struct feed *f = feed_of(td);
	struct stamp want, found;
	uint64_t at;

	want = stamp_of(td, &f->bound[io_u->index]);
	if (stamp_check(&want, io_u->buf, io_u->buflen, f->stamp_stride, &at,
			&found))
		return;
	report_mismatch(td, io_u, &want, &found, at);
	io_u->error = EILSEQ;
}

static void step_finished(struct thread_data *td, struct feed_step *fs)
{
	struct feed *f = feed_of(td);
	struct request *req = fs->req;
	bool write = fs->step->write;

	replay_slot_done(f->replay, fs->step);
	fs->req = NULL;
	fs->next_free = f->free_steps;
	f->free_steps = fs;
	if (write)
		store_finished(f, req);
	else if (!--req->loads_left)
		loads_finished(td, req);
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
		store_finished(f, req);
	}
}

static int feed_alloc(struct thread_data *td, struct feed *f)
{
	/* In flight, given, and one being opened. */
	unsigned int i, steps = td->o.iodepth + FEED_BATCH + 1;

	f->steps = calloc(steps, sizeof(*f->steps));
	f->bound = calloc(td->o.iodepth, sizeof(*f->bound));
	if (!f->steps || !f->bound) {
		td_verror(td, ENOMEM, "feed");
		return 1;
	}
	for (i = 0; i < steps; i++) {
		f->steps[i].next_free = f->free_steps;
		f->free_steps = &f->steps[i];
	}
	return 0;
}

static uint64_t ios_of_step(struct thread_data *td, bool write)
{
	const struct layout *l = layout_of(td);
	uint64_t unit = unit_of(td, write);

	return l->objects * ((l->object_slot + unit - 1) / unit);
}

int feed_start(struct thread_data *td)
{
	struct job *job = job_of(td);
	struct feed *f = &job->feed;
	struct fio_file *file;
	unsigned int i;

	if (feed_alloc(td, f))
		return 1;
	clock_init();
	INIT_FLIST_HEAD(&f->stores);
	f->step_ios[0] = ios_of_step(td, false);
	f->step_ios[1] = ios_of_step(td, true);
	if (job->check_blocks)
		f->stamp_stride = min(unit_of(td, false), unit_of(td, true));
	f->timed = option_timed(td);
	f->async = option_store_async(td, job->options);
	f->max_inflight = option_max_inflight(td, job->options);
	f->clocked = f->timed || f->async || f->replay->observers ||
		     f->replay->nr_workers > 1 || job->options->prefill_rate;
	if (f->replay->warmup) {
		f->warming = true;
		warmup_begin(td);
	}
	for_each_file(td, file, i)
		add_action(td, FIO_LOG_OPEN_FILE, i);
	add_action(td, FIO_LOG_UNLINK_FILE, 0);
	return td->error ? 1 : 0;
}

static void drop_list(struct thread_data *td)
{
	struct io_piece *ipo;

	while (!flist_empty(&td->io_log_list)) {
		ipo = flist_first_entry(&td->io_log_list, struct io_piece, list);
		flist_del(&ipo->list);
		free(ipo);
	}
}

static void abandon_all(struct thread_data *td)
{
	struct feed *f = feed_of(td);
	unsigned int i, steps = td->o.iodepth + FEED_BATCH + 1;
	struct flist_head *entry;

	for (i = 0; i < steps; i++) {
		if (!f->steps[i].req)
			continue;
		replay_abandon_slot(f->replay, f->steps[i].step);
		replay_abandon(f->replay, f->steps[i].req);
	}
	flist_for_each(entry, &f->stores)
		replay_abandon(f->replay,
			       flist_entry(entry, struct request, stores));
	if (f->front && (f->front->plan || replay_bind(f->replay, f->front)))
		replay_abandon(f->replay, f->front);
}

void feed_stop(struct thread_data *td)
{
	struct feed *f = feed_of(td);

	if (f->steps && f->bound)
		abandon_all(td);
	drop_list(td);
	free(f->steps);
	free(f->bound);
	f->steps = NULL;
	f->bound = NULL;
}
