/* fio options that would make a run wrong in silence. */
#ifndef MOONCAKE_REFUSE_H
#define MOONCAKE_REFUSE_H

#include "trace/model/shape.h"

struct thread_data;
struct job;

/* Options that are refused for every job, and whatever the trace. Returns 0,
 * or -1 with @err naming the option. */
int refuse_options(struct thread_data *td, const struct mooncake_options *o,
		   struct error *err);

/* What depends on the plan: verify=, and whether the buffers fit in memory. */
int refuse_plan(struct thread_data *td, struct job *job, struct error *err);

/* What only matters for observers: where group_reporting would merge one. */
int refuse_observer(struct thread_data *td, const struct job *job,
		    struct error *err);

#endif
