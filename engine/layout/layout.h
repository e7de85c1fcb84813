/*
 * Layouts: what a store does to its drive. Each is a file behind this
 * interface, and a row of the table in layout.c. It says where an object lies,
 * makes it appear, and makes it go. The hooks are called in the job; those that
 * return int return 0, or -1 with td's error set.
 */
#ifndef MOONCAKE_LAYOUT_H
#define MOONCAKE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/error.h"
#include "trace/plan/plan.h"

struct thread_data;
struct fio_file;
struct job;
struct request;
struct running_object;

struct layout {
	bool in_files; /* objects are in files that come and go */

	/* Says where the object of a read or write lies: sets its fileno and
	 * offset, and opens or makes its file. */
	int (*begin)(struct thread_data *td, struct running_object *object);
	/* All I/O of the object has completed, so what was written may appear.
	 * NULL where nothing has to be done. */
	int (*end)(struct thread_data *td, struct running_object *object);
	/* Does a step that is no I/O: PLAN_OPEN or PLAN_EVICT. NULL where the
	 * plan has none. */
	int (*change)(struct thread_data *td, const struct plan_step *step);
	/* Looks for the objects of a request that begins, as probe= says. NULL
	 * where there is nothing to look into. */
	int (*probe)(struct thread_data *td, const struct request *req);
};

extern const struct layout layout_slots, layout_files, layout_buckets;

/* Returns the row of the table. */
const struct layout *layout_of(enum plan_layout layout);

/* Is a block written as one object? Then a bucket of one block is written whole
 * and with direct I/O, though its objects are not aligned. */
bool layout_writes_blocks(struct thread_data *td);

/*
 * Called in setup(), after all checks. For a layout in files, takes the folders
 * that filename= names, and adds the files of fio that objects will use. The
 * first worker of a replay also removes what an earlier run left. Returns 0, or
 * -1 with @err filled and nothing changed.
 */
int layout_setup(struct thread_data *td, struct error *err);

/*
 * For a layout in files. fio opens the job's files after its last I/O, as for
 * end_fsync=, but those of objects are closed by then, and gone or under names
 * that fio does not know. So this syncs the filesystem of each folder, and
 * leaves fio with the folder as its file. Returns 0 or an errno.
 */
int layout_sync(struct thread_data *td, struct fio_file *f);

/* Called in the job before its first I/O and after its last. layout_start()
 * returns 0, or -1 with td's error set. */
int layout_start(struct thread_data *td);
void layout_stop(struct thread_data *td);

#endif
