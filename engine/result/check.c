#include "fio.h"

#include "engine/job.h"
#include "engine/replay/order.h"
#include "engine/result/check.h"
#include "engine/result/stamp.h"

/* @io begins there in its block's slot. */
static struct stamp stamp_of(struct thread_data *td, const struct issued_io *io)
{
	const struct plan_step *step = io->object->running->step;
	struct job *job = job_of(td);
	struct replay *r = job->feed.replay;

	return stamp_make(r->stamp_run, trace_hash_id(r->trace, step->block),
			  plan_generation(step),
			  io->object->number * job->group->shape.object_slot +
				  io->offset);
}

static struct stamp_places places_of(struct thread_data *td,
				     const struct issued_io *io)
{
	return (struct stamp_places){
		.offset = io->offset,
		.len = io->len,
		.stride = job_of(td)->feed.stamp_stride,
		.end = job_of(td)->group->shape.object_slot,
	};
}

static bool checks_data(struct thread_data *td)
{
	return job_of(td)->options->check_blocks == CHECK_BLOCKS_DATA;
}

void check_stamp(struct thread_data *td, struct io_u *io_u,
		 const struct issued_io *io)
{
	struct stamp_places places = places_of(td, io);
	struct stamp stamp = stamp_of(td, io);

	stamp_write(&stamp, io_u->buf, &places, checks_data(td));
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

void check_read(struct thread_data *td, struct io_u *io_u,
		const struct issued_io *io)
{
	struct stamp want = stamp_of(td, io), found;
	struct stamp_places places = places_of(td, io);
	enum stamp_result result;
	char what[200] = "another byte than was written";
	uint64_t at;

	if (order_is_bad(job_of(td)->feed.replay, io->object->running->step))
		return;
	result = stamp_check(&want, io_u->buf, &places, checks_data(td), &at,
			     &found);
	if (result == STAMP_RIGHT)
		return;
	if (result == STAMP_WRONG)
		describe(what, sizeof(what), &want, &found);
	report_mismatch(io_u, io, &want, what, at);
	io_u->error = EILSEQ;
}
