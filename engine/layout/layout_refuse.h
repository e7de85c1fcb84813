/* Refuses what a layout can't do. */
#ifndef MOONCAKE_LAYOUT_REFUSE_H
#define MOONCAKE_LAYOUT_REFUSE_H

#include "trace/base/error.h"

struct thread_data;

/* Refuses options that don't go with the job's layout=. Returns 0, or -1 with
 * @err filled, which names them. */
int layout_refuse(struct thread_data *td, struct error *err);

#endif
