#include "fio.h"

#include "engine/inflight/iolog_list.h"
#include "engine/job.h"
#include "engine/layout/layout.h"
#include "engine/pick/issue.h"
#include "engine/pick/request.h"
#include "engine/pick/stage.h"

void issue_start(struct thread_data *td)
{
	struct picker *p = &job_of(td)->picker;

	stages_make(td, &p->stages);
	p->counts.has_limit = td->o.number_ios || td->o.io_size;
}

static void begin_stage(struct cursor *cursor, struct running_object *object)
{
	cursor->object = object;
	cursor->from = stage_from(object);
	cursor->to = stage_to(object);
	object->left = 1;
}

void cursor_set_object(struct cursor *cursor, struct running_object *object)
{
	cursor->running = object->running;
	cursor->number = cursor->end = 0;
	begin_stage(cursor, object);
}

static void count_to_limit(struct thread_data *td, struct issue_counts *counts,
			   uint64_t len)
{
	counts->ios++;
	counts->bytes += len;
	counts->limit_met =
		(td->o.number_ios &&
		 counts->ios >= td->o.number_ios * td->loops) ||
		(td->o.io_size && counts->bytes >= td->o.io_size * td->loops);
}

/* Counts an I/O that is issued. Trims and syncs are not among those that a user
 * asks for by number. */
static void count_io(struct thread_data *td, struct job *job,
		     struct running_object *object, uint64_t len)
{
	struct issue_counts *counts = &job->picker.counts;
	const struct stage *stage = object->stage;

	job->feed.issued_count++;
	if (stage->ddir > DDIR_WRITE)
		return;
	if (counts->has_limit)
		count_to_limit(td, counts, len);
	if (stage->ddir != DDIR_WRITE)
		return;
	job->feed.writes_inflight++;
	if (ddir_sync(stage[1].ddir) &&
	    stage_sync_due(td, ++counts->writes) != DDIR_INVAL)
		object->syncs++;
}

/*
 * Says where up to @len bytes of the object, from @from on, lie: within one of
 * its pieces, of which most objects have one. A division takes as long as fio's
 * counting in one of its histograms, so it is left out there.
 */
static void place_io(const struct shape *shape,
		     const struct running_object *object, uint64_t from,
		     uint64_t len, struct io_piece *ipo)
{
	uint64_t piece, in_piece = from;

	if (shape->pieces > 1) {
		piece = from / shape->piece_slot;
		in_piece -= piece * shape->piece_slot;
		len = min(len, shape->piece_slot - in_piece);
		in_piece += piece * object->region;
	}
	ipo->offset = object->offset - object->before + in_piece;
	ipo->len = len;
}

/* Cuts what the engine knows of a widened I/O to the bytes that are the
 * object's. */
static void cut_to_object(const struct stages *stages, struct issued_io *io)
{
	const struct running_object *object = io->object;
	uint64_t from = io->offset, before = object->before, len = io->len;
	uint64_t bytes = stages->bytes[object->running->step->write];

	io->before = from < before ? min(before - from, len) : 0;
	io->offset = from + io->before - before;
	io->len = 0;
	if (io->offset < bytes)
		io->len = min(len - io->before, bytes - io->offset);
}

/* Issues the next I/O of the cursor's object, and moves the cursor on. */
static void issue_io(struct thread_data *td, struct cursor *cursor)
{
	struct running_object *object = cursor->object;
	const struct stage *stage = object->stage;
	struct job *job = job_of(td);
	struct issued_io *io = &job->feed.issued[job->feed.issued_count];
	struct io_piece *ipo = iolog_list_add(td, stage->ddir);

	if (!ipo)
		return;
	*io = (struct issued_io){
		.object = object,
		.offset = cursor->from,
		.len = min(stage->unit, cursor->to - cursor->from),
	};
	ipo->fileno = object->fileno;
	if (!ddir_sync(stage->ddir)) {
		place_io(&job->group->shape, object, cursor->from, io->len,
			 ipo);
		io->len = ipo->len;
	}
	cursor->from += io->len;
	count_io(td, job, object, io->len);
	if (job->picker.stages.widens)
		cut_to_object(&job->picker.stages, io);
	if (cursor->from < cursor->to) {
		object->left++;
		return;
	}
	cursor->object = NULL;
	if (cursor->number == cursor->end)
		cursor->running = NULL;
}

/* Does a step that is no I/O: files go, or a bucket begins. */
static void change_files(struct thread_data *td, struct cursor *cursor)
{
	struct running_step *step = cursor->running;

	cursor->running = NULL;
	if (!job_of(td)->layout->change(td, step->step))
		request_step_done(td, step);
}

/* Begins the cursor's next object. Returns true when it has I/Os to issue. */
static bool begin_object(struct thread_data *td, struct cursor *cursor)
{
	struct job *job = job_of(td);
	struct running_step *step = cursor->running;
	struct running_object *object;

	if (step->step->file) {
		change_files(td, cursor);
		return false;
	}
	object =
		running_use_object(&job->feed.running, step,
				   stage_first(&job->picker.stages, step->step),
				   cursor->number++);
	if (job->layout->begin(td, object))
		return false;
	begin_stage(cursor, object);
	return true;
}

void issue_ios(struct thread_data *td, struct cursor *cursor,
	       unsigned int batch)
{
	const struct job *job = job_of(td);

	while (!cursor_is_empty(cursor) && job->feed.issued_count < batch &&
	       !job->picker.counts.limit_met && !td->error)
		if (cursor->object || begin_object(td, cursor))
			issue_io(td, cursor);
}
