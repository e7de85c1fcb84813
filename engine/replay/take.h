/*
 * Taking requests. Each goes to the job that comes first, in the order of the
 * plan, not before its record is free again, and with timestamps where it has
 * arrived.
 */
#ifndef MOONCAKE_TAKE_H
#define MOONCAKE_TAKE_H

#include "engine/replay/replay.h"

/* What a job asks for when it takes a request, and what it gets to know. */
struct take {
	bool timed;
	bool only_due;	 /* only one that has arrived */
	uint64_t now_ns; /* the time, where anybody looks at it */
	/* Where none was taken: */
	bool over;	 /* no request will ever be taken again */
	uint64_t due_ns; /* when to try again; UINT64_MAX: not known */
};

/* Takes the next request. Returns its record, or NULL when there is none to
 * take now. */
struct request *take_request(struct replay *r, struct take *take);

/* May request @number be taken? Its record must be free, and the warm-up over
 * if it is not part of that. */
bool take_may(struct replay *r, uint64_t number);

/* Returns the record of request @number, cleared, for the job that has taken
 * it. */
struct request *take_record(struct replay *r, uint64_t number);

/*
 * Returns when request @number is to arrive, or 0 before the first one is due.
 */
uint64_t take_arrival(const struct replay *r, uint64_t number);

/* Have all warm-up requests ended? Before that no other is taken. */
bool take_warm(struct replay *r);

#endif
