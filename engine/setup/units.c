#include "fio.h"

#include "engine/setup/options.h"
#include "engine/setup/units.h"

/* Checks bs=: direct I/O goes by sectors. */
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

/* Returns the unit without bs=: an object, with room for what direct I/O widens
 * it by at both ends. */
static uint64_t usual_unit(const struct thread_data *td,
			   const struct mooncake_options *o,
			   const struct shape *shape, enum fio_ddir ddir)
{
	if (!direct_widens(td, shape) ||
	    (ddir == DDIR_WRITE && !o->direct_writes))
		return shape->object_slot;
	return direct_round_up(td, shape->object_slot) + DIRECT_BOUNDS;
}

/* Returns the largest unit that is of use. Objects that are not aligned to
 * direct I/O are written as whole blocks. */
static uint64_t largest_unit(const struct thread_data *td,
			     const struct mooncake_options *o,
			     const struct shape *shape, enum fio_ddir ddir)
{
	uint64_t unit = usual_unit(td, o, shape, ddir);

	if (ddir == DDIR_WRITE && unit != shape->object_slot)
		return max(unit, direct_round_up(td, shape->slot_bytes));
	return unit;
}

int set_units(struct thread_data *td, const struct mooncake_options *opt,
	      const struct shape *shape, struct error *err)
{
	struct thread_options *o = &td->o;
	enum fio_ddir ddir;

	for (ddir = DDIR_READ; ddir <= DDIR_WRITE; ddir++) {
		if (!fio_option_is_set(o, bs))
			o->bs[ddir] = usual_unit(td, opt, shape, ddir);
		else if (check_unit(td, ddir, err))
			return -1;
		o->bs[ddir] = min((uint64_t)o->bs[ddir],
				  largest_unit(td, opt, shape, ddir));
		o->min_bs[ddir] = o->max_bs[ddir] = o->bs[ddir];
	}
	/* The engine sets the length of trims itself; their unit must not make
	 * buffers larger. */
	o->bs[DDIR_TRIM] = o->min_bs[DDIR_TRIM] = o->max_bs[DDIR_TRIM] =
		o->bs[DDIR_WRITE];
	return 0;
}
