#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "fio.h"
#include "fio_sem.h"

#include "engine/life/life.h"
#include "engine/life/signals.h"
#include "engine/result/answer.h"
#include "engine/result/watch.h"
#include "engine/setup/group.h"
#include "engine/target/leftover.h"
#include "engine/wait.h"

#define LOOK_US 20000
/* A job may take so long to end once a signal has told it to. */
#define GRACE_NS 5000000000ULL
/* fio may take so long to notice that all of its jobs are gone. */
#define GONE_NS 10000000000ULL

static pthread_t watcher;
static pid_t owner; /* the process that has the thread; 0: none has */
static bool owner_forks;
static _Atomic bool stopping;
static _Atomic bool somebody_died;
static const char *_Atomic being_set_up; /* a job's name, or NULL */
static uint64_t told_ns; /* when a signal to stop was seen; 0: not yet */
static uint64_t gone_ns; /* since when no job is left */

/* A job that was killed before fio let it start still counts as asleep on its
 * semaphore, and fio would wait for ever for it to wake up. */
static void release_dead(struct thread_data *td)
{
	/* fio frees the semaphore when the job ends. */
	if (td->sem && (td->runstate < TD_RUNNING || td->runstate >= TD_EXITED))
		__fio_sem_init(td->sem, FIO_SEM_LOCKED);
}

static void report_death(struct replay *r, struct thread_data *td)
{
	uint32_t alive = 0;

	atomic_store(&somebody_died, true);
	release_dead(td);
	/* Only the first death in a group is told. */
	if (!atomic_compare_exchange_strong(r->failed, &alive, 1))
		return;
	log_err("mooncake: job '%s' (pid %d) died; the others of its replay group end, and the run is incomplete\n",
		td->o.name, (int)td->pid);
}

/* Ends a job that does not stop, with the I/O that it has in flight: only the
 * kernel could end that. */
static void end_stalled(struct replay *r, const struct member *m,
			struct thread_data *td)
{
	log_err("mooncake: job '%s' was told to stop %llu s ago and still waits, with %u I/Os in flight; it is ended\n",
		td->o.name, GRACE_NS / 1000000000, member_in_flight(m));
	replay_fail(r);
	atomic_store(&somebody_died, true);
	if (!td->o.use_thread) {
		kill(td->pid, SIGKILL);
		return;
	}
	/* fio does the same after a longer time of its own. */
	td->error = EINTR;
	td_set_runstate(td, TD_EXITED);
}

static bool grace_is_over(void)
{
	return told_ns && time_now() > told_ns + GRACE_NS;
}

static void look_at_job(struct replay *r, struct member *m,
			struct thread_data *td)
{
	if (life_died(td)) {
		/* It may have said in between that it has ended. */
		if (member_has_ended(m))
			return;
		report_death(r, td);
		atomic_store(&m->state, MEMBER_FAILED);
	} else if (grace_is_over() && td->terminate &&
		   td->runstate < TD_EXITED) {
		end_stalled(r, m, td);
		atomic_store(&m->state, MEMBER_FAILED);
	}
}

static bool all_are_gone(void)
{
	unsigned int i;

	for (i = 0; i < thread_number; i++)
		if (tnumber_to_td(i)->runstate != TD_REAPED)
			return false;
	return true;
}

/* Ends the process where fio would wait for ever. A job that died before fio
 * counted it as running makes fio's count of running jobs go below zero. */
static void end_if_fio_hangs(void)
{
	if (is_backend || !atomic_load(&somebody_died) || !all_are_gone()) {
		gone_ns = 0;
		return;
	}
	if (!gone_ns)
		gone_ns = time_now();
	if (time_now() < gone_ns + GONE_NS)
		return;
	log_err("mooncake: all jobs are gone, and fio waits for one that died before it had started; there is no output of this run\n");
	leftover_take();
	_exit(1);
}

/*
 * Ends the process where a set-up hangs. No job runs yet, so nothing is lost.
 */
static void end_if_set_up_hangs(void)
{
	const char *job = atomic_load(&being_set_up);

	if (!job || !grace_is_over())
		return;
	log_err("mooncake: job '%s' was told to stop %llu s ago and is still set up; the run is ended\n",
		job, GRACE_NS / 1000000000);
	_exit(1);
}

static void *watch(void *arg)
{
	(void)arg;
	while (!atomic_load(&stopping)) {
		if (!told_ns && signals_seen())
			told_ns = time_now();
		groups_each_replay(look_at_job);
		end_if_fio_hangs();
		end_if_set_up_hangs();
		usleep(LOOK_US);
	}
	return NULL;
}

static void watch_end(void)
{
	if (owner != getpid())
		return;
	atomic_store(&stopping, true);
	pthread_join(watcher, NULL);
	/* The last job may have died a moment ago. */
	groups_each_replay(look_at_job);
	groups_each(answer_tell);
	/* Otherwise every job has come to its end, and taken away its own. */
	if (told_ns || atomic_load(&somebody_died) || signals_seen())
		leftover_take();
	if (!atomic_load(&somebody_died))
		return;
	fflush(NULL);
	_exit(1);
}

static void note_fork(void)
{
	owner_forks = owner == getpid();
}

/* Binds a job to its parent as soon as it is forked: fio lets no job come to
 * its init() before all of them are there. */
static void watch_parent_in_job(void)
{
	if (owner_forks)
		watch_parent();
}

void watch_set_up_begin(const char *job)
{
	atomic_store(&being_set_up, job);
}

void watch_set_up_end(void)
{
	atomic_store(&being_set_up, NULL);
}

void watch_start(void)
{
	sigset_t before;

	if (owner == getpid())
		return;
	owner = getpid();
	atomic_store(&stopping, false);
	/* fio's handlers print and allocate, so its own threads take the
	 * signals. */
	signals_hold(&before);
	if (pthread_create(&watcher, NULL, watch, NULL))
		owner = 0;
	signals_release(&before);
	signals_watch();
	pthread_atfork(note_fork, NULL, watch_parent_in_job);
	/* This runs before fio's own handlers, which free what it knows of its
	 * jobs. */
	atexit(watch_end);
}

void watch_parent(void)
{
	if (getpid() == owner)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != owner)
		raise(SIGKILL);
}
