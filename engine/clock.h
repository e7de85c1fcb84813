/* Time, and waiting without losing completions. */
#ifndef MOONCAKE_CLOCK_H
#define MOONCAKE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct thread_data;

#define CLOCK_NEVER	UINT64_MAX

/* fio_gettime() in nanoseconds; one clock for all jobs of a run. */
uint64_t clock_now(void);

/*
 * Waits until @deadline_ns, or until I/O has completed (which is then
 * accounted), or until something else may have changed (another job, a stop):
 * callers look again after every return. Returns fast: within milliseconds,
 * or with the first completion when @deadline_ns is CLOCK_NEVER and I/O is in
 * flight. Returns 0, or -1 when fio has set an error.
 */
int clock_wait(struct thread_data *td, uint64_t deadline_ns);

/* Lets all I/O of the job complete. Returns as clock_wait(). */
int clock_drain(struct thread_data *td);

/* Should the job stop: told to, out of runtime, or failed? */
bool clock_stop(struct thread_data *td);

/* Sleeps that end on time take a timer without slack; once per thread. */
void clock_init(void);

#endif
