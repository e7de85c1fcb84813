/*
 * Taking requests: each goes to the job that comes first, in the order of the
 * plan, with timestamps when it has arrived, and not before its record is
 * free again.
 */
#ifndef MOONCAKE_TAKE_H
#define MOONCAKE_TAKE_H

#include "engine/replay/replay.h"

/*
 * Takes the next request: its record, or NULL when there is none now. With
 * @only_due it is taken only if it has arrived by @now_ns. Sets *@over when
 * there will never be one again for this replay.
 */
struct request *take_request(struct replay *r, uint64_t now_ns, bool timed,
			     bool only_due, bool *over);

/* Scheduled arrival of request @number, or 0 before the first one is due. */
uint64_t take_arrival(const struct replay *r, uint64_t number);

/* When the next request arrives, or 0 when that isn't known. */
uint64_t take_next_arrival(struct replay *r);

/* Have all warm-up requests ended? No other is taken before. */
bool take_warm(struct replay *r);

#endif
