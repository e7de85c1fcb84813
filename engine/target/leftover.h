/* Takes away what unlink=1 asks jobs to take away, where they did not: because
 * fio was stopped before they started, or because they died. */
#ifndef MOONCAKE_LEFTOVER_H
#define MOONCAKE_LEFTOVER_H

#include "trace/base/error.h"

struct thread_data;

/*
 * Called in setup(). With unlink=1, notes that @take can take @name away; @take
 * returns an errno, and 0 also where nothing is there any more. Returns 0, or
 * -1 with @err filled.
 */
int leftover_note(struct thread_data *td, const char *name,
		  int (*take)(const char *name), struct error *err);

/* Does the same for the job's files. */
int leftover_note_files(struct thread_data *td, struct error *err);

/* Takes away what is still there. Called when all jobs have ended; says what it
 * can't take away. */
void leftover_take(void);

#endif
