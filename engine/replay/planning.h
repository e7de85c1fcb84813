/*
 * Planning while the replay runs. Only the part of the plan that runs, and a
 * little ahead of it, is kept. A first pass that fits into that is planned
 * before the jobs start; everything else is planned a few requests at a time,
 * by one worker at a time.
 */
#ifndef MOONCAKE_PLANNING_H
#define MOONCAKE_PLANNING_H

#include "engine/replay/replay.h"

/*
 * Makes room for the plan, and plans the first pass: all of it, with its
 * statistics, or its beginning. Returns 0, or -1 with @err filled when there is
 * no memory.
 */
int planning_start(struct replay *r, struct error *err);

/*
 * Counts what is still unplanned of the first pass, so that its statistics are
 * whole. Called when no job plans any more. Returns false where a job was
 * killed while it planned: then they never will be.
 */
bool planning_count_rest(struct replay *r);

/*
 * Plans a few requests ahead, when @worker has taken one. Only the first worker
 * does so, as long as it takes requests: then what it plans with stays in the
 * cache of its core.
 */
void planning_look_ahead(struct replay *r, const struct worker *worker);

/* Fills the request's record from the plan, and plans it first if need be.
 * Returns false where it can't be planned yet: call again. */
bool planning_bind(struct replay *r, struct request *req);

/*
 * Abandons a request that @worker has taken and won't finish, and those of its
 * steps that were not issued. Where the request can't be planned, so that
 * nobody knows its steps, the replay ends before it.
 */
void planning_abandon(struct replay *r, struct worker *worker,
		      struct request *req);

#endif
