#include <pthread.h>

#include "engine/setup/signals.h"

static _Thread_local sigset_t before_fork;
static pthread_once_t once = PTHREAD_ONCE_INIT;

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
