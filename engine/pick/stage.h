/*
 * The stages of an object, one after the other: each begins when all I/O of
 * the one before has completed.
 *
 *   load    a read of the header for each of header_reads=, then the data
 *   store   with discard=, a trim of a place that was used before; the data;
 *           then the syncs that fsync= and its kin ask for
 */
#ifndef MOONCAKE_STAGE_H
#define MOONCAKE_STAGE_H

#include <stdint.h>

#include "engine/inflight/running.h"

struct thread_data;

/* What the stage does that object->stage names. */
enum stage_kind stage_kind(struct thread_data *td,
			   const struct running_object *object);

/*
 * What the stage that the object is in is about, from *@from to *@to, not
 * included: bytes, counted from object->before in front of the object, or how
 * many syncs.
 */
void stage_bytes(struct thread_data *td, const struct running_object *object,
		 uint64_t *from, uint64_t *to);

#endif
