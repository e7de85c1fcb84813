/*
 * The feed is what is queued for fio's core. fio takes direction, offset,
 * length and file of its next I/O from td->io_log_list when it replays a log;
 * an entry of that list also makes it call the unlink_file hook, and that is
 * where the feed asks the picker what comes next, waits, and fills the list up
 * again.
 */
#ifndef MOONCAKE_FEED_H
#define MOONCAKE_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/inflight/io_table.h"
#include "engine/inflight/running.h"
#include "engine/wait.h"

struct thread_data;
struct request;

/* I/Os put on the core's list at a time: with the entry that asks for more, as
 * many allocations of one size as malloc keeps for a thread. */
#define FEED_BATCH 6

struct feed {
	uint64_t stamp_stride; /* 0: blocks are not checked */
	bool clocked;	       /* somebody looks at times */
	bool begins;	       /* or what is written is stamped */

	struct running running; /* steps and objects in flight */
	struct io_table bound;	/* what the core's io_us stand for */
	struct issued_io issued[FEED_BATCH];
	unsigned int issued_head; /* next to be bound */
	unsigned int issued_count;
	unsigned int batch; /* of these at the most */

	unsigned int writes_inflight; /* I/Os */

	unsigned int order_rounds; /* waits for order in a row */
	uint64_t order_wait_ns;
	uint64_t order_waits;
};

/* The time, where somebody will look at it: asking costs as much as the rest
 * of an I/O in here. */
static inline uint64_t feed_now(const struct feed *f)
{
	return f->clocked ? time_now() : 0;
}

/* Before the first I/O, in the job itself; 0, or 1 with td's error set. */
int feed_start(struct thread_data *td);

/*
 * The core asks for more: puts I/O on its list, waiting for it if need be.
 * Adds nothing when the replay is over or the job must stop; then all its I/O
 * has completed.
 */
void feed_more(struct thread_data *td);

/* The request is abandoned: what was issued of it is nobody's any more. */
void feed_forget(struct thread_data *td, const struct request *req);

/* A request of which something was issued and has not completed, or NULL. */
struct request *feed_unfinished(const struct feed *f);

/* Ends the feed of a job, and abandons the requests that it has not
 * finished. */
void feed_stop(struct thread_data *td);

#endif
