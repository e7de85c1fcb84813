/*
 * Files of fio for objects that come and go: as many as a job can have open at
 * a time, each lent to one object's file after the other. So memory does not
 * grow with the objects.
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
	unsigned int first_file; /* number of fio's first one */
};

/* What a job keeps for a layout in files. */
struct object_files {
	struct handles handles;
	char **folders; /* place n is in folder n % nr_folders */
	unsigned int nr_folders;
	struct handle *written; /* the buckets that are kept open */
	struct handle *read;
};

/* Called in setup(). Adds fio's files: one for each object that can be in
 * flight, and the few that are kept open. Returns 0, or -1 with @err filled. */
int handles_setup(struct handles *h, struct thread_data *td, struct error *err);

/* Called in the job. Makes the handles on those files. Returns 0, or -1 with
 * td's error set. */
int handles_start(struct handles *h, struct thread_data *td);
void handles_stop(struct handles *h);

/*
 * Opens @path with @flags, and with what fio's direct= and sync= ask for; with
 * O_CREAT it also makes folders above it that are not there. @bytes is how long
 * the file will be at the most. The handle that it returns has one user.
 * Returns NULL with td's error set where that fails.
 */
struct handle *handle_open(struct thread_data *td, const char *path, int flags,
			   uint64_t bytes);

/* Ends one use of *@lent, where that is a handle, and makes it NULL. The last
 * use closes the file, after the sync that fsync_on_close= asks for. Sets td's
 * error where the sync fails. */
void handle_put(struct thread_data *td, struct handle **lent);

#endif
