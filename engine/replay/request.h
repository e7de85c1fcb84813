/*
 * One request in flight, and a list of requests. The record belongs to the job
 * that took the request until it publishes `loaded` and `finished`; observers
 * read it then.
 */
#ifndef MOONCAKE_REPLAY_REQUEST_H
#define MOONCAKE_REPLAY_REQUEST_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "trace/plan/plan.h"

#define CACHE_LINE 64

/*
 * Times are nanoseconds of fio_gettime(), 0 is unset. The second cache line is
 * what goes with every I/O.
 */
struct request {
	alignas(CACHE_LINE) _Atomic uint64_t
		loaded;		    /* number + 1 once all its reads are done */
	_Atomic uint64_t finished;  /* number + 1 once everything is done */
	_Atomic uint64_t abandoned; /* number + 1 once it never will be */
	uint64_t number;	    /* pass * requests of the trace + index */
	uint64_t arrival_ns;
	uint64_t load_end_ns;
	uint64_t store_end_ns;
	const struct plan_request *plan;
	uint64_t load_begin_ns;
	uint64_t store_begin_ns;
	struct plan_step *steps; /* reads, then writes */
	uint32_t reads_issued;	 /* steps that were issued */
	uint32_t writes_issued;
	uint32_t reads_left;	  /* steps not completed */
	uint32_t writes_left;	  /* steps, and their syncs, not completed */
	struct request *previous; /* in the job's list, while it has writes */
	struct request *next;	  /* to issue */
	bool begun;		  /* counts as in work */
	bool wanted;		  /* a read needs one of its writes */
	uint32_t nr_steps;
};

/* Requests of one job, in the order of the plan. */
struct request_list {
	struct request *first;
	struct request *last;
};

static inline void request_list_append(struct request_list *l,
				       struct request *req)
{
	req->previous = l->last;
	req->next = NULL;
	if (l->last)
		l->last->next = req;
	else
		l->first = req;
	l->last = req;
}

static inline void request_list_remove(struct request_list *l,
				       struct request *req)
{
	if (req->previous)
		req->previous->next = req->next;
	else
		l->first = req->next;
	if (req->next)
		req->next->previous = req->previous;
	else
		l->last = req->previous;
}

/* Returns how many steps the store of the request has: its writes, and the
 * openings and evictions among them. */
static inline uint32_t request_store_steps(const struct request *req)
{
	return req->plan->nr_writes + req->plan->nr_files;
}

/* Returns the next step of the store, in the order of issue. */
static inline struct plan_step *request_next_write(const struct request *req)
{
	return req->steps + req->plan->nr_reads + req->writes_issued;
}

#endif
