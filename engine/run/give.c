#include "fio.h"

#include "engine/run/iolog_list.h"
#include "engine/run/give.h"
#include "engine/job.h"
#include "engine/replay/replay.h"

static void give(struct thread_data *td, const struct feed_io *io,
		 enum fio_ddir ddir, const struct plan_step *step, uint64_t len)
{
	struct job *job = job_of(td);
	struct feed *f = &job->feed;
	struct io_piece *ipo = iolog_list_add(td, ddir);

	if (!ipo)
		return;
	ipo->fileno = target_file(&job->target, step->slot);
	ipo->offset = target_offset(&job->target, td, step->slot) + io->offset;
	ipo->len = len;
	f->given[f->given_count++] = *io;
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

static void give_sync(struct thread_data *td, struct feed_step *fs)
{
	struct feed *f = &job_of(td)->feed;
	enum fio_ddir ddir = sync_due(td, ++f->writes_given);
	struct feed_io io = { .sync = fs->req };

	if (ddir == DDIR_INVAL)
		return;
	fs->req->stores_left++;
	give(td, &io, ddir, fs->step, 0);
}

static bool limit_reached(struct thread_data *td)
{
	struct feed *f = &job_of(td)->feed;

	return (td->o.number_ios &&
		f->ios_given >= td->o.number_ios * td->loops) ||
	       (td->o.io_size && f->bytes_given >= td->o.io_size * td->loops);
}

static void give_io(struct thread_data *td, const struct feed_open *open,
		    uint64_t len)
{
	struct feed_io io = { .step = open->step, .offset = open->offset };
	const struct plan_step *step = open->step->step;
	struct feed *f = &job_of(td)->feed;

	give(td, &io, step->write ? DDIR_WRITE : DDIR_READ, step, len);
	f->ios_given++;
	f->bytes_given += len;
	if (step->write) {
		f->writes_inflight++;
		give_sync(td, open->step);
	}
	f->limited = limit_reached(td);
}

uint64_t give_unit(struct thread_data *td, bool write)
{
	return td->o.bs[write ? DDIR_WRITE : DDIR_READ];
}

uint64_t give_ios(struct thread_data *td, bool write)
{
	const struct shape *l = &job_of(td)->group->shape;
	uint64_t unit = give_unit(td, write);

	return l->objects * ((l->object_slot + unit - 1) / unit);
}

void give_open(struct thread_data *td, struct feed_open *open,
	       unsigned int batch)
{
	const struct shape *l = &job_of(td)->group->shape;
	struct feed *f = &job_of(td)->feed;
	uint64_t unit = give_unit(td, open->step->step->write);

	while (f->given_count < batch && !f->limited && !td->error) {
		uint64_t in_object = open->offset % l->object_slot;
		uint64_t len = min(unit, l->object_slot - in_object);

		give_io(td, open, len);
		open->offset += len;
		if (open->offset == l->slot_bytes) {
			open->step = NULL;
			return;
		}
	}
}
