/*
 * A backend whose every completion is known beforehand: a device with places
 * that serve at once, a service time, and a moment at which it freezes. It
 * really reads and writes, at the beginning or at the end of an I/O's time,
 * and can log each I/O, so that the order of what happened can be proved.
 * README.md lists its options.
 */
#include <time.h>

#include "fio.h"
#include "optgroup.h"
#include "lib/rand.h"

#include "engine/result/stamp.h"

#define USEC		1000ULL
#define MSEC		(1000 * USEC)
#define PLACES_MAX	1024

struct slow_options {
	void *td;
	unsigned int service_us;
	unsigned int write_us;
	unsigned int jitter_us;
	unsigned int parallel;
	unsigned int freeze_at_ms;
	unsigned int freeze_ms;
	unsigned int seed;
	unsigned int data;
	unsigned int error_at;
	unsigned int error;
	unsigned int short_at;
	unsigned int busy_at;
	unsigned int commit_error_at;
	unsigned int reap_error_at;
	char *log;
};

struct slow_io {
	struct io_u *io_u;	/* NULL: not in flight */
	uint64_t issued_ns;
	uint64_t due_ns;
	struct stamp stamp;
	bool data_moved;
	bool is_short;
};

struct slow {
	struct slow_io *ios;		/* by the index of the io_u */
	struct io_u **completed;
	uint64_t free_ns[PLACES_MAX];	/* when each place is free again */
	uint64_t first_ns;
	unsigned int count;		/* I/Os so far */
	unsigned int calls;		/* of queue, busy ones too */
	unsigned int commits;
	unsigned int reaps;
	struct frand_state random;
	FILE *log;
};

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
	struct timespec ts = {
		.tv_sec = ns / 1000000000,
		.tv_nsec = ns % 1000000000,
	};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

/* A place stands still while the device is frozen, and goes on after it. */
static uint64_t serve(const struct slow *s, const struct slow_options *o,
		      uint64_t begin_ns, uint64_t service_ns)
{
	uint64_t from = s->first_ns + o->freeze_at_ms * MSEC;
	uint64_t until = from + o->freeze_ms * MSEC;

	if (begin_ns >= from && begin_ns < until)
		begin_ns = until;
	if (begin_ns < from && begin_ns + service_ns > from)
		begin_ns += o->freeze_ms * MSEC;
	return begin_ns + service_ns;
}

static uint64_t *first_free(struct slow *s, unsigned int places)
{
	uint64_t *first = s->free_ns;
	unsigned int i;

	for (i = 1; i < places; i++)
		if (s->free_ns[i] < *first)
			first = &s->free_ns[i];
	return first;
}

static uint64_t due_at(struct slow *s, const struct slow_options *o,
		       const struct io_u *io_u, uint64_t now_ns)
{
	uint64_t service_ns = USEC * (io_u->ddir == DDIR_WRITE && o->write_us ?
				      o->write_us : o->service_us);
	uint64_t *place;

	if (o->jitter_us)
		service_ns += rand_between(&s->random, 0, o->jitter_us * USEC);
	if (!o->parallel)
		return serve(s, o, now_ns, service_ns);
	place = first_free(s, o->parallel);
	*place = serve(s, o, max(*place, now_ns), service_ns);
	return *place;
}

/* Is it the turn of the fault called @name? If so, says so. */
static bool fault_is_due(const char *name, unsigned int at, unsigned int count)
{
	if (!at || count != at)
		return false;
	log_err("slow: %s=%u\n", name, at);
	return true;
}

static void move_data(const struct slow_options *o, struct slow_io *io)
{
	struct io_u *io_u = io->io_u;
	size_t len = io_u->xfer_buflen;
	ssize_t ret;

	io->data_moved = true;
	/* Half of it, in whole units of O_DIRECT. */
	if (io->is_short)
		len = len / 2 / 512 * 512;
	if (!o->data || io_u->error)
		return;
	if (io_u->ddir == DDIR_WRITE)
		ret = pwrite(io_u->file->fd, io_u->xfer_buf, len,
			     io_u->offset);
	else
		ret = pread(io_u->file->fd, io_u->xfer_buf, len,
			    io_u->offset);
	if (ret < 0)
		io_u->error = errno;
	else
		io_u->resid = io_u->xfer_buflen - ret;
}

static enum fio_q_status slow_queue(struct thread_data *td, struct io_u *io_u)
{
	struct slow_options *o = td->eo;
	struct slow *s = td->io_ops_data;
	struct slow_io *io = &s->ios[io_u->index];

	fio_ro_check(td, io_u);
	if (ddir_sync(io_u->ddir)) {
		if (do_io_u_sync(td, io_u) < 0)
			io_u->error = errno;
		return FIO_Q_COMPLETED;
	}
	if (fault_is_due("busy_at", o->busy_at, ++s->calls))
		return FIO_Q_BUSY;
	io->io_u = io_u;
	io->issued_ns = now();
	if (!s->count++)
		s->first_ns = io->issued_ns;
	io->due_ns = due_at(s, o, io_u, io->issued_ns);
	if (fault_is_due("error_at", o->error_at, s->count))
		io_u->error = o->error;
	io->is_short = fault_is_due("short_at", o->short_at, s->count);
	/* Either end of an I/O may be what another must not overlap. */
	io->data_moved = false;
	if (!o->jitter_us || rand_between(&s->random, 0, 1))
		move_data(o, io);
	return FIO_Q_QUEUED;
}

/* One line an I/O: issued completed r|w file offset length hash_id generation */
static void log_io(struct slow *s, const struct slow_io *io, uint64_t now_ns)
{
	const struct io_u *io_u = io->io_u;
	struct stamp stamp;

	memcpy(&stamp, io_u->xfer_buf, sizeof(stamp));
	if (!stamp_valid(&stamp))
		stamp.hash_id = stamp.generation = -1ULL;
	fprintf(s->log, "%llu %llu %c %d %llu %llu %lld %lld\n",
		(unsigned long long)io->issued_ns, (unsigned long long)now_ns,
		io_u->ddir == DDIR_WRITE ? 'w' : 'r', io_u->file->fileno,
		(unsigned long long)io_u->offset,
		(unsigned long long)io_u->xfer_buflen,
		(long long)stamp.hash_id, (long long)stamp.generation);
}

static void complete(struct thread_data *td, struct slow_io *io)
{
	struct slow *s = td->io_ops_data;

	if (!io->data_moved)
		move_data(td->eo, io);
	if (s->log)
		log_io(s, io, now());
	io->io_u = NULL;
}

/* Returns the I/O in flight that is due first, or NULL. */
static struct slow_io *next_due(struct thread_data *td)
{
	struct slow *s = td->io_ops_data;
	struct slow_io *first = NULL;
	unsigned int i;

	for (i = 0; i < td->o.iodepth; i++)
		if (s->ios[i].io_u &&
		    (!first || s->ios[i].due_ns < first->due_ns))
			first = &s->ios[i];
	return first;
}

static int slow_getevents(struct thread_data *td, unsigned int min,
			  unsigned int max,
			  const struct timespec fio_unused *t)
{
	struct slow_options *o = td->eo;
	struct slow *s = td->io_ops_data;
	struct slow_io *io;
	unsigned int n;

	if (fault_is_due("reap_error_at", o->reap_error_at, ++s->reaps))
		return -(int)o->error;
	for (n = 0; n < max && (io = next_due(td)); n++) {
		if (io->due_ns > now()) {
			if (n >= min)
				break;
			sleep_until(io->due_ns);
		}
		s->completed[n] = io->io_u;
		complete(td, io);
	}
	return n;
}

static int slow_commit(struct thread_data *td)
{
	struct slow_options *o = td->eo;
	struct slow *s = td->io_ops_data;

	return fault_is_due("commit_error_at", o->commit_error_at,
			    ++s->commits) ?
		       -(int)o->error :
		       0;
}

static struct io_u *slow_event(struct thread_data *td, int event)
{
	struct slow *s = td->io_ops_data;

	return s->completed[event];
}

static int open_log(struct thread_data *td, struct slow *s, const char *log)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s.%u", log, td->thread_number);
	s->log = fopen(path, "w");
	if (!s->log)
		td_verror(td, errno, "slow: log=");
	return !s->log;
}

static int slow_init(struct thread_data *td)
{
	struct slow_options *o = td->eo;
	struct slow *s = calloc(1, sizeof(*s));

	s->ios = calloc(td->o.iodepth, sizeof(*s->ios));
	s->completed = calloc(td->o.iodepth, sizeof(*s->completed));
	init_rand_seed(&s->random, o->seed + td->thread_number, false);
	td->io_ops_data = s;
	return o->log ? open_log(td, s, o->log) : 0;
}

static void slow_cleanup(struct thread_data *td)
{
	struct slow *s = td->io_ops_data;

	if (!s)
		return;
	if (s->log)
		fclose(s->log);
	free(s->ios);
	free(s->completed);
	free(s);
}

#define NUMBER(option, text, default, ...) {			\
	.name = #option,					\
	.lname = #option,					\
	.type = FIO_OPT_INT,					\
	.off1 = offsetof(struct slow_options, option),		\
	.help = text,						\
	.def = default,						\
	.category = FIO_OPT_C_ENGINE,				\
	.group = FIO_OPT_G_INVALID,				\
	__VA_ARGS__						\
}

static struct fio_option options[] = {
	NUMBER(service_us, "Time an I/O takes", "0"),
	NUMBER(write_us, "Time a write takes, 0 is service_us", "0"),
	NUMBER(jitter_us, "More time at random, up to this", "0"),
	NUMBER(parallel, "Places that serve at once, 0 is no limit", "0",
	       .maxval = PLACES_MAX),
	NUMBER(freeze_at_ms, "When it freezes, after the first I/O", "0"),
	NUMBER(freeze_ms, "How long it freezes", "0"),
	NUMBER(seed, "For what is random", "1"),
	NUMBER(data, "1 reads and writes, 0 only takes its time", "1"),
	NUMBER(error_at, "The I/O that fails, 0 is none", "0"),
	NUMBER(error, "The errno it fails with", "5"),
	NUMBER(short_at, "The I/O that does half of its bytes, 0 is none", "0"),
	NUMBER(busy_at, "The call of queue that is refused as busy", "0"),
	NUMBER(commit_error_at, "The call of commit that fails", "0"),
	NUMBER(reap_error_at, "The call of getevents that fails", "0"),
	{
		.name = "log",
		.lname = "log",
		.type = FIO_OPT_STR_STORE,
		.off1 = offsetof(struct slow_options, log),
		.help = "Log of every I/O, a file for each job",
		.category = FIO_OPT_C_ENGINE,
		.group = FIO_OPT_G_INVALID,
	},
	{ .name = NULL },
};

static struct ioengine_ops slow = {
	.name = "slow",
	.version = FIO_IOOPS_VERSION,
	.init = slow_init,
	.queue = slow_queue,
	.commit = slow_commit,
	.getevents = slow_getevents,
	.event = slow_event,
	.cleanup = slow_cleanup,
	.open_file = generic_open_file,
	.close_file = generic_close_file,
	.get_file_size = generic_get_file_size,
	.options = options,
	.option_struct_size = sizeof(struct slow_options),
};

__attribute__((visibility("default")))
void get_ioengine(struct ioengine_ops **ops);

void get_ioengine(struct ioengine_ops **ops)
{
	*ops = &slow;
}
