/* layout=slots: blocks in slots of files or devices that are there. */
#include "fio.h"

#include "engine/inflight/running.h"
#include "engine/job.h"
#include "engine/layout/layout.h"

static int slots_begin(struct thread_data *td, struct running_object *object)
{
	const struct shape *shape = &job_of(td)->group->shape;
	const struct target *t = &job_of(td)->target;
	uint64_t place = object->running->step->slot;

	/* A division takes as long as everything else, and mostly there is one
	 * file. */
	if (t->files > 1) {
		object->fileno = place % t->files;
		place /= t->files;
	}
	object->offset = td->files[object->fileno]->file_offset +
			 place * t->piece_bytes +
			 object->number * shape->piece_slot;
	if (shape->pieces > 1)
		object->region =
			target_slots_in(t, object->fileno) * t->piece_bytes;
	return 0;
}

const struct layout layout_slots = {
	.begin = slots_begin,
};
