/* Which members of a replay are alive: fio does not tell when a job dies. */
#ifndef MOONCAKE_LIFE_H
#define MOONCAKE_LIFE_H

#include "engine/replay/replay.h"

/*
 * Looks for a worker or observer that died without a word: marks the replay
 * failed and says whose death it was. Cheap, but not for every I/O.
 */
bool life_report_dead(struct replay *r);

/* Workers that have not ended. */
uint32_t life_running(struct replay *r);

#endif
