#include "fio.h"

#include "engine/job.h"
#include "engine/replay/replay.h"
#include "engine/result/progress.h"

void progress_by_steps(struct thread_data *td, uint64_t steps)
{
	td->total_io_size = steps * job_of(td)->group->shape.slot_bytes;
}

void progress_by_time(struct thread_data *td, uint64_t now_ns)
{
	struct replay *r = job_of(td)->replay;
	double bytes = td->io_bytes[DDIR_READ] + td->io_bytes[DDIR_WRITE];
	double passed = now_ns - atomic_load(r->epoch_ns);

	if (r->passes == UINT64_MAX || passed <= 0)
		return;
	td->total_io_size = bytes * ((double)r->passes * r->pass_ns) / passed;
}
