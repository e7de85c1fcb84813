/*
 * Planning while the replay runs: what is kept of the plan is what runs, and
 * a little ahead. A first pass that fits into that is planned before the jobs
 * start; all else a few requests at a time, by one worker at a time.
 */
#ifndef MOONCAKE_PLANNING_H
#define MOONCAKE_PLANNING_H

#include "engine/replay/replay.h"

/* Makes room, fills @stats, those of the first pass, and plans its beginning or
 * all of it. 0, or -1 with @err filled when there is no memory. */
int planning_start(struct replay *r, const struct plan_options *po,
		   struct plan_stats *stats, struct error *err);

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
