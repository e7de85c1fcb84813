#include "fio.h"

#include "engine/setup/units.h"

/* Direct I/O goes by sectors; objects begin at multiples of SHAPE_ALIGN. */
static int check_unit(struct thread_data *td, enum fio_ddir ddir,
		      struct error *err)
{
	unsigned long long bs = td->o.bs[ddir];

	if (td->o.odirect && bs % 512)
		return fail(err,
			    "bs=%llu is no multiple of 512, which direct=1 needs; round it, or set direct=0",
			    bs);
	return 0;
}

static int check_stride(struct thread_data *td, struct error *err)
{
	unsigned long long r = td->o.bs[DDIR_READ], w = td->o.bs[DDIR_WRITE];

	if (max(r, w) % min(r, w))
		return fail(err,
			    "bs=%llu,%llu: one must be a multiple of the other, so that what is read can be held against what was written",
			    r, w);
	return 0;
}

int set_units(struct thread_data *td, const struct shape *shape,
	      struct error *err)
{
	struct thread_options *o = &td->o;
	enum fio_ddir ddir;

	for (ddir = DDIR_READ; ddir <= DDIR_WRITE; ddir++) {
		if (!fio_option_is_set(o, bs))
			o->bs[ddir] = shape->object_slot;
		if (check_unit(td, ddir, err))
			return -1;
		o->bs[ddir] = min(o->bs[ddir],
				  (unsigned long long)shape->object_slot);
		o->min_bs[ddir] = o->max_bs[ddir] = o->bs[ddir];
	}
	/* No I/O is a trim; its unit must not decide how large buffers are. */
	o->bs[DDIR_TRIM] = o->min_bs[DDIR_TRIM] = o->max_bs[DDIR_TRIM] =
		o->bs[DDIR_WRITE];
	return check_stride(td, err);
}
