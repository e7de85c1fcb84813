/* Which members of a replay still run, and what becomes of those that died. */
#ifndef MOONCAKE_LIFE_H
#define MOONCAKE_LIFE_H

#include "engine/replay/replay.h"

struct thread_data;

/* Returns how many workers have not ended. One that waits for another job
 * (wait_for=) counts once it has started. */
uint32_t life_running(struct replay *r);

/* A function for a member that has been started and has not said that it has
 * ended. */
typedef void (*life_look)(struct replay *r, struct member *m,
			  struct thread_data *td);

/* Calls @look for each such member. Only the parent of the jobs can ask. */
void life_each_open(struct replay *r, life_look look);

/* Has the process of that job died by a signal, or ended without having said
 * so? Only its parent can ask. */
bool life_died(const struct thread_data *td);

#endif
