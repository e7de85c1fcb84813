/*
 * What fio doesn't tell of its engines: which of them keep no data, which put
 * all files of a job into one place, how much is lost in one piece. Found by
 * running them, and in their sources.
 */
#ifndef MOONCAKE_KNOWN_H
#define MOONCAKE_KNOWN_H

#include <stdbool.h>

#include "trace/base/error.h"

struct thread_data;
struct mooncake_options;

/*
 * Can the backend that the options name hold a cache that lies in
 * the files of @td, which @workers jobs share? Before it is set up. Returns 0, or -1 with @err filled.
 */
int known_refuse(const struct thread_data *td, const struct mooncake_options *o,
		 unsigned int workers, struct error *err);

/* Does backend_options= alone say where the data lie, whatever the files of
 * the job are? */
bool known_by_options(const char *name);

/*
 * Do both jobs mean the same service? Where the backend is one whose files lie
 * in what backend_options= name, and not on this machine, those must agree.
 */
bool known_same_service(const struct mooncake_options *a,
			const struct mooncake_options *b);

#endif
