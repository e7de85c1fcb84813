/* Which members of a replay still run, and what becomes of those that died. */
#ifndef MOONCAKE_LIFE_H
#define MOONCAKE_LIFE_H

#include "engine/replay/replay.h"

struct thread_data;

/* Workers that have not ended. One that waits for another job to end
 * (wait_for=) counts only once it has started. */
uint32_t life_running(struct replay *r);

/* What the parent of the jobs does with a member that has been started and has
 * not said that it ended. */
typedef void (*life_look)(struct replay *r, struct member *m,
			  struct thread_data *td);

void life_each_open(struct replay *r, life_look look);

/* Has the process of that job died by a signal, or gone in another way without
 * a word? For its parent. */
bool life_died(const struct thread_data *td);

#endif
