/* Signals wait while fio sets up and forks. */
#include <sys/wait.h>
#include <unistd.h>

#include "engine/life/signals.c"

#include "unit.h"

static const int held[] = { SIGINT, SIGTERM, SIGUSR1 };

static volatile sig_atomic_t taken;	/* by the handler */
static int sent;			/* in a fork; 0 is none */
static int taken_in_fork;

static void take(int number)
{
	(void)number;
	taken++;
}

static void take_and_set_errno(int number)
{
	take(number);
	errno = ENOSPC;
}

/* This is registered first, so it is the last to run before a fork. */
static void send_in_fork(void)
{
	if (sent)
		raise(sent);
	taken_in_fork = taken;
}

static void wait_until_released(void)
{
	sigset_t before;

	for (unsigned int i = 0; i < sizeof(held) / sizeof(*held); i++) {
		taken = 0;
		signals_hold(&before);
		raise(held[i]);
		CHECK_EQ(taken, 0);
		signals_release(&before);
		CHECK_EQ(taken, 1);
	}
}

static void wait_until_the_outer_release(void)
{
	sigset_t outer, inner;

	taken = 0;
	signals_hold(&outer);
	signals_hold(&inner);
	raise(SIGINT);
	signals_release(&inner);
	CHECK_EQ(taken, 0);
	signals_release(&outer);
	CHECK_EQ(taken, 1);
}

/* In the child nothing is held, and a signal from before is the parent's. */
static int child(void)
{
	if (taken)
		return 1;
	raise(SIGTERM);
	return taken == 1 ? 0 : 2;
}

static void wait_for_the_end_of_a_fork(void)
{
	int status;
	pid_t pid;

	for (unsigned int i = 0; i < sizeof(held) / sizeof(*held); i++) {
		taken = 0;
		sent = held[i];
		pid = fork();
		if (!pid)
			_exit(child());
		sent = 0;
		CHECK_EQ(taken_in_fork, 0);
		CHECK_EQ(taken, 1);
		CHECK_EQ(waitpid(pid, &status, 0), pid);
		CHECK_EQ(status, 0);
	}
}

/* The handler that was there is called, and what it interrupts keeps errno. */
static void watched(void)
{
	for (unsigned int i = 0; i < 2; i++)
		signal(stops[i], take_and_set_errno);
	signals_watch();
	signals_watch();
	CHECK(!signals_seen());
	for (unsigned int i = 0; i < 2; i++) {
		taken = 0;
		errno = EAGAIN;
		raise(stops[i]);
		CHECK_EQ(errno, EAGAIN);
		CHECK_EQ(taken, 1);
		CHECK(signals_seen());
	}
}

int main(void)
{
	for (unsigned int i = 0; i < sizeof(held) / sizeof(*held); i++)
		signal(held[i], take);
	pthread_atfork(send_in_fork, NULL, NULL);
	signals_hold_in_forks();
	signals_hold_in_forks();
	RUN(wait_until_released);
	RUN(wait_until_the_outer_release);
	RUN(wait_for_the_end_of_a_fork);
	RUN(watched);
	UNIT_END();
}
