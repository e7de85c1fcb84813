/*
 * layout=files: each object is a file of its own, named after its block's hash
 * id and slot. It is made when it is written, opened for each load, and
 * unlinked when its block is evicted.
 */
#include <fcntl.h>
#include <unistd.h>

#include "fio.h"

#include "engine/job.h"
#include "engine/layout/folder.h"
#include "engine/layout/layout.h"
#include "engine/layout/operations.h"
#include "engine/layout/probe.h"

#define NO_SLOT UINT32_MAX

static void file_path(char *path, struct thread_data *td, uint32_t block,
		      uint32_t slot, uint32_t number)
{
	struct job *job = job_of(td);
	struct object_name name = {
		.hash_id = trace_hash_id(job->replay->trace, block),
		.slot = slot,
		.number = number,
	};

	folder_object_path(path,
			   job->files.folders[slot % job->files.nr_folders],
			   job->options->folders, &name);
}

static void step_path(char *path, struct thread_data *td,
		      const struct plan_step *step, uint32_t number)
{
	file_path(path, td, step->block, step->slot, number);
}

static void object_path(char *path, struct thread_data *td,
			const struct running_object *object)
{
	step_path(path, td, object->running->step, object->number);
}

/* With publish=rename, makes of a path the one that the file has until it is
 * whole. */
static void make_temporary(char *path, struct thread_data *td)
{
	if (job_of(td)->options->publish == PUBLISH_RENAME)
		strcat(path, ".tmp");
}

static int files_begin(struct thread_data *td, struct running_object *object)
{
	bool write = object->running->step->write;
	char path[PATH_MAX];

	object_path(path, td, object);
	if (write)
		make_temporary(path, td);
	object->handle =
		handle_open(td, path,
			    write ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY,
			    job_of(td)->group->shape.object_slot);
	if (!object->handle)
		return -1;
	object->fileno = object->handle->file->fileno;
	return 0;
}

static int publish(struct thread_data *td, struct running_object *object)
{
	char path[PATH_MAX], temporary[PATH_MAX];
	uint64_t since = operation_begin(td);

	object_path(path, td, object);
	strcpy(temporary, path);
	make_temporary(temporary, td);
	if (rename(temporary, path)) {
		log_err("mooncake: job '%s': can't rename %s to its name: %s\n",
			td->o.name, temporary, strerror(errno));
		td_verror(td, errno, "mooncake: rename");
		return -1;
	}
	operation_end(td, OPERATION_PUBLISH, since);
	return 0;
}

static int files_end(struct thread_data *td, struct running_object *object)
{
	bool renamed = object->running->step->write &&
		       job_of(td)->options->publish == PUBLISH_RENAME;

	handle_put(td, &object->handle);
	return renamed ? publish(td, object) : 0;
}

/* Evicts a block, which is the only such step: every file is made by the write
 * of its object. */
static int files_change(struct thread_data *td, const struct plan_step *step)
{
	uint32_t objects = job_of(td)->group->shape.objects, i;
	char path[PATH_MAX];

	for (i = 0; i < objects; i++) {
		step_path(path, td, step, i);
		if (operation_unlink(td, path))
			return -1;
	}
	return 0;
}

/* A block that is read lies in its slot. For any other block the probe asks for
 * a name that no file has. */
static void files_probe_path(char *path, struct thread_data *td,
			     const struct request *req, uint32_t number)
{
	const struct trace *t = job_of(td)->replay->trace;
	const struct trace_request *rq =
		&t->requests[req->number % t->nr_requests];
	uint32_t block = t->lookups[rq->first_lookup + number];

	if (number < req->plan->nr_reads)
		step_path(path, td, &req->steps[number], 0);
	else
		file_path(path, td, block, NO_SLOT, 0);
}

static int files_probe(struct thread_data *td, const struct request *req)
{
	return probe_request(td, req, files_probe_path);
}

const struct layout layout_files = {
	.in_files = true,
	.begin = files_begin,
	.end = files_end,
	.change = files_change,
	.probe = files_probe,
};
