/* The unit of I/O: bs=, or a whole object. */
#ifndef MOONCAKE_UNITS_H
#define MOONCAKE_UNITS_H

#include "trace/base/error.h"
#include "trace/model/shape.h"

struct thread_data;

/* Sets it in td->o. 0, or -1 with @err naming the option. */
int set_units(struct thread_data *td, const struct shape *shape,
	      struct error *err);

#endif
