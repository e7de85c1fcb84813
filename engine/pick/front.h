/*
 * The request in front: the one whose reads are issued, from taking it to the
 * moment at which its last read, or with store=inline its last write, is. With
 * sessions others are set aside meanwhile.
 */
#ifndef MOONCAKE_FRONT_H
#define MOONCAKE_FRONT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/replay/request.h"

struct thread_data;

struct front {
	struct request *request; /* NULL: none is in front */
	struct request **aside;	 /* with sessions: blocked ones */
	unsigned int nr_aside;
	unsigned int max_inflight; /* requests, 0: no limit */
	unsigned int loading;	   /* requests that max_inflight counts */
	bool timed;
	bool reads_only; /* requests leave before their writes are issued */
	bool warming;
	bool over; /* no more requests to take */
};

/* Returns 0, or -1 when there is no memory. */
int front_start(struct thread_data *td);
void front_stop(struct front *front);

/* Has the request in front begun? Then its next step may be looked at. */
static inline bool front_has_begun(const struct front *front)
{
	return front->request && front->request->begun;
}

/*
 * Takes a request where none is in front, and begins the one in front when it
 * has its plan and has arrived. One without reads leaves the front at once.
 * Returns false where it can't begin now; the picker then knows what it waits
 * for.
 */
bool front_begin(struct thread_data *td, uint64_t now_ns);

/* Lets the request leave the front when the last of its steps there is issued.
 * Its record may soon be another's. */
static inline void front_leave(struct front *front)
{
	const struct request *req = front->request;

	if (req->reads_issued == req->plan->nr_reads &&
	    (front->reads_only ||
	     req->writes_issued == request_store_steps(req)))
		front->request = NULL;
}

/* Sets the request in front aside, which is blocked, so that another can come.
 * With sessions only. */
void front_set_aside(struct front *front);

#endif
