/*
 * Leaves out of a whole trace what its options leave out: the requests of
 * other shards and, with partial=skip, the lookups of partly filled blocks.
 */
#ifndef MOONCAKE_SELECT_H
#define MOONCAKE_SELECT_H

#include "trace/session/sessions.h"
#include "trace/load/trace.h"

/*
 * Also leaves out the requests that @kept, if not NULL, says false of. Of
 * sessions (@s, or NULL) a shard has all requests or none: the first one
 * decides. @s, too, is left with what is kept. Blocks are numbered anew,
 * densely. 0, or -1 with @err filled.
 */
int select_lookups(struct trace *t, const struct trace_options *o,
		   const bool *kept, struct sessions *s, struct error *err);

#endif
