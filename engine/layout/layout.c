#include "fio.h"

#include "engine/job.h"
#include "engine/layout/layout.h"

#define DIRECT_BYTES UINT64_C(4096)

static const struct layout *const layouts[] = {
	[PLAN_LAYOUT_SLOTS] = &layout_slots,
	[PLAN_LAYOUT_FILES] = &layout_files,
	[PLAN_LAYOUT_BUCKETS] = &layout_buckets,
};

const struct layout *layout_of(struct thread_data *td)
{
	return layouts[job_of(td)->group->plan_options.layout];
}

uint64_t layout_round_down(struct thread_data *td, uint64_t offset)
{
	return td->o.odirect ? offset & ~(DIRECT_BYTES - 1) : offset;
}

uint64_t layout_round_up(struct thread_data *td, uint64_t offset)
{
	return layout_round_down(td,
				 offset + (td->o.odirect ? DIRECT_BYTES - 1 :
							   0));
}
