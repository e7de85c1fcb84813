/*
 * The backend is the fio engine that does the I/O. The job takes over its ops,
 * so that fio's core calls it directly. td->io_ops_data and td->eo are the
 * backend's own.
 */
#ifndef MOONCAKE_BACKEND_H
#define MOONCAKE_BACKEND_H

#include "trace/load/trace.h"

struct thread_data;
struct ioengine_ops;
struct job;

/*
 * Loads the backend that the job's options name, makes it the engine of @td,
 * and sets it up, with the sizes of its files found. Called once, in the
 * parent's setup(). Returns 0, or -1 with @err filled.
 */
int backend_adopt(struct thread_data *td, struct job *job, struct error *err);

/* Is there such an engine, and can it be a backend? Returns 0, or -1 with @err
 * filled. */
int backend_find(struct thread_data *td, const char *backend,
		 struct error *err);

/* Runs the backend's post_init hook, and finds the io_uring that it makes.
 * Returns what the hook returns. */
int backend_post_init(struct thread_data *td);

/* Is the option of that name, a flag, switched on among the options @eo of the
 * backend @ops? */
bool backend_option_is_on(const struct ioengine_ops *ops, const void *eo,
			  const char *name);

#endif
