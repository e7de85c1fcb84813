/*
 * What jobs with unlink=1 take away at their end, and not at all where fio is
 * stopped before they have started, or where they died.
 */
#ifndef MOONCAKE_LEFTOVER_H
#define MOONCAKE_LEFTOVER_H

#include "trace/base/error.h"

struct thread_data;

/*
 * In setup(): with unlink=1, notes what @take can take away; it returns an
 * errno, and 0 where nothing is there any more. 0, or -1 with @err filled.
 */
int leftover_note(struct thread_data *td, const char *name,
		  int (*take)(const char *name), struct error *err);

/* The same for the job's files. */
int leftover_note_files(struct thread_data *td, struct error *err);

/* Takes away what is still there, when all jobs have ended. */
void leftover_take(void);

#endif
