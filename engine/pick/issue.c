#include "fio.h"

#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/inflight/iolog_list.h"
#include "engine/pick/issue.h"
#include "engine/pick/request.h"
#include "engine/pick/stage.h"

static void issue(struct thread_data *td, const struct issued_io *io,
		  enum fio_ddir ddir, uint64_t offset, uint64_t len)
{
	struct feed *f = &job_of(td)->feed;
	struct io_piece *ipo = iolog_list_add(td, ddir);

	if (!ipo)
		return;
	ipo->fileno = io->object->fileno;
	ipo->offset = offset;
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

static bool limit_reached(struct thread_data *td)
{
	struct feed *f = &job_of(td)->feed;

	return (td->o.number_ios &&
		f->ios_issued >= td->o.number_ios * td->loops) ||
	       (td->o.io_size && f->bytes_issued >= td->o.io_size * td->loops);
}

static void count_io(struct thread_data *td, struct running_object *object,
		     uint64_t len)
{
	struct feed *f = &job_of(td)->feed;

	f->ios_issued++;
	f->bytes_issued += len;
	if (object->running->step->write) {
		f->writes_inflight++;
		if (sync_due(td, ++f->writes_issued) != DDIR_INVAL)
			object->syncs++;
	}
	f->limited = limit_reached(td);
}

uint64_t issue_unit(struct thread_data *td, bool write)
{
	return td->o.bs[write ? DDIR_WRITE : DDIR_READ];
}

void cursor_set_step(struct cursor *cursor, struct running_step *step)
{
	*cursor = (struct cursor){ .running = step };
}

void cursor_set_object(struct thread_data *td, struct cursor *cursor,
		       struct running_object *object)
{
	cursor->object = object;
	stage_bytes(td, object, &cursor->from, &cursor->to);
}

/* Which piece of its object the cursor is in. A division for each I/O costs as
 * much as one of fio's histograms, and most objects are one piece. */
static uint64_t piece_of(const struct shape *shape, const struct cursor *cursor)
{
	return shape->pieces > 1 ? cursor->from / shape->piece_slot : 0;
}

/* Which of the @len bytes at the cursor are the object's: all, where its I/O is
 * not widened. */
static struct issued_io own_bytes(const struct cursor *cursor, uint64_t len)
{
	struct running_object *object = cursor->object;
	uint64_t from = cursor->from, before = object->before;
	struct issued_io io = { .object = object };

	if (from < before)
		io.before = min(before - from, len);
	io.offset = from + io.before - before;
	if (io.offset < object->bytes)
		io.len = min(len - io.before, object->bytes - io.offset);
	return io;
}

/* The next I/O of the stage's data, within one piece of the object. */
static uint64_t issue_data(struct thread_data *td, struct cursor *cursor)
{
	const struct shape *shape = &job_of(td)->group->shape;
	struct running_object *object = cursor->object;
	bool write = object->running->step->write;
	uint64_t piece = piece_of(shape, cursor);
	uint64_t in_piece = cursor->from - piece * shape->piece_slot;
	uint64_t len = min(issue_unit(td, write), cursor->to - cursor->from);
	struct issued_io io;

	if (shape->pieces > 1)
		len = min(len, shape->piece_slot - in_piece);
	io = own_bytes(cursor, len);
	issue(td, &io, write ? DDIR_WRITE : DDIR_READ,
	      object->offset - object->before + piece * object->region +
		      in_piece,
	      len);
	count_io(td, object, len);
	return len;
}

static uint64_t issue_trim(struct thread_data *td, struct cursor *cursor)
{
	const struct shape *shape = &job_of(td)->group->shape;
	struct running_object *object = cursor->object;
	uint64_t piece = piece_of(shape, cursor);
	const struct issued_io io = { .object = object };

	issue(td, &io, DDIR_TRIM, object->offset + piece * object->region,
	      shape->piece_slot);
	return shape->piece_slot;
}

static uint64_t issue_sync(struct thread_data *td, struct cursor *cursor)
{
	const struct issued_io io = { .object = cursor->object };

	/* Of several kinds that may be asked for, the same at each time. */
	issue(td, &io, sync_due(td, 0), 0, 0);
	return 1;
}

/* The next I/O of the cursor's object. */
static void issue_object(struct thread_data *td, struct cursor *cursor)
{
	struct running_object *object = cursor->object;

	object->left++;
	switch (object->kind) {
	case STAGE_TRIM:
		cursor->from += issue_trim(td, cursor);
		break;
	case STAGE_SYNC:
		cursor->from += issue_sync(td, cursor);
		break;
	default:
		cursor->from += issue_data(td, cursor);
		break;
	}
	if (cursor->from >= cursor->to) {
		object->all_issued = true;
		cursor->object = NULL;
	}
}

static void begin_object(struct thread_data *td, struct cursor *cursor)
{
	struct feed *f = &job_of(td)->feed;
	struct running_object *object;

	object = running_use_object(&f->running, cursor->running,
				    cursor->number++);
	if (cursor->number == layout_objects(td, cursor->running->step))
		cursor->running = NULL;
	object->kind = stage_kind(td, object);
	if (layout_of(td)->begin(td, object))
		return;
	cursor_set_object(td, cursor, object);
}

/* Does a step that is no I/O of the core: a file goes, or a bucket begins. */
static void change_files(struct thread_data *td, struct cursor *cursor)
{
	struct running_step *step = cursor->running;

	cursor->running = NULL;
	if (!layout_of(td)->change(td, step->step))
		feed_step_done(td, step);
}

void issue_ios(struct thread_data *td, struct cursor *cursor,
	       unsigned int batch)
{
	struct feed *f = &job_of(td)->feed;

	while (!cursor_is_empty(cursor) && f->issued_count < batch &&
	       !f->limited && !td->error) {
		if (cursor->object)
			issue_object(td, cursor);
		else if (cursor->running->step->file)
			change_files(td, cursor);
		else
			begin_object(td, cursor);
	}
}
