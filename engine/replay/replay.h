/*
 * What the jobs of a replay change while they run. All of it lies in shared
 * mappings made before fio forks (jobs may be processes or threads), and each
 * piece has one writer at a time:
 *
 *   next             taken by compare-and-swap: who gets it owns the request
 *   slots            see order.h
 *   requests         see request.h
 *   planner, plan    whoever sets `planning` plans; others go on meanwhile
 *   workers          each job its own seat; observers likewise
 *
 * Nobody waits for a lock, and waits look only backwards in the plan. What
 * one job writes for each request has cache lines of its own: a line that two
 * cores write to goes back and forth between them, as slow as an I/O.
 */
#ifndef MOONCAKE_REPLAY_H
#define MOONCAKE_REPLAY_H

#include "engine/replay/request.h"
#include "trace/load/trace.h"

enum member_state { MEMBER_NONE, MEMBER_RUNNING, MEMBER_DONE, MEMBER_FAILED };

/* A job that takes part, as life.h looks at it. */
struct member {
	_Atomic uint32_t state;	    /* enum member_state */
	_Atomic uint32_t thread;    /* number of its thread_data, 0 is none */
	_Atomic uint32_t in_flight; /* I/Os that its backend has */
};

/* Returns how many I/Os the member's backend has. */
static inline uint32_t member_in_flight(const struct member *m)
{
	return atomic_load_explicit(&m->in_flight, memory_order_relaxed);
}

/* Has the member said that it has ended? It does so before it exits. */
static inline bool member_has_ended(const struct member *m)
{
	return atomic_load(&m->state) > MEMBER_RUNNING;
}

/* A job that does I/O. */
struct worker {
	alignas(CACHE_LINE) struct member member;
	/* Its requests that were begun, have finished, were abandoned. */
	_Atomic uint64_t nr_started;
	_Atomic uint64_t nr_finished;
	_Atomic uint64_t nr_abandoned;
};

/* A job that reports requests. */
struct observer {
	alignas(CACHE_LINE) struct member member;
	_Atomic uint64_t seen; /* requests looked at */
	uint32_t kind;	       /* 1 + operation that it reports; 0: requests */
};

struct replay {
	/* Fixed once set up. */
	const struct trace *trace;
	const int64_t *arrivals; /* scaled, ns from the first request */
	int64_t pass_ns;	 /* what a pass adds to the arrivals */
	uint64_t passes;	 /* UINT64_MAX: until runtime ends */
	uint32_t nr_requests;	 /* of one pass */
	uint32_t warmup;
	uint32_t nr_workers;
	uint32_t nr_observers;
	bool reuses_slots; /* so writes wait for reads */
	enum plan_layout layout;
	uint32_t bucket_blocks; /* slots of a bucket; 0 without */
	uint64_t request_mask;	/* size of requests - 1 */
	uint64_t stamp_run;	/* tells this run's stamps from others */
	struct planner *planner;
	struct plan plan;
	struct plan_stats stats; /* of the first pass, with @counted */
	size_t bytes;		 /* of this mapping */

	_Atomic uint32_t *slots;	   /* of each how many operations on it
					    * are done, as in plan.h */
	_Atomic uint32_t *buckets;	   /* likewise */
	_Atomic uint64_t *slots_abandoned; /* a bit for each slot */
	_Atomic uint64_t *slots_bad;	   /* likewise; see order.h */
	struct request *requests;
	struct worker *workers;
	struct observer *observers;
	struct turns *turns; /* NULL: no request follows another */
	struct ring *rings;  /* NULL: nobody observes operations */
	_Atomic uint64_t *ring_seen;

	_Atomic uint64_t end;	  /* one past the last request */
	_Atomic uint32_t warm;	  /* all warm-up requests have finished */
	_Atomic uint32_t counted; /* all of the first pass is planned */
	_Atomic uint32_t any_bad; /* slots_bad had a bit set */
	/* One each for all replays of a group. It lies in the first of them. */
	_Atomic uint32_t *failed;
	_Atomic uint64_t *epoch_ns; /* when the first paced request arrives */
	_Atomic uint32_t own_failed;
	_Atomic uint64_t own_epoch_ns;
	_Atomic uint32_t claim; /* of folders, by who starts first */
	_Atomic uint32_t told;	/* somebody has said what is unfinished */

	alignas(CACHE_LINE) _Atomic uint64_t
		next; /* number of the next request to take */

	alignas(CACHE_LINE) _Atomic uint64_t
		planned;	   /* requests planned, of all passes */
	_Atomic uint32_t planning; /* by one worker at a time, who knows: */
	uint64_t oldest;	   /* all before have ended */

	alignas(CACHE_LINE) _Atomic uint32_t
		waiting; /* jobs that wait for another's write */
};

/* What a replay is made of. The trace and the arrivals must outlive it. */
struct replay_params {
	const struct trace *trace;
	const struct plan_options *plan;
	const int64_t *arrivals; /* NULL: requests are not timed */
	int64_t pass_ns;
	uint64_t passes; /* UINT64_MAX: until told to stop */
	uint32_t scale;	 /* replay_time_scale= */
	uint32_t nr_workers;
	uint32_t nr_observers;
	bool observes_operations;
	uint64_t stamp_run;
	struct replay *first; /* of the group, or NULL: has what all share */
};

/* Makes a replay with its first pass planned, or the beginning of it. Returns
 * NULL with @err filled when there is no memory. */
struct replay *replay_create(const struct replay_params *params,
			     struct error *err);

void replay_destroy(struct replay *r);

/* Join the job whose thread_number is @thread to the replay. Return its seat,
 * or NULL when as many have joined as the replay was made for. */
struct worker *replay_join(struct replay *r, uint32_t thread);
struct observer *replay_join_observer(struct replay *r, uint32_t thread,
				      uint32_t kind);

/* Is @number beyond the last request? */
static inline bool replay_over(const struct replay *r, uint64_t number)
{
	return number >= atomic_load_explicit(&r->end, memory_order_relaxed);
}

/* Is that request one of the warm-up? */
static inline bool replay_warming(const struct replay *r, uint64_t number)
{
	return number < r->warmup;
}

/*
 * Has some member failed, or was it killed? Then everybody ends with an error.
 */
static inline bool replay_failed(struct replay *r)
{
	return atomic_load_explicit(r->failed, memory_order_relaxed);
}

/* Makes all members end with an error. */
void replay_fail(struct replay *r);

/* Adds one to a counter that only its owner writes. */
static inline void replay_count(_Atomic uint64_t *counter)
{
	uint64_t count = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, count + 1, memory_order_release);
}

/* Notes that @worker, which took the request, has finished it. Its record may
 * be another's from then on. */
void replay_finish(struct worker *worker, struct request *req);

/* Has request @number been finished or abandoned? */
bool replay_has_ended(const struct replay *r, uint64_t number);

/* Has request @number, whose record this is, been abandoned? */
static inline bool replay_abandoned(const struct request *req, uint64_t number)
{
	return atomic_load_explicit(&req->abandoned, memory_order_acquire) ==
	       number + 1;
}

/* Returns how many requests have been finished or abandoned. */
uint64_t replay_ended(const struct replay *r);

/* Returns how many requests were begun but not finished. Called when no worker
 * runs. */
uint64_t replay_unfinished(const struct replay *r);

#endif
