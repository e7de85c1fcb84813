/* Where the slots of a replay lie: striped over the files of the job. Slot n is
 * in file n % files, behind the file's offset, at place n / files there. */
#ifndef MOONCAKE_TARGET_H
#define MOONCAKE_TARGET_H

#include <stdint.h>

#include "trace/model/shape.h"

struct thread_data;
struct fio_file;

struct target {
	uint64_t slots; /* capacity */
	uint64_t slot_bytes;
	uint64_t piece_bytes; /* what a slot takes in each region of its file */
	unsigned int files;
};

/*
 * Works out the capacity from fio's size=, filesize=, offset= and from the
 * files as they are, once the backend has found their sizes. Returns 0, or -1
 * with @err filled.
 */
int target_measure(struct target *t, struct thread_data *td,
		   const struct shape *shape, struct error *err);

/*
 * Brings local files to their full size before fio looks at them, as fallocate=
 * says, and sees that they can be written. fio would write them full, which is
 * of no use: this engine reads only what it has written. Returns 0, or -1 with
 * @err filled and all files as they were.
 */
int target_allocate(const struct target *t, struct thread_data *td,
		    struct error *err);

/* Would target_allocate() make or lengthen a file? Such a file is slower until
 * all of it has been written once. */
bool target_fresh(const struct target *t, struct thread_data *td);

/* Returns how many of all slots lie in file @i. */
uint64_t target_slots_in(const struct target *t, unsigned int i);

#endif
