#include "fio.h"

#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/setup/units.h"
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

/*
 * A load reads the data alone, and of the header what lies within the bounds
 * that direct I/O keeps to.
 */
void stage_bytes(struct thread_data *td, const struct running_object *object,
		 uint64_t *from, uint64_t *to)
{
	uint64_t header = job_of(td)->group->shape.object_header;
	uint64_t before = object->before;

	*from = 0;
	*to = direct_round_up(td, before + object->bytes);
	switch (object->kind) {
	case STAGE_HEADER:
		*to = direct_round_up(td, before + header);
		break;
	case STAGE_DATA:
		if (!object->running->step->write)
			*from = direct_round_down(td, before + header);
		else if (!job_of(td)->options->direct_writes)
			*to = object->bytes;
		break;
	case STAGE_SYNC:
		*to = object->syncs;
		break;
	default:
		break;
	}
}
