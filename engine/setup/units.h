/* bs=, the unit of an I/O, and the bounds of direct I/O. */
#ifndef MOONCAKE_UNITS_H
#define MOONCAKE_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "fio.h"

#include "trace/base/error.h"
#include "trace/model/shape.h"

struct mooncake_options;

/*
 * Sets the unit in td->o: what bs= says, by default an object, and never more
 * than can be issued at once. Returns 0, or -1 with @err filled, which names
 * the option.
 */
int set_units(struct thread_data *td, const struct mooncake_options *o,
	      const struct shape *shape, struct error *err);

/* Direct I/O begins and ends at multiples of this; other I/O at any byte. */
#define DIRECT_BOUNDS UINT64_C(4096)

static inline uint64_t direct_round_down(const struct thread_data *td,
					 uint64_t offset)
{
	return td->o.odirect ? offset & ~(DIRECT_BOUNDS - 1) : offset;
}

static inline uint64_t direct_round_up(const struct thread_data *td,
				       uint64_t offset)
{
	if (!td->o.odirect)
		return offset;
	return (offset + DIRECT_BOUNDS - 1) & ~(DIRECT_BOUNDS - 1);
}

/*
 * Do objects begin and end at other bytes, so that reads of them are widened?
 */
static inline bool direct_widens(const struct thread_data *td,
				 const struct shape *shape)
{
	return td->o.odirect && shape->object_align < DIRECT_BOUNDS;
}

#endif
