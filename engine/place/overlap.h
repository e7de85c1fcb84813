/*
 * Finds caches that lie over each other. Two replays at once on the same bytes
 * destroy each other's blocks, and no count tells. So replay groups, and the
 * jobs of share=each, need places of their own, however the names of their
 * files are spelled.
 */
#ifndef MOONCAKE_OVERLAP_H
#define MOONCAKE_OVERLAP_H

#include "trace/base/error.h"

struct thread_data;
struct job;

/*
 * Compares a worker's place with those of all jobs of this engine that would
 * run beside it in another replay. Called before the worker takes over its
 * backend and touches anything. Returns 0, or -1 with @err filled, which names
 * both jobs.
 */
int overlap_refuse(struct thread_data *td, const struct job *job,
		   struct error *err);

#endif
