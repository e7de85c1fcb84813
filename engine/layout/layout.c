#include "fio.h"

#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/setup/units.h"

static const struct layout *const layouts[] = {
	[PLAN_LAYOUT_SLOTS] = &layout_slots,
	[PLAN_LAYOUT_FILES] = &layout_files,
	[PLAN_LAYOUT_BUCKETS] = &layout_buckets,
};

const struct layout *layout_of(enum plan_layout layout)
{
	return layouts[layout];
}

bool layout_writes_blocks(struct thread_data *td)
{
	const struct job *job = job_of(td);

	return direct_widens(td, &job->group->shape) &&
	       job->options->direct_writes;
}
