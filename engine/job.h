/*
 * One fio job of this engine. td->io_ops points at the ops in this structure,
 * which are the backend's with a few hooks replaced: so fio's core calls the
 * backend directly, and job_of() finds the job again.
 */
#ifndef MOONCAKE_JOB_H
#define MOONCAKE_JOB_H

#include "fio.h"

#include "engine/layout/handles.h"
#include "engine/pick/picker.h"
#include "engine/run/feed.h"
#include "engine/setup/group.h"
#include "engine/setup/options.h"
#include "engine/target/target.h"

struct layout;
struct replay;
struct worker;

struct job {
	struct ioengine_ops ops;     /* td->io_ops */
	struct ioengine_ops backend; /* the backend's own hooks */
	struct mooncake_options *options;
	struct group *group;
	struct replay *replay; /* a worker's */
	struct worker *worker; /* its seat in there */
	const struct layout *layout;
	struct target target;
	struct object_files files;
	struct feed feed;
	struct picker picker;
	char *iolog_name;  /* fio replays a log of that name: feed.h */
	unsigned int seat; /* an observer's, in each replay */
	int ring_fd;	   /* the backend's io_uring, or -1 */
	bool polls; /* the backend finds completions only when asked (hipri) */
	bool unreaped; /* what it did in commit was not reaped yet */
	bool check_blocks;
	bool stats; /* stats= as given: a warm-up switches it off */
	bool ended; /* it came to an end that is no failure */
};

/* Works from backend_adopt() or observer_setup() on. What set-up calls before
 * them is given the job. */
static inline struct job *job_of(struct thread_data *td)
{
	return container_of(td->io_ops, struct job, ops);
}

/* Must the engine print nothing? A line of ours would make fio's JSON invalid,
 * and a server's output goes to its client. */
static inline bool job_quiet(void)
{
	return !(output_format & FIO_OUTPUT_NORMAL) || is_backend;
}

#endif
