/*
 * fio's estimate of the time left goes by the bytes that a job is to do; it is
 * told them, or with timestamps, where it is time that counts, as many as make
 * the share of bytes that of the time.
 */
#ifndef MOONCAKE_PROGRESS_H
#define MOONCAKE_PROGRESS_H

#include <stdint.h>

struct thread_data;

/* The job, or all that it observes, will do that many steps. */
void progress_by_steps(struct thread_data *td, uint64_t steps);

/* It is @now_ns, and the job has timestamps. */
void progress_by_time(struct thread_data *td, uint64_t now_ns);

#endif
