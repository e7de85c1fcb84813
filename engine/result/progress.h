/*
 * fio estimates the time that is left by the bytes that a job will move, so the
 * engine says how many. With timestamps it is time that counts: there it says
 * as many as make the share of bytes that is done the share of time that has
 * passed.
 */
#ifndef MOONCAKE_PROGRESS_H
#define MOONCAKE_PROGRESS_H

#include <stdint.h>

struct thread_data;

/* Says that the job will do that many steps. */
void progress_by_steps(struct thread_data *td, uint64_t steps);

/* Says how far a job with timestamps is at @now_ns. */
void progress_by_time(struct thread_data *td, uint64_t now_ns);

#endif
