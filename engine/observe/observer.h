/*
 * An observer does no I/O: it reports every request of its replay group as
 * one I/O of its own, so that fio's statistics, logs and JSON hold request
 * latencies like those of any other job.
 */
#ifndef MOONCAKE_OBSERVER_H
#define MOONCAKE_OBSERVER_H

#include "trace/load/trace.h"

struct thread_data;
struct job;

/* Makes @td an observer, in setup(). Returns 0, or -1 with @err filled. */
int observer_setup(struct thread_data *td, struct job *job, struct error *err);

#endif
