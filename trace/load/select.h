/*
 * Leaves out of a whole trace what its options leave out: the requests of
 * other shards and, with partial=skip, the lookups of partly filled blocks.
 */
#ifndef MOONCAKE_SELECT_H
#define MOONCAKE_SELECT_H

#include "trace/load/trace.h"
#include "trace/session/sessions.h"

/*
 * Leaves out what the options leave out, and the requests that @kept, if it is
 * not NULL, says false of. A shard has all requests of a session or none, as
 * the first one decides; @s, the sessions or NULL, is left with what is kept.
 * Blocks are numbered anew, densely. Returns 0, or -1 with @err filled.
 */
int select_lookups(struct trace *t, const struct trace_options *o,
		   const bool *kept, struct sessions *s, struct error *err);

#endif
