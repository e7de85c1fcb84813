/* Time, and waiting without losing completions. */
#ifndef MOONCAKE_WAIT_H
#define MOONCAKE_WAIT_H

#include <stdbool.h>
#include <stdint.h>

struct thread_data;

#define WAIT_NEVER UINT64_MAX

/* Returns fio_gettime() in nanoseconds: one clock for all jobs of a run. */
uint64_t time_now(void);

/*
 * Waits until @deadline_ns, or until I/O has completed, which fio then accounts
 * for, or until something else may have changed, such as another job or a stop.
 * Callers look again after every return. It returns within milliseconds; where
 * @deadline_ns is WAIT_NEVER and I/O is in flight, with the first completion.
 * Returns 0, or -1 when fio has set an error.
 */
int wait_until(struct thread_data *td, uint64_t deadline_ns);

/* Takes completions, and waits for @min of them. Returns how many there were,
 * or less than 0 when fio has set an error. */
int wait_reap(struct thread_data *td, int min);

/* Waits until all I/O of the job has completed. Returns as wait_until(). */
int wait_drain(struct thread_data *td);

/* Waits a little for a completion in the backend's io_uring, and leaves it
 * there. Returns as wait_until(). */
int wait_at_ring(struct thread_data *td);

/* Must the job stop, because it was told to, because its runtime is over, or
 * because it failed? */
bool must_stop(struct thread_data *td);

/* Does for fio what a job that issues no I/O must do from time to time: updates
 * its resource usage when asked. */
void wait_serve(struct thread_data *td);

/* Takes the slack from this thread's timers, so that sleeps end on time. */
void wait_init(void);

#endif
