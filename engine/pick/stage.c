#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/pick/stage.h"
#include "engine/setup/units.h"

enum fio_ddir stage_sync_due(struct thread_data *td, uint64_t writes)
{
	if (td->o.fsync_blocks && !(writes % td->o.fsync_blocks))
		return DDIR_SYNC;
	if (td->o.fdatasync_blocks && !(writes % td->o.fdatasync_blocks))
		return DDIR_DATASYNC;
	if (td->sync_file_range_nr && !(writes % td->sync_file_range_nr))
		return DDIR_SYNC_FILE_RANGE;
	return DDIR_INVAL;
}

/* A load reads the data alone, and of the header only what lies within the
 * bounds of direct I/O. */
static void make_load(struct thread_data *td, const struct stages *stages,
		      struct stage *stage)
{
	struct job *job = job_of(td);
	struct stage data = {
		.ddir = DDIR_READ,
		.from = job->group->shape.object_header,
		.to = stages->bytes[false],
		.bounds = td->o.odirect ? DIRECT_BOUNDS - 1 : 0,
		.unit = td->o.bs[DDIR_READ],
	};
	struct stage header = data;
	uint32_t headers = job->options->header_reads;

	header.from = 0;
	header.to = data.from;
	while (headers--)
		*stage++ = header;
	*stage++ = data;
	stage->ddir = DDIR_INVAL;
}

static void make_store(struct thread_data *td, const struct stages *stages,
		       struct stage *stage)
{
	bool direct = td->o.odirect && job_of(td)->options->direct_writes;
	struct stage data = {
		.ddir = DDIR_WRITE,
		.to = stages->bytes[true],
		.bounds = direct ? DIRECT_BOUNDS - 1 : 0,
		.unit = td->o.bs[DDIR_WRITE],
	};
	struct stage trim = data, sync = { .unit = 1 };

	trim.ddir = DDIR_TRIM;
	trim.unit = job_of(td)->group->shape.piece_slot;
	if (stages->discard)
		*stage++ = trim;
	*stage++ = data;
	/*
	 * Where several kinds of sync are asked for, it is always the same one.
	 */
	sync.ddir = stage_sync_due(td, 0);
	if (sync.ddir != DDIR_INVAL)
		*stage++ = sync;
	stage->ddir = DDIR_INVAL;
}

void stages_make(struct thread_data *td, struct stages *stages)
{
	const struct group *group = job_of(td)->group;
	const struct shape *shape = &group->shape;
	bool blocks = layout_writes_blocks(td);

	*stages = (struct stages){
		.discard = group->plan_options.discard,
		.widens = direct_widens(td, shape),
		.bytes = { shape->object_slot,
			   blocks ? shape->slot_bytes : shape->object_slot },
		.objects = { shape->objects, blocks ? 1 : shape->objects },
	};
	make_load(td, stages, stages->load);
	make_store(td, stages, stages->store);
}
