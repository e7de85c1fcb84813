/*
 * The choice of what comes next. Requests are taken and begun; reads of the one
 * in front come first. Its writes follow in the same queue (store=inline), or
 * wait behind all reads (store=async). No step is chosen before the order of
 * its slot allows it. Where a read waits for a write of the same job, that
 * write is chosen first.
 */
#ifndef MOONCAKE_PICKER_H
#define MOONCAKE_PICKER_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/pick/front.h"
#include "engine/pick/issue.h"
#include "engine/pick/stage.h"
#include "engine/replay/request.h"

struct thread_data;

/* What a job does next. */
enum next {
	NEXT_STEP,	 /* issue I/Os of a step */
	NEXT_AGAIN,	 /* nothing yet, but requests went by: ask again */
	NEXT_WAIT_IO,	 /* wait until some I/O of its own completes */
	NEXT_WAIT_TIME,	 /* until a request arrives or may be stored */
	NEXT_WAIT_ORDER, /* until the order of a slot allows a step */
	NEXT_WAIT_PEER,	 /* until another job has planned or finished */
	NEXT_END,	 /* nothing more will come */
};

struct picker {
	struct front front;
	struct stages stages;
	struct issue_counts counts;
	bool async;
	/* A job that takes all requests, in the order of the plan, has all
	 * steps before it, up to here. NULL: those of its requests alone. */
	const struct plan_step *fetch_end;

	struct cursor more; /* of an object that has begun */
	struct cursor read;
	struct cursor write;
	struct request_list stores; /* requests with writes to issue */
	/* The write that a read needs first: */
	const struct plan_step *sought_for; /* NULL: it was not looked for */
	struct request *sought_request; /* whose it is, NULL: another job's */
	struct plan_step *sought_write;
	bool cut_short; /* a job stopped before a write that this one needs */
	bool waiting;	/* the other jobs know that this one waits */

	/* Of the latest choice, where it was to wait: */
	uint64_t wake_ns;  /* when to look again, WAIT_NEVER: not by time */
	bool blocked;	   /* by the order of a slot */
	bool read_blocked; /* a read is: writes must hurry */
	bool needs_peer;
	bool again;
};

/* Returns 0, or -1 when there is no memory. */
int picker_start(struct thread_data *td);

/* Has the job look again at that time, if not before. */
static inline void picker_wake_at(struct picker *p, uint64_t ns)
{
	if (ns < p->wake_ns)
		p->wake_ns = ns;
}

/*
 * Returns what to do now. With NEXT_STEP, *@cursor is where its I/Os come from.
 */
enum next picker_next(struct thread_data *td, uint64_t now_ns,
		      struct cursor **cursor);

/* Does the cursor point to a background write? Then a read may come up before
 * its next I/O. */
static inline bool picker_in_background(const struct picker *p,
					const struct cursor *cursor)
{
	return p->async && cursor == &p->write;
}

/* Tells the other jobs whether this one waits for what one of them writes. */
void picker_set_waiting(struct thread_data *td, bool waiting);

#endif
