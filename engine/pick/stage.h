/*
 * The stages of an object, one after the other: each begins when all I/O of the
 * one before has completed. They are the same for all objects of a job, so they
 * are rows of a table that is made once.
 *
 *   load    a read of the header for each of header_reads=, then the data
 *   store   with discard=, a trim of a place that was used before; the data;
 *           then the syncs that fsync= and its kin ask for
 */
#ifndef MOONCAKE_STAGE_H
#define MOONCAKE_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "fio.h"

#include "engine/inflight/running.h"
#include "engine/setup/options.h"

struct stage {
	enum fio_ddir ddir; /* DDIR_INVAL: behind the last one */
	uint64_t from;	    /* bytes of the object, widened to these bounds; */
	uint64_t to;	    /* of syncs there are as many as are due */
	uint64_t bounds;    /* less one; 0: none */
	uint64_t unit;	    /* of an I/O at the most */
};

struct stages {
	struct stage load[HEADER_READS_MAX + 2];
	struct stage store[4];
	bool discard;	     /* stores begin with a trim */
	bool widens;	     /* I/Os have bytes that are not the object's */
	uint64_t bytes[2];   /* of an object that is read, or written */
	uint32_t objects[2]; /* of a step */
};

/* Makes the table by the job's options, once its bs= is known. */
void stages_make(struct thread_data *td, struct stages *stages);

/* Returns which sync is due after so many writes, or DDIR_INVAL. fsync=N and
 * its kin are options of fio, but on this path the core does not do them. */
enum fio_ddir stage_sync_due(struct thread_data *td, uint64_t writes);

/* Returns the first stage of an object of the step. */
static inline const struct stage *stage_first(const struct stages *stages,
					      const struct plan_step *step)
{
	if (!step->write)
		return stages->load;
	return stages->store + (stages->discard && !step->need);
}

/* Return where the object's stage begins and ends, counted from object->before
 * bytes in front of the object; of syncs, how many there are. */
static inline uint64_t stage_from(const struct running_object *object)
{
	const struct stage *stage = object->stage;

	return (object->before + stage->from) & ~stage->bounds;
}

static inline uint64_t stage_to(const struct running_object *object)
{
	const struct stage *stage = object->stage;

	if (ddir_sync(stage->ddir))
		return object->syncs;
	return (object->before + stage->to + stage->bounds) & ~stage->bounds;
}

/* Moves the object to its next stage. Returns false when none is left. */
static inline bool stage_next(struct running_object *object)
{
	object->stage++;
	if (ddir_sync(object->stage->ddir) && !object->syncs)
		object->stage++;
	return object->stage->ddir != DDIR_INVAL;
}

#endif
