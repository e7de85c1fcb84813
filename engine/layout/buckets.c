/*
 * layout=buckets: objects are appended to bucket files, which go whole. The
 * bucket that a job writes and the one that it reads stay open until it needs
 * another.
 */
#include <fcntl.h>

#include "fio.h"

#include "engine/job.h"
#include "engine/layout/folder.h"
#include "engine/layout/layout.h"
#include "engine/layout/operations.h"
#include "engine/layout/probe.h"
#include "engine/setup/units.h"

static uint32_t place_of(struct thread_data *td, const struct plan_step *step)
{
	return step->slot / job_of(td)->replay->bucket_blocks;
}

/* Returns what tells a bucket from all others: its place and its number. */
static uint64_t key_of(struct thread_data *td, const struct plan_step *step)
{
	return (uint64_t)place_of(td, step) << 32 | plan_bucket_number(step);
}

static void bucket_path(char *path, struct thread_data *td, uint64_t key)
{
	struct job *job = job_of(td);
	uint32_t place = key >> 32;

	folder_bucket_path(path,
			   job->files.folders[place % job->files.nr_folders],
			   job->options->folders, key);
}

/* Makes the bucket the one that is kept open. */
static int keep(struct thread_data *td, struct handle **kept, uint64_t key,
		int flags)
{
	const struct job *job = job_of(td);
	uint64_t bytes =
		job->replay->bucket_blocks * job->group->shape.slot_bytes;
	char path[PATH_MAX];

	if (*kept && (*kept)->key == key)
		return 0;
	handle_put(td, kept);
	bucket_path(path, td, key);
	*kept = handle_open(td, path, flags, direct_round_up(td, bytes));
	if (!*kept)
		return -1;
	(*kept)->key = key;
	return 0;
}

static int buckets_begin(struct thread_data *td, struct running_object *object)
{
	const struct plan_step *step = object->running->step;
	struct job *job = job_of(td);
	const struct shape *shape = &job->group->shape;
	struct handle **kept =
		step->write ? &job->files.written : &job->files.read;

	if (keep(td, kept, key_of(td, step), step->write ? O_WRONLY : O_RDONLY))
		return -1;
	object->handle = *kept;
	object->handle->users++;
	object->fileno = object->handle->file->fileno;
	object->offset =
		step->slot % job->replay->bucket_blocks * shape->slot_bytes +
		object->number * shape->object_slot;
	if (!step->write)
		object->before =
			object->offset - direct_round_down(td, object->offset);
	return 0;
}

static int buckets_end(struct thread_data *td, struct running_object *object)
{
	handle_put(td, &object->handle);
	return 0;
}

static int buckets_change(struct thread_data *td, const struct plan_step *step)
{
	struct job *job = job_of(td);
	uint64_t key = key_of(td, step);
	char path[PATH_MAX];

	if (plan_kind(step) == PLAN_OPEN)
		return keep(td, &job->files.written, key,
			    O_WRONLY | O_CREAT | O_TRUNC);
	if (job->files.written && job->files.written->key == key)
		handle_put(td, &job->files.written);
	if (job->files.read && job->files.read->key == key)
		handle_put(td, &job->files.read);
	bucket_path(path, td, key);
	return operation_unlink(td, path);
}

static void buckets_probe_path(char *path, struct thread_data *td,
			       const struct request *req, uint32_t number)
{
	if (number < req->plan->nr_reads)
		bucket_path(path, td, key_of(td, &req->steps[number]));
	else
		bucket_path(path, td, UINT64_MAX);
}

static int buckets_probe(struct thread_data *td, const struct request *req)
{
	return probe_request(td, req, buckets_probe_path);
}

const struct layout layout_buckets = {
	.in_files = true,
	.begin = buckets_begin,
	.end = buckets_end,
	.change = buckets_change,
	.probe = buckets_probe,
};
