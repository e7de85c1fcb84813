#include <dirent.h>
#include <sys/stat.h>

#include "fio.h"

#include "engine/job.h"
#include "engine/layout/operations.h"
#include "engine/layout/probe.h"

/* Asks whether an object is there. The plan knows that; it is the asking that
 * takes time. */
static void look_up(struct thread_data *td, const char *path)
{
	uint64_t since = operation_begin(td);
	struct stat st;

	if (stat(path, &st) && errno != ENOENT && errno != ENOTDIR)
		td_verror(td, errno, "mooncake: stat");
	operation_end(td, OPERATION_PROBE, since);
}

static void list(struct thread_data *td, const char *path)
{
	uint64_t since = operation_begin(td);
	DIR *dir = opendir(path);

	if (!dir) {
		td_verror(td, errno, "mooncake: opendir");
		return;
	}
	while (readdir(dir))
		;
	closedir(dir);
	operation_end(td, OPERATION_PROBE, since);
}

int probe_request(struct thread_data *td, const struct request *req,
		  probe_path path_of)
{
	struct job *job = job_of(td);
	char path[PATH_MAX];
	uint32_t i;

	for (i = 0; i < req->plan->nr_probes && !td->error; i++) {
		if (job->group->plan_options.probe == PLAN_PROBE_LIST) {
			list(td, job->files.folders[0]);
			continue;
		}
		path_of(path, td, req, i);
		look_up(td, path);
	}
	return td->error ? -1 : 0;
}
