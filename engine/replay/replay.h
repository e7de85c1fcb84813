/*
 * What the jobs of a replay change while they run. All of it lies in shared
 * mappings made before fio forks (jobs may be processes or threads), and each
 * piece has one writer at a time:
 *
 *   next             taken by compare-and-swap: who gets it owns the request
 *   slots            the owner of a write, alone on its slot, says that it is
 *                    filled; owners of reads add 1
 *   requests         a record belongs to the job that took the request until
 *                    it publishes loaded and finished; then to the observers
 *   planner, plans   whoever sets planning plans; others go on meanwhile
 *   workers          each job its own row: workers first, then observers
 *
 * Nobody waits for a lock, and waits look only backwards in the plan. What
 * one job writes for each request has cache lines of its own: a line that two
 * cores write to goes back and forth between them, as slow as an I/O.
 */
#ifndef MOONCAKE_REPLAY_H
#define MOONCAKE_REPLAY_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "flist.h"

#include "trace/plan/plan.h"
#include "trace/load/trace.h"

struct thread_data;

#define CACHE_LINE 64

/*
 * One request in flight: times in nanoseconds of fio_gettime(), 0 is unset. Its
 * second cache line is what goes with every I/O.
 */
struct request {
	alignas(CACHE_LINE) _Atomic uint64_t
		loaded;		    /* number + 1 once its reads are done */
	_Atomic uint64_t finished;  /* number + 1 once everything is done */
	_Atomic uint64_t abandoned; /* number + 1 once it never will be */
	uint64_t number;	    /* pass * requests of the trace + index */
	uint64_t arrival_ns;
	uint64_t last_load_ns;
	uint64_t last_store_ns;
	const struct plan_request *plan;
	uint64_t first_load_ns;
	uint64_t first_store_ns;
	struct plan_step *steps;  /* reads, then writes */
	uint32_t loads_fed;	  /* reads handed to fio */
	uint32_t stores_fed;	  /* writes handed to fio */
	uint32_t loads_left;	  /* reads not completed */
	uint32_t stores_left;	  /* writes, and their syncs, likewise */
	struct flist_head stores; /* in its owner's list, while writes
					 * are to be given */
	bool begun;		  /* counts as in work */
	bool wanted;		  /* a read needs one of its writes */
};

enum worker_state { WORKER_NONE, WORKER_RUNNING, WORKER_DONE, WORKER_FAILED };

struct worker {
	alignas(CACHE_LINE) _Atomic uint32_t state; /* enum worker_state */
	_Atomic uint32_t thread; /* number of its thread_data, 0 is none */
	_Atomic uint64_t seen;	 /* an observer's: requests looked at */
	/* A worker's: its requests begun, finished, and taken in vain. */
	_Atomic uint64_t nr_started;
	_Atomic uint64_t nr_finished;
	_Atomic uint64_t nr_abandoned;
};

/* How far the operations on a slot are, numbered as in plan.h. */
struct slot_state {
	_Atomic uint32_t filled; /* the write of the content, and those
					 * before it, are done; 0: none */
	_Atomic uint32_t reads;	 /* of the content that are done */
};

struct replay {
	/* Fixed once set up. */
	const struct trace *trace;
	const int64_t *arrivals; /* scaled, ns from the first request */
	int64_t pass_ns;	 /* what a pass adds to the arrivals */
	uint64_t passes;	 /* UINT64_MAX: until runtime ends */
	uint32_t nr_requests;	 /* of one pass */
	uint32_t warmup;
	uint32_t observers;
	uint32_t nr_workers;
	bool reuses_slots;     /* so writes wait for reads */
	uint64_t request_mask; /* size of requests - 1 */
	uint64_t stamp_run;    /* tells this run's stamps from others */
	struct planner *planner;
	struct plan plans[2]; /* of even and odd passes */
	size_t bytes;	      /* of this mapping */

	struct slot_state *slots;
	_Atomic uint64_t *slots_abandoned; /* a bit for each slot */
	struct request *requests;
	struct worker *workers;

	_Atomic uint64_t end;  /* number of the first that isn't there */
	_Atomic uint32_t warm; /* all warm-up requests have finished */
	/* One for all replays of a group, in the first of them. */
	_Atomic uint32_t *failed;
	_Atomic uint64_t *epoch_ns; /* when the first paced request arrives */
	_Atomic uint32_t own_failed;
	_Atomic uint64_t own_epoch_ns;
	_Atomic uint32_t told; /* somebody has said what is unfinished */

	alignas(CACHE_LINE) _Atomic uint64_t
		next; /* number of the next request to take */

	alignas(CACHE_LINE) _Atomic uint64_t
		planned;	   /* requests planned, of all passes */
	_Atomic uint32_t planning; /* by one worker at a time */

	alignas(CACHE_LINE) _Atomic uint32_t
		waiting; /* jobs that wait for another's write */
};

/*
 * Makes a replay over @trace with its first pass planned and its statistics
 * in @stats. @workers is how many jobs will do its I/O, @observers how many
 * observe. NULL and @err when there is no memory.
 */
struct replay *replay_create(const struct trace *trace,
			     const struct plan_options *po, uint64_t passes,
			     uint32_t workers, uint32_t observers,
			     struct plan_stats *stats, struct error *err);

void replay_destroy(struct replay *r);

/*
 * Takes the next request: its record, or NULL when there is none now. @only_due
 * takes it only if it has arrived by @now_ns. Sets *@over when there will never
 * be one again for this replay.
 */
struct request *replay_take(struct replay *r, uint64_t now_ns, bool timed,
			    bool only_due, bool *over);

/*
 * Plans a few requests beyond the next ones, for @worker has taken one. The
 * first worker does that, as long as it takes requests: then what it plans
 * with is in the cache of its core. With opt the first request of a pass takes
 * as long as all that is cached.
 */
void replay_plan_ahead(struct replay *r, const struct worker *worker);

/* Is that a request beyond the last one? */
static inline bool replay_over(const struct replay *r, uint64_t number)
{
	return number >= atomic_load_explicit(&r->end, memory_order_relaxed);
}

/* Fills the record from the plan, which is made if need be; false while it
 * can't be: call again. */
bool replay_bind(struct replay *r, struct request *req);

/* When the next request arrives, or 0 when that isn't timed or known. */
uint64_t replay_next_arrival(struct replay *r);

/* Scheduled arrival of request @number, or 0 before the epoch is set. */
uint64_t replay_arrival(const struct replay *r, uint64_t number);

static inline bool replay_warming(const struct replay *r, uint64_t number)
{
	return number < r->warmup;
}

/* Have all warm-up requests finished? */
bool replay_warm(struct replay *r);

/* Does anybody wait for this step? For a read only a write that reuses its
 * slot would. */
static inline bool replay_awaited(const struct replay *r,
				  const struct plan_step *step)
{
	return step->write || r->reuses_slots;
}

/* May this step be issued, by the order of its slot? */
static inline bool replay_ready(const struct replay *r,
				const struct plan_step *step)
{
	const struct slot_state *slot = &r->slots[step->slot];
	uint32_t done =
		atomic_load_explicit(&slot->filled, memory_order_acquire);

#ifdef MOONCAKE_BROKEN_ORDER
	/* For the tests only: they must notice. */
	return true;
#endif
	if (step->write)
		done += atomic_load_explicit(&slot->reads,
					     memory_order_acquire);
	return done == step->need;
}

/* Will what this step waits for never come, because its owner stopped? */
static inline bool replay_abandoned(const struct replay *r,
				    const struct plan_step *step)
{
	return atomic_load(&r->slots_abandoned[step->slot / 64]) >>
		       step->slot % 64 &
	       1;
}

/* The step has completed. */
static inline void replay_step_done(struct replay *r,
				    const struct plan_step *step)
{
	struct slot_state *slot = &r->slots[step->slot];

	if (step->write) {
		atomic_store_explicit(&slot->reads, 0, memory_order_relaxed);
		atomic_store_explicit(&slot->filled, step->need + 1,
				      memory_order_release);
	} else if (replay_awaited(r, step)) {
		atomic_fetch_add_explicit(&slot->reads, 1,
					  memory_order_release);
	}
}

/* One of a worker's own counters. */
static inline void replay_count(_Atomic uint64_t *counter)
{
	uint64_t count = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, count + 1, memory_order_release);
}

/* @worker, who took the request, is done with it for good. */
void replay_request_done(struct worker *worker, struct request *req);

/* Requests that were begun but not finished; asked when no worker runs. */
uint64_t replay_unfinished(const struct replay *r);

/* The step will not complete: who waits for it must stop. */
static inline void replay_abandon_step(struct replay *r,
				       const struct plan_step *step)
{
	if (replay_awaited(r, step))
		atomic_fetch_or(&r->slots_abandoned[step->slot / 64],
				1ULL << step->slot % 64);
}

/*
 * @worker won't finish the request, and is done with it: nor will the steps
 * complete that it hasn't begun. Where the request can't be planned, so that
 * nobody knows them, the replay ends before it.
 */
void replay_abandon(struct replay *r, struct worker *worker,
		    struct request *req);

/* Has request @number, whose record this is, been abandoned? */
static inline bool replay_given_up(const struct request *req, uint64_t number)
{
	return atomic_load_explicit(&req->abandoned, memory_order_acquire) ==
	       number + 1;
}

/* Some worker has failed or was killed: everybody ends with an error. */
static inline bool replay_failed(struct replay *r)
{
	return atomic_load_explicit(r->failed, memory_order_relaxed);
}

void replay_fail(struct replay *r);

/*
 * Looks for a worker or observer that died without a word: marks the replay
 * failed and says whose death it was. Cheap, but not for every I/O.
 */
bool replay_report_dead(struct replay *r);

/* Workers that have not ended. */
uint32_t replay_running(struct replay *r);

#endif
