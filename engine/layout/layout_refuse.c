#include "fio.h"
#include "verify.h"

#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/layout/layout_refuse.h"
#include "engine/setup/backend.h"
#include "engine/setup/units.h"

#define FOLDERS_DEFAULT 2

/* Does the backend open files as usual? Some have a way of their own, which
 * handle_open() would pass by. */
static bool opens_as_usual(struct thread_data *td)
{
	const struct job *job = job_of(td);

	return job->backend.open_file == generic_open_file ||
	       (!strcmp(job->backend.name, "io_uring") &&
		!backend_option_is_on(&job->backend, td->eo, "registerfiles"));
}

static int refuse_of_slots(struct thread_data *td, struct error *err)
{
	const struct job *job = job_of(td);
	const struct plan_options *po = &job->group->plan_options;
	const struct mooncake_options *o = job->options;

	if (po->discard && td->files[0]->filetype == FIO_TYPE_FILE)
		return fail(err,
			    "discard=1: fio trims block devices, and %s is a file; name a device, or leave it out",
			    td->files[0]->file_name);
	if (po->probe != PLAN_PROBE_NONE)
		return fail(err,
			    "probe= asks a filesystem for objects, and with layout=slots there is none; leave it out, or set layout=files");
	if (o->publish != PUBLISH_DIRECT)
		return fail(err,
			    "publish=rename is of files that come and go; leave it out, or set layout=files");
	return 0;
}

static int refuse_of_files(struct thread_data *td, struct error *err)
{
	const struct job *job = job_of(td);
	const struct plan_options *po = &job->group->plan_options;
	const char *layout = choice_name(choice_layout, po->layout);

	if (td_ioengine_flagged(td, FIO_DISKLESSIO) || !opens_as_usual(td))
		return fail(err,
			    "layout=%s makes files of its own, which backend=%s can't open; use psync, libaio or io_uring (without registerfiles), or layout=slots",
			    layout, job->options->backend);
	if (!td->o.size)
		return fail(err,
			    "size= is missing; with layout=%s it is the capacity of the cache in bytes",
			    layout);
	if (td->o.verify != VERIFY_NONE)
		return fail(err,
			    "verify= with layout=%s: objects are gone when fio would look at them; check_blocks=data checks every byte of every hit",
			    layout);
	if (td->o.start_offset || td->o.start_offset_percent)
		return fail(err,
			    "offset= with layout=%s: an object begins with its file; leave it out",
			    layout);
	if (td->o.file_size_low)
		return fail(err,
			    "filesize= with layout=%s: files are as long as what is in them; give the capacity by size=",
			    layout);
	if (po->layout == PLAN_LAYOUT_BUCKETS &&
	    job->options->publish == PUBLISH_RENAME)
		return fail(err,
			    "publish=rename is of layout=files: a bucket is read while it is being filled; leave it out");
	return plan_options_check(po, &job->group->shape, err);
}

/* Refuses options of one layout that another would only ignore. */
static int refuse_of_others(const struct job *job, struct error *err)
{
	const struct settings *s = &job->options->settings;
	const char *layout = choice_name(choice_layout, s->plan.layout);

	if (s->plan.layout != PLAN_LAYOUT_BUCKETS &&
	    (s->bucket_size != SHAPE_BUCKET_SIZE ||
	     s->bucket_objects != SHAPE_BUCKET_OBJECTS))
		return fail(err,
			    "bucket_size= and bucket_objects= are of layout=buckets, and this is layout=%s; leave them out",
			    layout);
	if (!job->layout->in_files && job->options->folders != FOLDERS_DEFAULT)
		return fail(err,
			    "folders= is of layouts in files, and this is layout=%s; leave it out",
			    layout);
	if (!job->layout->in_files && !job->options->direct_writes)
		return fail(err,
			    "direct_writes=0: with layout=%s a file is open once, for reads and writes; leave it out, or set layout=files or layout=buckets",
			    layout);
	return 0;
}

/* Refuses direct I/O of objects that do not begin at its bounds, where those
 * can't be written. */
static int refuse_unaligned(const struct job *job, struct error *err)
{
	const struct plan_options *po = &job->group->plan_options;
	uint32_t align = job->group->shape.object_align;

	if (po->layout == PLAN_LAYOUT_SLOTS)
		return fail(err,
			    "object_align=%u with direct=1: objects that do not begin at multiples of %llu bytes can't be written into slots one by one; raise it, or set direct=0",
			    align, (unsigned long long)DIRECT_BOUNDS);
	if (!job->options->direct_writes ||
	    (po->layout == PLAN_LAYOUT_BUCKETS && po->bucket_blocks == 1))
		return 0;
	return fail(err,
		    "object_align=%u with direct=1: objects that do not fill multiples of %llu bytes can't be written one by one; raise it, set direct=0, have only reads go past the page cache by direct_writes=0, or with layout=buckets have each written whole, by a bucket_size= or bucket_objects= of one block",
		    align, (unsigned long long)DIRECT_BOUNDS);
}

int layout_refuse(struct thread_data *td, struct error *err)
{
	const struct job *job = job_of(td);
	const struct mooncake_options *o = job->options;

	if (direct_widens(td, &job->group->shape) && refuse_unaligned(job, err))
		return -1;
	if (o->header_reads && !job->group->shape.object_header)
		return fail(err,
			    "header_reads=%u needs a header to read; give its bytes by object_header=",
			    o->header_reads);
	if (o->flush_interval && !option_store_async(td, o))
		return fail(err,
			    "flush_interval= is of writes in the background; set store=async too");
	if (refuse_of_others(job, err))
		return -1;
	return job->layout->in_files ? refuse_of_files(td, err) :
				       refuse_of_slots(td, err);
}
