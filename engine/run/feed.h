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

/*
 * How many I/Os are put on the core's list at a time. With the entry that asks
 * for more they are as many allocations of one size as malloc keeps for a
 * thread.
 */
#define FEED_BATCH 6

/* How many objects, and steps, a job has at a time: one for each I/O in flight
 * or issued, and one for each cursor. */
#define FEED_OBJECTS(iodepth) ((iodepth) + FEED_BATCH + 3)

struct feed {
	uint64_t stamp_stride; /* 0: blocks are not checked */
	bool clocked;	       /* somebody looks at times: see feed_now() */
	bool begins;	       /* I/Os need something before they are queued */

	struct running running; /* steps and objects in flight */
	struct io_table bound;	/* what the core's io_us stand for */
	struct issued_io issued[FEED_BATCH];
	unsigned int issued_head; /* next to be bound */
	unsigned int issued_count;
	unsigned int batch; /* how many are issued at a time */

	unsigned int writes_inflight; /* I/Os */

	unsigned int order_rounds; /* waits for order with no I/O between */
	uint64_t order_wait_ns;
	uint64_t order_waits;
};

/* Returns the time where somebody will look at it, and else 0: asking for it
 * costs as much as everything else that the engine does for an I/O. */
static inline uint64_t feed_now(const struct feed *f)
{
	return f->clocked ? time_now() : 0;
}

/* Starts the feed. Called in the job, before its first I/O. Returns 0, or 1
 * with td's error set. */
int feed_start(struct thread_data *td);

/*
 * Puts I/O on the core's list, which asks for more, and waits for it if need
 * be. Adds nothing when the replay is over or the job must stop; all its I/O
 * has completed then.
 */
void feed_more(struct thread_data *td);

/* Forgets what was issued of a request that is abandoned, and abandons its
 * steps. */
void feed_forget(struct thread_data *td, const struct request *req);

/* Returns a request of which something was issued and has not completed, or
 * NULL. */
struct request *feed_unfinished(const struct feed *f);

/* Ends the feed of a job, and abandons the requests that it has not
 * finished. */
void feed_stop(struct thread_data *td);

#endif
