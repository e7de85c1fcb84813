/* A layout before the first I/O: what it can't do, and its folders. */
#ifndef MOONCAKE_LAYOUT_SETUP_H
#define MOONCAKE_LAYOUT_SETUP_H

#include "trace/base/error.h"

struct thread_data;
struct fio_file;
struct job;

/* Options that don't go with the job's layout=. 0, or -1 with @err naming
 * them. */
int layout_refuse(struct thread_data *td, const struct job *job,
		  struct error *err);

/*
 * For a layout in files: takes the folders that filename= names, and adds the
 * files of fio that objects will use. In setup(), after all checks; what an
 * earlier run left is removed by the first worker of a replay. 0, or -1 with
 * @err filled and nothing changed.
 */
int layout_setup(struct thread_data *td, struct job *job, struct error *err);

/*
 * For a layout in files, when fio opens the job's files after its last I/O, as
 * it does for end_fsync=: those of objects are closed by then, and gone or
 * under names that fio does not know. So each folder's filesystem is synced,
 * and fio is left with the folder. An errno.
 */
int layout_sync(struct thread_data *td, struct fio_file *f);

/* In the job, before its first I/O and after its last. */
int layout_start(struct thread_data *td);
void layout_stop(struct thread_data *td);

#endif
