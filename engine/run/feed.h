/*
 * The feed gives fio's core one I/O after the other. fio takes direction,
 * offset, length and file of its next I/O from td->io_log_list when it replays
 * a log; an entry of that list also makes it call the unlink_file hook, and
 * that is where the feed takes requests, waits, and fills the list up again.
 *
 * Reads of the request in front come first. Its writes follow in the same
 * queue (store=inline), or wait behind all reads (store=async). A step is
 * given only when the order of its slot allows; a read that waits for a write
 * of this job has that write sent first.
 */
#ifndef MOONCAKE_FEED_H
#define MOONCAKE_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "flist.h"

#include "engine/run/wait.h"
#include "trace/plan/plan.h"

struct thread_data;
struct io_u;
struct replay;
struct worker;
struct request;

/* I/Os put on the core's list at a time: with the entry that asks for more, as
 * many allocations of one size as malloc keeps for a thread. */
#define FEED_BATCH 6

/* A step whose I/Os are being given or are in flight. */
struct feed_step {
	struct request *req; /* NULL: not in use */
	struct plan_step *step;
	uint64_t left; /* I/Os not completed, given or not */
	struct feed_step *next_free;
};

/* An I/O given to the core, later what its io_u stands for. */
struct feed_io {
	struct feed_step *step; /* NULL: none of ours, or a sync */
	struct request *sync;	/* a sync after this request's write */
	uint64_t offset;	/* in the slot */
};

/* A step of which I/Os are still to be given. */
struct feed_open {
	struct feed_step *step; /* NULL: none */
	uint64_t offset;	/* of the next I/O in the slot */
};

struct feed {
	struct replay *replay;
	struct worker *worker;	   /* its row in there */
	uint64_t step_ios[2];	   /* I/Os of a read and of a write step */
	uint64_t stamp_stride;	   /* 0: blocks are not checked */
	unsigned int max_inflight; /* requests, 0: no limit */
	bool timed;
	bool async;
	bool clocked; /* somebody looks at times */

	struct feed_step *steps;
	unsigned int nr_steps;
	struct feed_step *free_steps;
	struct feed_io *bound;		      /* of each io_u, by its index */
	struct feed_io given[2 * FEED_BATCH]; /* each may have its sync */
	unsigned int given_head;	      /* next to be bound */
	unsigned int given_count;

	struct feed_open open_load;
	struct feed_open open_store;
	struct request *front;		/* its reads are being given */
	bool sought;			/* the write that its next read needs */
	struct request *sought_request; /* whose it is, NULL: another job's */
	struct plan_step *sought_write;
	struct flist_head stores;     /* requests with writes to give */
	unsigned int loading;	      /* requests that max_inflight counts */
	unsigned int writes_inflight; /* I/Os */
	bool warming;
	bool over;    /* nothing more to take */
	bool limited; /* number_ios or io_size reached */

	uint64_t ios_given; /* reads and writes */
	uint64_t bytes_given;
	uint64_t writes_given;

	uint64_t wake_ns;     /* when to look again */
	uint64_t look_ns;     /* when to look for dead workers */
	unsigned int batches; /* so far */
	bool poll;	      /* another job must do something first */
	bool blocked;	      /* by the order of a slot */
	bool load_blocked;    /* a read is: writes must hurry */
	unsigned int blocked_rounds;
	uint64_t order_wait_ns;
	uint64_t order_waits;
};

/* The time, where somebody will look at it: asking costs as much as the rest
 * of an I/O in here. */
static inline uint64_t feed_now(const struct feed *f)
{
	return f->clocked ? time_now() : 0;
}

/* Nothing to give: look again at that time, if not before. */
static inline void feed_wake_at(struct feed *f, uint64_t ns)
{
	if (ns < f->wake_ns)
		f->wake_ns = ns;
}

/* Before the first I/O, in the job itself; 0, or 1 with td's error set. */
int feed_start(struct thread_data *td);

/*
 * The core asks for more: puts I/O on its list, waiting for it if need be.
 * Adds nothing when the replay is over or the job must stop; then all its I/O
 * has completed.
 */
void feed_more(struct thread_data *td);

/* Around the backend's hooks: before prep, before queue, after completion. */
void feed_bind(struct thread_data *td, struct io_u *io_u);
void feed_issue(struct thread_data *td, struct io_u *io_u);
void feed_complete(struct thread_data *td, struct io_u *io_u);

/*
 * The job is done, but not all of its replay group: until then it watches
 * whether the others are alive, since fio would not tell.
 */
void feed_watch(struct thread_data *td);

/* The job ends: nobody must wait for what it took and will not do. */
void feed_stop(struct thread_data *td);

#endif
