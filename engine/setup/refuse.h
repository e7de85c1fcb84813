/* Refuses fio options that would make a run wrong without saying so. */
#ifndef MOONCAKE_REFUSE_H
#define MOONCAKE_REFUSE_H

#include "trace/model/shape.h"

struct thread_data;
struct job;

/* Refuses options that no job of this engine can have, whatever the trace.
 * Returns 0, or -1 with @err filled, which names the option. */
int refuse_options(struct thread_data *td, const struct mooncake_options *o,
		   struct error *err);

/* Refuses what the plan rules out: verify=, buffers beyond the memory, a
 * warm-up of all requests.
 * Returns 0, or -1 with @err filled. */
int refuse_plan(struct thread_data *td, struct error *err);

/* Refuses what rules out an observer, such as group_reporting with others.
 * Returns 0, or -1 with @err filled. */
int refuse_observer(struct thread_data *td, const struct job *job,
		    struct error *err);

#endif
