/* Time, and waiting without losing completions. */
#ifndef MOONCAKE_WAIT_H
#define MOONCAKE_WAIT_H

#include <stdbool.h>
#include <stdint.h>

struct thread_data;

#define WAIT_NEVER UINT64_MAX

/* fio_gettime() in nanoseconds; one clock for all jobs of a run. */
uint64_t time_now(void);

/*
 * Waits until @deadline_ns, or until I/O has completed (which is then
 * accounted), or until something else may have changed (another job, a stop):
 * callers look again after every return. Returns fast: within milliseconds,
 * or with the first completion when @deadline_ns is WAIT_NEVER and I/O is in
 * flight. Returns 0, or -1 when fio has set an error.
 */
int wait_until(struct thread_data *td, uint64_t deadline_ns);

/* Lets all I/O of the job complete. Returns as wait_until(). */
int wait_drain(struct thread_data *td);

/* Should the job stop: told to, out of runtime, or failed? */
bool must_stop(struct thread_data *td);

/* What a job that does no I/O has to do for fio from time to time. */
void wait_serve(struct thread_data *td);

/* Sleeps that end on time take a timer without slack; once per thread. */
void wait_init(void);

#endif
