/*
 * What fio doesn't tell of its engines, as running them and reading their
 * sources showed: which of them keep no data, which put all files of a job into
 * one place, and beyond which depth or size they lose some.
 */
#ifndef MOONCAKE_KNOWN_H
#define MOONCAKE_KNOWN_H

#include <stdbool.h>

#include "trace/base/error.h"

struct thread_data;
struct mooncake_options;

/*
 * Can the backend that the options name hold a cache in the files of @td, which
 * @workers jobs share? Asked before it is set up. Returns 0, or -1 with @err
 * filled.
 */
int known_refuse(const struct thread_data *td, const struct mooncake_options *o,
		 unsigned int workers, struct error *err);

/* Does backend_options= alone say where the data lie, whatever the job's files
 * are? */
bool known_by_options(const char *name);

/* Do the files of a job with this backend lie in a service, and not on this
 * machine? Some engines of that kind have no flag that says so. */
bool known_elsewhere(const char *name);

/*
 * Do both jobs mean the same service? Where the files of a backend are not on
 * this machine but in what backend_options= names, those options must agree.
 */
bool known_same_service(const struct mooncake_options *a,
			const struct mooncake_options *b);

#endif
