#include <linux/io_uring.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fio.h"
#include "err.h"

#include "engine/fio_releases.h"
#include "engine/job.h"
#include "engine/replay/replay.h"
#include "engine/wait.h"

#define USEC ((uint64_t)1000)
#define MSEC (1000 * USEC)

/* A sleep ends a little late, so the rest of a wait is a busy loop. */
#define SPIN_NS (60 * USEC)
/* The longest sleep, so that a stop or another job's progress is noticed. */
#define SLICE_NS (20 * MSEC)
/* How often a backend without an io_uring is asked for completions. */
#define ASK_NS (50 * USEC)

uint64_t time_now(void)
{
	struct timespec ts;

	fio_gettime(&ts, NULL);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

void wait_init(void)
{
	prctl(PR_SET_TIMERSLACK, 1UL);
}

/* The core does this between I/Os, and --status-interval waits for it. */
void wait_serve(struct thread_data *td)
{
	if (td->update_rusage) {
		td->update_rusage = 0;
		update_rusage_stat(td);
		fio_sem_up(td->rusage_sem);
	}
}

static struct timespec to_timespec(uint64_t ns)
{
	struct timespec ts = {
		.tv_sec = ns / 1000000000,
		.tv_nsec = ns % 1000000000,
	};

	return ts;
}

static void sleep_until(uint64_t deadline_ns, uint64_t now_ns)
{
	struct timespec ts;

	if (deadline_ns > now_ns + SPIN_NS) {
		ts = to_timespec(deadline_ns - now_ns - SPIN_NS);
		nanosleep(&ts, NULL);
	} else {
		while (time_now() < deadline_ns)
			;
	}
}

/* The core makes its logs of single I/Os larger only where it waits itself, for
 * which a queue must be full: it aborts when they are. */
int wait_reap(struct thread_data *td, int min)
{
	int ret = io_u_queued_complete(td, min);

	if (td->flags & TD_F_REGROW_LOGS)
		regrow_logs(td);
	return ret;
}

/*
 * fio keeps the rest of an I/O that was short for its next get_io_u(). The
 * engine was called by that one, so nobody else would issue the rest meanwhile.
 * Where the backend refuses it again, it has to wait for a completion.
 */
static int issue_rest(struct thread_data *td)
{
	enum fio_ddir ddir;
	struct io_u *io_u;
	int ret = FIO_Q_COMPLETED;

	while (!io_u_rempty(&td->io_u_requeues) && ret != FIO_Q_BUSY) {
		io_u = get_io_u(td);
		if (IS_ERR_OR_NULL(io_u)) {
			td_verror(td, EIO, "mooncake: rest of an I/O");
			return -1;
		}
		ddir = io_u->ddir;
		ret = td_io_queue(td, io_u);
		if (ret == FIO_Q_BUSY) {
			requeue_io_u(td, &io_u);
			td_io_commit(td);
		} else if (io_queue_event(td, io_u, &ret, ddir, NULL, 0,
					  NULL)) {
			return -1;
		}
	}
	td_io_commit(td);
	return td->error ? -1 : 0;
}

enum ring_state { RING_EMPTY, RING_HAS_MORE, RING_FAILED };

/*
 * Sleeps in the kernel until there is a completion. Polling the ring's
 * descriptor would be enough, but fio's rings defer their work to their task,
 * and some kernels don't wake such a poll.
 */
static enum ring_state enter_ring(int fd, const struct timespec *timeout)
{
	struct __kernel_timespec ts = {
		.tv_sec = timeout->tv_sec,
		.tv_nsec = timeout->tv_nsec,
	};
	struct io_uring_getevents_arg arg = { .ts = (uintptr_t)&ts };
	struct pollfd ring = { .fd = fd, .events = POLLIN };

	if (!syscall(__NR_io_uring_enter, fd, 0, 1,
		     IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg,
		     sizeof(arg)))
		return RING_HAS_MORE;
	/* Kernels before 5.11 know no timeout here. */
	if (errno == EINVAL)
		return ppoll(&ring, 1, timeout, NULL) > 0 ? RING_HAS_MORE :
							    RING_EMPTY;
	if (errno == ETIME || errno == EINTR || errno == EAGAIN ||
	    errno == EBUSY)
		return RING_EMPTY;
	return RING_FAILED;
}

/*
 * Does the same for the job's ring, and sets td's error when that has failed.
 */
static enum ring_state ask_ring(struct thread_data *td,
				const struct timespec *timeout)
{
	int saved = errno;
	enum ring_state state = enter_ring(job_of(td)->ring_fd, timeout);

	if (state == RING_FAILED)
		td_verror(td, errno, "mooncake: io_uring_enter");
	/* fio 3.33's io_uring would take our errno for that of its own call. */
	errno = saved;
	return state;
}

static int wait_ring(struct thread_data *td, uint64_t deadline_ns,
		     uint64_t now_ns)
{
	struct timespec ts = { 0 };

	if (deadline_ns > now_ns + SPIN_NS)
		ts = to_timespec(deadline_ns - now_ns - SPIN_NS);
	switch (ask_ring(td, &ts)) {
	case RING_HAS_MORE:
		return wait_reap(td, 1);
	case RING_FAILED:
		return -1;
	default:
		return 0;
	}
}

int wait_at_ring(struct thread_data *td)
{
	struct timespec slice = to_timespec(SLICE_NS);

	return ask_ring(td, &slice) == RING_FAILED ? -1 : 0;
}

static int wait_asking(struct thread_data *td, uint64_t deadline_ns,
		       uint64_t now_ns)
{
	int ret = wait_reap(td, 0);

	if (ret)
		return ret;
	sleep_until(min(deadline_ns, now_ns + SPIN_NS + ASK_NS), now_ns);
	return 0;
}

/*
 * Returns how many I/Os are in flight. An observer is no worker, and has none.
 */
static uint32_t in_flight(struct thread_data *td)
{
	const struct worker *worker = job_of(td)->worker;

	return worker ? member_in_flight(&worker->member) : 0;
}

/* Returns less than 0 when fio has set an error. */
static int wait_for_io(struct thread_data *td, uint64_t deadline_ns,
		       uint64_t now_ns)
{
	uint64_t slice_ns = min(deadline_ns, now_ns + SLICE_NS);
	struct job *job = job_of(td);

	if (!in_flight(td)) {
		sleep_until(slice_ns, now_ns);
		return 0;
	}
	/*
	 * Synchronous backends, and those that only pretend, are done by now.
	 */
	if (deadline_ns == WAIT_NEVER || job->polls ||
	    (job->backend.flags & (FIO_SYNCIO | FIO_FAKEIO)))
		return wait_reap(td, 1);
	if (job->ring_fd >= 0)
		return wait_ring(td, slice_ns, now_ns);
	return wait_asking(td, slice_ns, now_ns);
}

int wait_until(struct thread_data *td, uint64_t deadline_ns)
{
	uint64_t now_ns;

	wait_serve(td);
	td_io_commit(td);
	if (td->error)
		return -1;
	now_ns = time_now();
	if (now_ns >= deadline_ns)
		return 0;
	if (wait_for_io(td, deadline_ns, now_ns) < 0)
		return -1;
	return issue_rest(td);
}

int wait_drain(struct thread_data *td)
{
	uint32_t before;

	td_io_commit(td);
	while (in_flight(td) || !io_u_rempty(&td->io_u_requeues)) {
		wait_serve(td);
		before = in_flight(td);
		if (before && wait_reap(td, 1) < 0 && in_flight(td) == before)
			break;
		/* After an error what else is in flight must still complete. */
		if (td->error ? !in_flight(td) : issue_rest(td))
			break;
	}
	return td->error ? -1 : 0;
}

/* Is the job still in its ramp_time=? fio itself only asks when an I/O
 * completes, and there may be none for long. */
static bool is_ramping(struct thread_data *td)
{
	if (!in_ramp(td))
		return false;
	if (!ramp_over(td))
		return true;
	td_set_runstate(td, TD_RUNNING);
	return false;
}

bool must_stop(struct thread_data *td)
{
	if (td->terminate || td->error)
		return true;
	return td->o.timeout && !is_ramping(td) &&
	       utime_since_now(&td->epoch) >= td->o.timeout;
}
