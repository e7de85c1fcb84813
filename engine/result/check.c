#include "fio.h"

#include "engine/job.h"
#include "engine/replay/order.h"
#include "engine/result/check.h"
#include "engine/result/stamp.h"

/*
 * A part of an I/O: its bytes within the header or within the data of one
 * object. Each of these has stamps from its own beginning on, since data is
 * read without its header.
 */
struct part {
	struct stamp_places places;
	uint64_t at; /* in the slot */
	char *buf;
};

/* Says where stamps lie in the part that begins at @part->at and has at most
 * @left bytes. */
static void set_places(struct part *part, const struct job *job, uint64_t left)
{
	const struct shape *shape = &job->group->shape;
	uint64_t header = shape->object_header, in_object = part->at, begin = 0;

	if (shape->objects > 1)
		in_object %= shape->object_slot;
	if (in_object >= header)
		begin = header;
	part->places = (struct stamp_places){
		.offset = in_object - begin,
		.stride = job->feed.stamp_stride,
		.end = (begin == header ? shape->object_slot : header) - begin,
	};
	part->places.len = min(left, part->places.end - part->places.offset);
}

static struct part first_part(const struct job *job, const struct io_u *io_u,
			      const struct issued_io *io)
{
	const struct shape *shape = &job->group->shape;
	struct part part = {
		.at = io->object->number * shape->object_slot + io->offset,
		.buf = (char *)io_u->buf + io->before,
	};

	set_places(&part, job, io->len);
	return part;
}

/* Goes to the next part of @io. Returns false behind the last one. */
static bool next_part(struct part *part, const struct job *job,
		      const struct io_u *io_u, const struct issued_io *io)
{
	uint64_t done;

	part->at += part->places.len;
	part->buf += part->places.len;
	done = part->buf - (char *)io_u->buf - io->before;
	if (done == io->len)
		return false;
	set_places(part, job, io->len - done);
	return true;
}

static struct stamp stamp_of(const struct job *job, const struct issued_io *io,
			     const struct part *part)
{
	const struct plan_step *step = io->object->running->step;
	const struct replay *r = job->replay;

	return stamp_make(r->stamp_run, trace_hash_id(r->trace, step->block),
			  plan_generation(step), part->at);
}

static bool checks_data(const struct job *job)
{
	return job->options->check_blocks == CHECK_BLOCKS_DATA;
}

void check_stamp(struct thread_data *td, struct io_u *io_u,
		 const struct issued_io *io)
{
	const struct job *job = job_of(td);
	struct part part = first_part(job, io_u, io);
	struct stamp stamp;

	do {
		stamp = stamp_of(job, io, &part);
		stamp_write(&stamp, part.buf, &part.places, checks_data(job));
	} while (next_part(&part, job, io_u, io));
}

static void report_mismatch(const struct io_u *io_u, const struct issued_io *io,
			    const struct stamp *want, const char *what,
			    uint64_t at)
{
	log_err("mooncake: block %llu (slot %u, generation %llu) read from %s at offset %llu is not what was written: at %llu in the slot there is %s\n",
		(unsigned long long)want->hash_id,
		io->object->running->step->slot,
		(unsigned long long)want->generation, io_u->file->file_name,
		(unsigned long long)(io_u->offset + io_u->xfer_buflen -
				     io_u->buflen),
		(unsigned long long)at, what);
}

static void describe(char *what, size_t size, const struct stamp *want,
		     const struct stamp *found)
{
	if (!stamp_valid(found)) {
		snprintf(what, size,
			 "no stamp: it was never written, or overwritten by something else");
		return;
	}
	snprintf(what, size, "block %llu, generation %llu, offset %llu%s",
		 (unsigned long long)found->hash_id,
		 (unsigned long long)found->generation,
		 (unsigned long long)found->offset,
		 found->run == want->run ? "" : ", of another run");
}

static bool is_right(const struct job *job, const struct io_u *io_u,
		     const struct issued_io *io, const struct part *part)
{
	struct stamp want = stamp_of(job, io, part), found;
	enum stamp_result result;
	char what[200] = "another byte than was written";
	uint64_t at;

	result = stamp_check(&want, part->buf, &part->places, checks_data(job),
			     &at, &found);
	if (result == STAMP_RIGHT)
		return true;
	if (result == STAMP_WRONG)
		describe(what, sizeof(what), &want, &found);
	report_mismatch(io_u, io, &want, what, at);
	return false;
}

void check_read(struct thread_data *td, struct io_u *io_u,
		const struct issued_io *io)
{
	const struct job *job = job_of(td);
	struct part part;

	if (order_is_bad(job->replay, io->object->running->step))
		return;
	part = first_part(job, io_u, io);
	do {
		if (is_right(job, io_u, io, &part))
			continue;
		io_u->error = EILSEQ;
		return;
	} while (next_part(&part, job, io_u, io));
}
