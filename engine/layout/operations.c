#include <unistd.h>

#include "fio.h"

#include "engine/job.h"
#include "engine/layout/operations.h"
#include "engine/replay/ring.h"
#include "engine/wait.h"

#define FULL_US 100 /* between looks at a full ring */

uint64_t operation_begin(struct thread_data *td)
{
	return job_of(td)->replay->rings ? time_now() : 0;
}

void operation_end(struct thread_data *td, enum operation operation,
		   uint64_t since)
{
	const struct job *job = job_of(td);
	uint32_t seat = job->worker - job->replay->workers;
	uint64_t ns;

	if (!since)
		return;
	/* What it waits for observers is none of the operation's time. */
	ns = time_now() - since;
	while (!ring_has_room(job->replay, seat, operation) && !td->terminate)
		usleep(FULL_US);
	ring_add(ring_of(job->replay, seat, operation), ns);
}

int operation_unlink(struct thread_data *td, const char *path)
{
	uint64_t since = operation_begin(td);

	if (unlink(path)) {
		log_err("mooncake: job '%s': can't unlink %s: %s; something else changes the folder\n",
			td->o.name, path, strerror(errno));
		td_verror(td, errno, "mooncake: unlink");
		return -1;
	}
	operation_end(td, OPERATION_UNLINK, since);
	return 0;
}
