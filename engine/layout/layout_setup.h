/* A layout before the first I/O: refuses what it can't do, and takes its
 * folders. */
#ifndef MOONCAKE_LAYOUT_SETUP_H
#define MOONCAKE_LAYOUT_SETUP_H

#include "trace/base/error.h"

struct thread_data;
struct fio_file;
struct job;

/* Refuses options that don't go with the job's layout=. Returns 0, or -1 with
 * @err filled, which names them. */
int layout_refuse(struct thread_data *td, const struct job *job,
		  struct error *err);

/*
 * Called in setup(), after all checks. For a layout in files, takes the folders
 * that filename= names, and adds the files of fio that objects will use. The
 * first worker of a replay also removes what an earlier run left. Returns 0, or
 * -1 with @err filled and nothing changed.
 */
int layout_setup(struct thread_data *td, struct job *job, struct error *err);

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
