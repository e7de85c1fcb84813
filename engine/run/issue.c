#include "fio.h"

#include "engine/run/iolog_list.h"
#include "engine/run/issue.h"
#include "engine/job.h"
#include "engine/replay/replay.h"

static void issue(struct thread_data *td, const struct issued_io *io,
		  enum fio_ddir ddir, const struct plan_step *step,
		  uint64_t len)
{
	struct job *job = job_of(td);
	struct feed *f = &job->feed;
	struct io_piece *ipo = iolog_list_add(td, ddir);

	if (!ipo)
		return;
	ipo->fileno = target_file(&job->target, step->slot);
	ipo->offset = target_offset(&job->target, td, step->slot) + io->offset;
	ipo->len = len;
	f->issued[f->issued_count++] = *io;
}

/* fsync=N and its kin: fio's own, but not done by the core on this path. */
static enum fio_ddir sync_due(struct thread_data *td, uint64_t writes)
{
	if (td->o.fsync_blocks && !(writes % td->o.fsync_blocks))
		return DDIR_SYNC;
	if (td->o.fdatasync_blocks && !(writes % td->o.fdatasync_blocks))
		return DDIR_DATASYNC;
	if (td->sync_file_range_nr && !(writes % td->sync_file_range_nr))
		return DDIR_SYNC_FILE_RANGE;
	return DDIR_INVAL;
}

static void issue_sync(struct thread_data *td, struct running_step *running)
{
	struct feed *f = &job_of(td)->feed;
	enum fio_ddir ddir = sync_due(td, ++f->writes_issued);
	struct issued_io io = { .sync = running->req };

	if (ddir == DDIR_INVAL)
		return;
	running->req->writes_left++;
	issue(td, &io, ddir, running->step, 0);
}

static bool limit_reached(struct thread_data *td)
{
	struct feed *f = &job_of(td)->feed;

	return (td->o.number_ios &&
		f->ios_issued >= td->o.number_ios * td->loops) ||
	       (td->o.io_size && f->bytes_issued >= td->o.io_size * td->loops);
}

static void issue_io(struct thread_data *td, const struct cursor *cursor,
		     uint64_t len)
{
	struct issued_io io = { .running = cursor->running,
				.offset = cursor->offset };
	const struct plan_step *step = cursor->running->step;
	struct feed *f = &job_of(td)->feed;

	issue(td, &io, step->write ? DDIR_WRITE : DDIR_READ, step, len);
	f->ios_issued++;
	f->bytes_issued += len;
	if (step->write) {
		f->writes_inflight++;
		issue_sync(td, cursor->running);
	}
	f->limited = limit_reached(td);
}

uint64_t issue_unit(struct thread_data *td, bool write)
{
	return td->o.bs[write ? DDIR_WRITE : DDIR_READ];
}

uint64_t issue_count(struct thread_data *td, bool write)
{
	const struct shape *shape = &job_of(td)->group->shape;
	uint64_t unit = issue_unit(td, write);

	return shape->objects * ((shape->object_slot + unit - 1) / unit);
}

void issue_ios(struct thread_data *td, struct cursor *cursor,
	       unsigned int batch)
{
	const struct shape *shape = &job_of(td)->group->shape;
	struct feed *f = &job_of(td)->feed;
	uint64_t unit = issue_unit(td, cursor->running->step->write);

	while (f->issued_count < batch && !f->limited && !td->error) {
		uint64_t in_object = cursor->offset % shape->object_slot;
		uint64_t len = min(unit, shape->object_slot - in_object);

		issue_io(td, cursor, len);
		cursor->offset += len;
		if (cursor->offset == shape->slot_bytes) {
			cursor->running = NULL;
			return;
		}
	}
}
