#include "fio.h"

#include "engine/result/check.h"
#include "engine/job.h"
#include "engine/replay/order.h"
#include "engine/result/stamp.h"

static struct stamp stamp_of(struct thread_data *td, const struct issued_io *io)
{
	struct feed *f = &job_of(td)->feed;
	const struct plan_step *step = io->running->step;

	return stamp_make(f->replay->stamp_run,
			  f->replay->trace->hash_ids[step->block],
			  plan_generation(step), io->offset);
}

void check_stamp(struct thread_data *td, struct io_u *io_u,
		 const struct issued_io *io)
{
	struct feed *f = &job_of(td)->feed;
	struct stamp stamp = stamp_of(td, io);

	stamp_write(&stamp, io_u->buf, io_u->buflen, f->stamp_stride);
}

static void report_mismatch(const struct io_u *io_u, const struct issued_io *io,
			    const struct stamp *want, const struct stamp *found,
			    uint64_t at)
{
	char what[200] =
		"no stamp: it was never written, or overwritten by something else";

	if (stamp_valid(found))
		snprintf(what, sizeof(what),
			 "block %llu, generation %llu, offset %llu%s",
			 (unsigned long long)found->hash_id,
			 (unsigned long long)found->generation,
			 (unsigned long long)found->offset,
			 found->run == want->run ? "" : ", of another run");
	log_err("mooncake: block %llu (slot %u, generation %llu) read from %s at offset %llu is not what was written: at %llu in the slot there is %s\n",
		(unsigned long long)want->hash_id, io->running->step->slot,
		(unsigned long long)want->generation, io_u->file->file_name,
		(unsigned long long)(io_u->offset + io_u->xfer_buflen -
				     io_u->buflen),
		(unsigned long long)at, what);
}

void check_read(struct thread_data *td, struct io_u *io_u,
		const struct issued_io *io)
{
	struct feed *f = &job_of(td)->feed;
	struct stamp want, found;
	uint64_t at;

	want = stamp_of(td, io);
	if (order_is_bad(f->replay, io->running->step) ||
	    stamp_check(&want, io_u->buf, io_u->buflen, f->stamp_stride, &at,
			&found))
		return;
	report_mismatch(io_u, io, &want, &found, at);
	io_u->error = EILSEQ;
}
