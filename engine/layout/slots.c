/* layout=slots: blocks in slots of files or devices that are there. */
#include "fio.h"

#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/inflight/running.h"

static int slots_begin(struct thread_data *td, struct running_object *object)
{
	struct job *job = job_of(td);
	const struct shape *shape = &job->group->shape;

	object->offset =
		target_place(&job->target, td, object->running->step->slot,
			     &object->fileno) +
		object->number * shape->piece_slot;
	object->bytes = shape->object_slot;
	if (shape->pieces > 1)
		object->region = target_region(&job->target, object->fileno);
	return 0;
}

static int slots_end(struct thread_data fio_unused *td,
		     struct running_object fio_unused *object)
{
	return 0;
}

static void slots_abandon(struct thread_data fio_unused *td,
			  struct running_object fio_unused *object)
{
}

const struct layout layout_slots = {
	.begin = slots_begin,
	.end = slots_end,
	.abandon = slots_abandon,
};
