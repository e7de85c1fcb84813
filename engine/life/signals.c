#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "engine/life/signals.h"

static _Thread_local sigset_t before_fork;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The signals that tell fio to stop, and how it handles them. */
static const int stops[] = { SIGINT, SIGTERM };
static struct sigaction actions[2];
static atomic_bool seen; /* by whichever thread took one, for the others */

void signals_hold(sigset_t *before)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, before);
}

void signals_release(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

static void hold(void)
{
	signals_hold(&before_fork);
}

static void release(void)
{
	signals_release(&before_fork);
}

static void hold_in_forks(void)
{
	pthread_atfork(hold, release, release);
}

void signals_hold_in_forks(void)
{
	pthread_once(&once, hold_in_forks);
}

/* Fio's handler prints, which changes the errno of what it interrupts. */
static void note_stop(int number)
{
	const struct sigaction *action = &actions[number != stops[0]];
	int before = errno;

	atomic_store(&seen, true);
	if (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN)
		action->sa_handler(number);
	errno = before;
}

void signals_watch(void)
{
	struct sigaction note = { .sa_handler = note_stop }, old;
	unsigned int i;

	note.sa_flags = SA_RESTART;
	for (i = 0; i < 2; i++) {
		sigaction(stops[i], NULL, &old);
		if (old.sa_handler == note_stop)
			continue;
		actions[i] = old;
		sigaction(stops[i], &note, NULL);
	}
}

bool signals_seen(void)
{
	sigset_t pending;

	if (atomic_load(&seen))
		return true;
	sigpending(&pending);
	return sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM);
}
