/*
 * Layouts: what a store does to its drive. Each is a file behind this
 * interface, and a row of the table in layout.c: where an object lies, what
 * makes it appear, and what makes it go.
 */
#ifndef MOONCAKE_LAYOUT_H
#define MOONCAKE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/error.h"
#include "trace/plan/plan.h"

struct thread_data;
struct job;
struct request;
struct running_object;

struct layout {
	bool in_files; /* objects are in files that come and go */

	/*
	 * In the job. Each returns 0, or -1 with td's error set.
	 *
	 * Says where the object of a read or write lies: sets its fileno and
	 * offset, and opens or makes its file.
	 */
	int (*begin)(struct thread_data *td, struct running_object *object);
	/* All I/O of the object has completed: what was written appears.
	 * NULL where nothing does. */
	int (*end)(struct thread_data *td, struct running_object *object);
	/* The object is abandoned: what it had open is closed. NULL where
	 * nothing is. */
	void (*abandon)(struct thread_data *td, struct running_object *object);
	/* A step that is no I/O: PLAN_OPEN or PLAN_EVICT. */
	int (*change)(struct thread_data *td, const struct plan_step *step);
	/* The request looks for its objects: probe=. */
	int (*probe)(struct thread_data *td, const struct request *req);
};

extern const struct layout layout_slots, layout_files, layout_buckets;

const struct layout *layout_of(enum plan_layout layout);

/* Is a block written as one object, so that a bucket of one block is written
 * whole and with direct I/O, though its objects are not aligned? */
bool layout_writes_blocks(struct thread_data *td);

#endif
