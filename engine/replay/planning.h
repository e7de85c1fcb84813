/*
 * Planning while the replay runs: what is kept of the plan is what runs, and
 * a little ahead. A first pass that fits into that is planned before the jobs
 * start; all else a few requests at a time, by one worker at a time.
 */
#ifndef MOONCAKE_PLANNING_H
#define MOONCAKE_PLANNING_H

#include "engine/replay/replay.h"

/* Makes room, and plans the first pass: all of it, with its statistics, or its
 * beginning. 0, or -1 with @err filled when there is no memory. */
int planning_start(struct replay *r, struct error *err);

/* When nobody plans any more: counts what no job has had planned of the first
 * pass, so that its statistics are whole. False if one was killed while it
 * planned: they will never be. */
bool planning_count_rest(struct replay *r);

/*
 * Plans a few requests beyond the next ones, for @worker has taken one. The
 * first worker does that, as long as it takes requests: then what it plans
 * with is in the cache of its core. With opt the first request of a pass takes
 * as long as a look at all that is cached.
 */
void planning_look_ahead(struct replay *r, const struct worker *worker);

/* Fills the record from the plan, which is made if need be; false while it
 * can't be: call again. */
bool planning_bind(struct replay *r, struct request *req);

/*
 * @worker won't finish the request: neither will the steps complete that it
 * hasn't issued. Where the request can't be planned, so that nobody knows its
 * steps, the replay ends before it.
 */
void planning_abandon(struct replay *r, struct worker *worker,
		      struct request *req);

#endif
