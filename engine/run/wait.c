#include <linux/io_uring.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "fio.h"

#include "engine/run/wait.h"
#include "engine/job.h"

#define USEC ((uint64_t)1000)
#define MSEC (1000 * USEC)

/* A sleep wakes up a little late; the rest of the wait is a busy loop. */
#define SPIN_NS (60 * USEC)
/* How long to sleep at most before looking for a stop or another's progress. */
#define SLICE_NS (20 * MSEC)
/* How often engines without a descriptor to poll are asked for completions. */
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

/* The core serves this between I/Os; --status-interval waits for it. */
static void serve_rusage(struct thread_data *td)
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

static int reap(struct thread_data *td, int min)
{
	return io_u_queued_complete(td, min) < 0 ? -1 : 0;
}

/*
 * Waits in the kernel for a completion to take. Polling the ring's descriptor
 * would do, but a ring that defers its work to its task (as fio's does) leaves
 * the poll asleep on some kernels.
 */
static bool ring_has_more(int fd, struct timespec *timeout)
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
		return true;
	/* Kernels before 5.11 know no timeout here. */
	return errno == EINVAL && ppoll(&ring, 1, timeout, NULL) > 0;
}

static int wait_ring(struct thread_data *td, int fd, uint64_t deadline_ns,
		     uint64_t now_ns)
{
	struct timespec ts = { 0 };

	if (deadline_ns > now_ns + SPIN_NS)
		ts = to_timespec(deadline_ns - now_ns - SPIN_NS);
	if (ring_has_more(fd, &ts))
		return reap(td, 1);
	return 0;
}

static int wait_asking(struct thread_data *td, uint64_t deadline_ns,
		       uint64_t now_ns)
{
	int ret = io_u_queued_complete(td, 0);

	if (ret)
		return ret < 0 ? -1 : 0;
	sleep_until(min(deadline_ns, now_ns + SPIN_NS + ASK_NS), now_ns);
	return 0;
}

int wait_until(struct thread_data *td, uint64_t deadline_ns)
{
	struct job *job = job_of(td);
	uint64_t now_ns, slice_ns;

	serve_rusage(td);
	td_io_commit(td);
	if (td->error)
		return -1;
	now_ns = time_now();
	slice_ns = min(deadline_ns, now_ns + SLICE_NS);
	if (now_ns >= deadline_ns)
		return 0;
	if (!td->io_u_in_flight) {
		sleep_until(slice_ns, now_ns);
		return 0;
	}
	/* Engines that only pretend have everything complete at once. */
	if (deadline_ns == WAIT_NEVER || job->polls ||
	    td_ioengine_flagged(td, FIO_FAKEIO))
		return reap(td, 1);
	if (job->ring_fd >= 0)
		return wait_ring(td, job->ring_fd, slice_ns, now_ns);
	return wait_asking(td, slice_ns, now_ns);
}

int wait_drain(struct thread_data *td)
{
	unsigned int before;

	td_io_commit(td);
	while (td->io_u_in_flight) {
		serve_rusage(td);
		before = td->io_u_in_flight;
		/* After an error the others still have to come in. */
		if (reap(td, 1) && td->io_u_in_flight == before)
			break;
	}
	return td->error ? -1 : 0;
}

bool must_stop(struct thread_data *td)
{
	if (td->terminate || td->error)
		return true;
	return td->o.timeout && td->runstate != TD_RAMP &&
	       utime_since_now(&td->epoch) >= td->o.timeout;
}
