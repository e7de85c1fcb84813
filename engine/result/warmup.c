#include "fio.h"

#include "engine/job.h"
#include "engine/result/warmup.h"

void warmup_begin(struct thread_data *td)
{
	td->o.stats = 0;
}

void warmup_end(struct thread_data *td)
{
	td->o.stats = job_of(td)->stats;
	reset_all_stats(td);
	reset_io_stats(td);
}
