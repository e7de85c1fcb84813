/* Reads what a job file of fio says about a replay, in the words of
 * mooncake-plan's command line. */
#ifndef MOONCAKE_JOB_FILE_H
#define MOONCAKE_JOB_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "trace/base/error.h"

#define JOB_FILE_OTHERS 256

struct job_file {
	char *section;		      /* of the replay */
	char others[JOB_FILE_OTHERS]; /* other sections that do block I/O */
	char **words; /* "--name=value"; they live as long as this */
	size_t nr;
	bool no_stall;		 /* replay_no_stall */
	unsigned int time_scale; /* replay_time_scale, in percent */
};

/* Does @path end as the name of a job file does? */
bool job_file_named(const char *path);

/*
 * Reads the replay in @section, or the first one if that is NULL: the options
 * whose names @is_known knows, from the section and the [global]s before it.
 * With @needs_size they must say the capacity. Returns 0, or -1 with @err
 * filled. @f is all 0 before; job_file_free() is due either way.
 */
int job_file_read(struct job_file *f, const char *path, const char *section,
		  bool needs_size, bool (*is_known)(const char *name),
		  struct error *err);
void job_file_free(struct job_file *f);

#endif
