/*
 * Taking requests: each goes to the job that comes first, in the order of the
 * plan, with timestamps when it has arrived, and not before its record is
 * free again.
 */
#ifndef MOONCAKE_TAKE_H
#define MOONCAKE_TAKE_H

#include "engine/replay/replay.h"

/* How a job takes requests. */
struct take {
	bool timed;
	bool only_due;	 /* only one that has arrived */
	uint64_t now_ns; /* the time, where anybody looks at it */
	/* Where none was taken: */
	bool over;	 /* there never will be one again for this replay */
	uint64_t due_ns; /* when to try again; UINT64_MAX: not known */
};

/* Takes the next request: its record, or NULL when there is none now. */
struct request *take_request(struct replay *r, struct take *take);

/* Do its record and the warm-up allow that the request is taken? */
bool take_may(struct replay *r, uint64_t number);

/* The record of the request, for the job that has taken it. */
struct request *take_record(struct replay *r, uint64_t number);

/* Scheduled arrival of request @number, or 0 before the first one is due. */
uint64_t take_arrival(const struct replay *r, uint64_t number);

/* Have all warm-up requests ended? No other is taken before. */
bool take_warm(struct replay *r);

#endif
