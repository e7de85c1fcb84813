/*
 * What the jobs of a replay change while they run. All of it lies in shared
 * mappings made before fio forks (jobs may be processes or threads), and each
 * piece has one writer at a time:
 *
 *   next             taken by compare-and-swap: who gets it owns the request
 *   slot_done        each operation's owner adds 1 when it has completed
 *   requests         a record belongs to the job that took the request until
 *                    it publishes loaded and finished; then to the observers
 *   planner, plans   whoever sets planning plans; others go on meanwhile
 *   workers          each job its own row: workers first, then observers
 *
 * Nothing here takes a lock, and waits look only backwards in the plan. What
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

#include "plan.h"
#include "trace.h"

struct thread_data;

#define CACHE_LINE	64

/*
 * One request in flight: times in nanoseconds of fio_gettime(), 0 is unset. Its
 * two cache lines are what others look at, and what goes with every I/O.
 */
struct request {
	alignas(CACHE_LINE)
	_Atomic uint64_t loaded;	/* number + 1 once its reads are done */
	_Atomic uint64_t finished;	/* number + 1 once everything is done */
	_Atomic uint64_t abandoned;	/* number + 1 once it never will be */
	uint64_t number;		/* pass * requests of the trace + index */
	uint64_t arrival_ns;
	uint64_t last_load_ns;
	uint64_t last_store_ns;
	const struct plan_request *plan;
	uint64_t first_load_ns;
	uint64_t first_store_ns;
	struct plan_step *steps;	/* reads, then writes */
	uint32_t loads_fed;		/* reads handed to fio */
	uint32_t stores_fed;		/* writes handed to fio */
	uint32_t loads_left;		/* reads not completed */
	uint32_t stores_left;		/* writes, and their syncs, likewise */
	struct flist_head stores;	/* in its owner's list, while writes
					 * are to be given */
	bool begun;			/* counts as in work */
	bool wanted;			/* a read needs one of its writes */
};

enum worker_state { WORKER_NONE, WORKER_RUNNING, WORKER_DONE, WORKER_FAILED };

struct worker {
	alignas(CACHE_LINE)
	_Atomic uint32_t state;		/* enum worker_state */
	_Atomic uint32_t thread;	/* number of its thread_data, 0 is none */
	_Atomic uint64_t seen;		/* an observer's: requests looked at */
	_Atomic uint64_t started;	/* a worker's: requests begun */
	_Atomic uint64_t finished;	/* and ended */
};

#define REPLAY_SLOT_ABANDONED	(1ULL << 63)

struct replay {
	/* Fixed once set up. */
	const struct trace *trace;
	const int64_t *arrivals;	/* scaled, ns from the first request */
	int64_t pass_ns;		/* what a pass adds to the arrivals */
	uint64_t passes;		/* UINT64_MAX: until runtime ends */
	uint32_t nr_requests;		/* of one pass */
	uint32_t warmup;
	uint32_t observers;
	uint32_t nr_workers;
	uint64_t slots;			/* of slot_done */
	bool reuses_slots;		/* so writes wait for reads */
	uint64_t request_mask;		/* size of requests - 1 */
	uint64_t stamp_run;		/* tells this run's stamps from others */
	struct planner *planner;
	struct plan plans[2];		/* of even and odd passes */
	size_t bytes;			/* of this mapping */

	_Atomic uint64_t *slot_done;
	struct request *requests;
	struct worker *workers;

	_Atomic uint64_t end;		/* number of the first that isn't there */
	_Atomic uint32_t warm;		/* all warm-up requests have finished */
	_Atomic uint32_t waiting;	/* jobs that wait for another's write */
	/* One for all replays of a group, in the first of them. */
	_Atomic uint32_t *failed;
	_Atomic uint64_t *epoch_ns;	/* when the first paced request arrives */
	_Atomic uint32_t own_failed;
	_Atomic uint64_t own_epoch_ns;
	_Atomic uint32_t told;		/* somebody has said what is unfinished */

	alignas(CACHE_LINE)
	_Atomic uint64_t next;		/* number of the next request to take */

	alignas(CACHE_LINE)
	_Atomic uint64_t planned;	/* requests planned, of all passes */
	_Atomic uint32_t planning;	/* by one worker at a time */
};

/*
 * Makes a replay over @trace with its first pass planned and its statistics
 * in @stats. @workers is how many jobs will do its I/O, @observers how many
 * observe. NULL and @err when there is no memory.
 */
struct replay *replay_create(const struct trace *trace,
			     const struct plan_options *po, uint64_t passes,
			     uint32_t workers, uint32_t observers,
			     struct plan_stats *stats, struct trace_error *err);

void replay_destroy(struct replay *r);

/*
 * Takes the next request: its record, or NULL when there is none now. @only_due
 * takes it only if it has arrived by @now_ns. Sets *@over when there will never
 * be one again for this replay.
 */
struct request *replay_take(struct replay *r, uint64_t now_ns, bool timed,
			    bool only_due, bool *over);

/*
 * Plans some requests of the next pass, so that it never takes long. The first
 * worker does that, as long as it takes requests: then what it plans with is
 * in the cache of its core.
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

/* May this step be issued, by the order of its slot? */
static inline bool replay_ready(struct replay *r, const struct plan_step *step)
{
	uint64_t done = atomic_load_explicit(&r->slot_done[step->slot],
					     memory_order_acquire);

#ifdef MOONCAKE_BROKEN_ORDER
	/* For the tests only: they must notice. */
	done = step->need;
#endif
	return (int32_t)((uint32_t)done - step->need) >= 0;
}

/* Will what this step waits for never come, because its owner stopped? */
static inline bool replay_abandoned(struct replay *r,
				    const struct plan_step *step)
{
	return atomic_load_explicit(&r->slot_done[step->slot],
				    memory_order_acquire) &
	       REPLAY_SLOT_ABANDONED;
}

/* The step has completed. A read counts only where a write may wait for it. */
static inline void replay_step_done(struct replay *r,
				    const struct plan_step *step)
{
	if (!step->write && !r->reuses_slots)
		return;
	atomic_fetch_add_explicit(&r->slot_done[step->slot], 1,
				  memory_order_release);
}

/* Of its own counters, a worker's alone. */
static inline void replay_count(_Atomic uint64_t *counter)
{
	uint64_t count = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, count + 1, memory_order_release);
}

/* @worker, who took the request, is done with it for good. */
void replay_request_done(struct worker *worker, struct request *req);

/* Requests that have begun but not ended. */
uint64_t replay_unfinished(const struct replay *r);

/* An operation on the step's slot will not complete. */
static inline void replay_abandon_slot(struct replay *r,
				       const struct plan_step *step)
{
	atomic_fetch_or(&r->slot_done[step->slot], REPLAY_SLOT_ABANDONED);
}

/* A request that the owner won't finish: whoever waits for it must stop. One
 * that has no plan yet gets none: the replay ends before it. */
void replay_abandon(struct replay *r, struct request *req);

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
