#include "fio.h"

#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/pick/stage.h"

static enum stage_kind load_stage(struct thread_data *td, uint32_t stage)
{
	uint32_t headers = job_of(td)->options->header_reads;

	if (stage < headers)
		return STAGE_HEADER;
	return stage == headers ? STAGE_DATA : STAGE_END;
}

static enum stage_kind store_stage(struct thread_data *td,
				   const struct running_object *object)
{
	bool trims = job_of(td)->group->plan_options.discard &&
		     object->running->step->need;
	uint32_t stage = object->stage;

	if (trims && !stage--)
		return STAGE_TRIM;
	if (!stage)
		return STAGE_DATA;
	return stage == 1 && object->syncs ? STAGE_SYNC : STAGE_END;
}

enum stage_kind stage_kind(struct thread_data *td,
			   const struct running_object *object)
{
	if (object->running->step->write)
		return store_stage(td, object);
	return load_stage(td, object->stage);
}

/* A header that was read on its own is not read with the data again. */
void stage_bytes(struct thread_data *td, const struct running_object *object,
		 uint64_t *from, uint64_t *to)
{
	const struct shape *shape = &job_of(td)->group->shape;
	uint64_t header = shape->object_header;

	*from = 0;
	*to = shape->object_slot;
	switch (object->kind) {
	case STAGE_HEADER:
		*to = min(*to, layout_round_up(td, header));
		break;
	case STAGE_DATA:
		if (!object->running->step->write &&
		    job_of(td)->options->header_reads)
			*from = layout_round_down(td, header);
		break;
	case STAGE_SYNC:
		*to = object->syncs;
		break;
	default:
		break;
	}
}
