/*
 * Files of fio for objects that come and go: as many as a job can have open at
 * a time, each lent to one file after the other. So memory does not grow with
 * the objects.
 */
#ifndef MOONCAKE_HANDLES_H
#define MOONCAKE_HANDLES_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/error.h"

struct thread_data;
struct fio_file;

struct handle {
	struct fio_file *file; /* open while it is lent */
	uint32_t users;
	uint64_t key; /* what its user knows it by */
	bool written; /* opened for writing */
	struct handle *next_free;
};

struct handles {
	struct handle *all;
	struct handle *free;
	unsigned int nr;
	unsigned int first_file; /* of fio's, in the order of handles */
};

/* What a layout in files keeps in a job. */
struct object_files {
	struct handles handles;
	char **folders; /* that hold them: place n is in folder n % nr_folders */
	unsigned int nr_folders;
	struct handle *written; /* of buckets, those kept open */
	struct handle *read;
};

/* In setup(): adds fio's files, one for each object that can be in flight and
 * the few that are kept open. 0, or -1 with @err filled. */
int handles_setup(struct handles *h, struct thread_data *td, struct error *err);

/* In the job: the handles on those files. 0, or -1 with td's error set. */
int handles_start(struct handles *h, struct thread_data *td);
void handles_stop(struct handles *h);

/*
 * Opens @path with @flags, and what fio's direct= and sync= ask for; with
 * O_CREAT, folders above it that are not there are made. @bytes is how long
 * the file will be at the most. NULL with td's error set.
 */
struct handle *handle_open(struct thread_data *td, const char *path, int flags,
			   uint64_t bytes);

/* One user less. The last one closes the file, after the sync that
 * fsync_on_close= asks for. Sets td's error where that fails. */
void handle_put(struct thread_data *td, struct handle *handle);

#endif
