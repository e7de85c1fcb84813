/* Operations on files. Each is timed where somebody observes its kind, and
 * given to the observers through a ring for each worker and kind. */
#ifndef MOONCAKE_OPERATIONS_H
#define MOONCAKE_OPERATIONS_H

#include <stdint.h>

struct thread_data;

enum operation {
	OPERATION_OPEN,	   /* of an object that is loaded */
	OPERATION_CREATE,  /* of a file that is written */
	OPERATION_PUBLISH, /* rename to its name */
	OPERATION_UNLINK,
	OPERATION_PROBE, /* stat, or a listing */
	OPERATIONS	 /* as many as RING_KINDS */
};

/* Returns the time at which an operation begins, or 0 where nobody observes
 * operations. */
uint64_t operation_begin(struct thread_data *td);

/*
 * Gives the observers a sample of an operation that began at @since, which is
 * what operation_begin() returned, and is done now. Waits while they lag
 * behind.
 */
void operation_end(struct thread_data *td, enum operation operation,
		   uint64_t since);

/* Unlinks the file at @path. Returns 0, or -1 with td's error set. */
int operation_unlink(struct thread_data *td, const char *path);

#endif
