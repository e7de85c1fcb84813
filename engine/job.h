/*
 * One fio job of this engine. td->io_ops points at the ops inside it, which
 * are the backend's with a few hooks replaced: fio's core calls the backend
 * directly, and job_of() finds the job again.
 */
#ifndef MOONCAKE_JOB_H
#define MOONCAKE_JOB_H

#include "fio.h"

#include "engine/layout/handles.h"
#include "engine/run/feed.h"
#include "engine/pick/picker.h"
#include "engine/setup/group.h"
#include "engine/setup/options.h"
#include "engine/target/target.h"

struct layout;
struct replay;
struct worker;

struct job {
	struct ioengine_ops ops;     /* td->io_ops */
	struct ioengine_ops backend; /* its own hooks */
	struct mooncake_options *options;
	struct group *group;
	struct replay *replay; /* a worker's */
	struct worker *worker; /* its row in there */
	const struct layout *layout;
	struct target target;
	struct object_files files;
	struct feed feed;
	struct picker picker;
	char *iolog_name; /* makes fio replay a log: see feed.h */
	unsigned int row; /* an observer's, in each replay */
	int ring_fd;	  /* the backend's io_uring, or -1 */
	bool polls;    /* the backend must be asked for completions (hipri) */
	bool unreaped; /* it takes no I/O before it is asked for completions */
	bool check_blocks;
	bool stats; /* stats= as it was given: a warm-up switches it off */
	bool ended; /* it has come to an end that is no failure */
};

static inline struct job *job_of(struct thread_data *td)
{
	return container_of(td->io_ops, struct job, ops);
}

/* Must the engine print nothing? JSON would be none with a line of ours in it,
 * and a server's output goes to its client. */
static inline bool job_quiet(void)
{
	return !(output_format & FIO_OUTPUT_NORMAL) || is_backend;
}

#endif
