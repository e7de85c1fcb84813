/*
 * The folder of a cache whose objects are files. It holds a mark of this
 * engine, folders of two hexadecimal digits, and files with names of ours. A
 * folder that holds anything else is left alone.
 */
#ifndef MOONCAKE_FOLDER_H
#define MOONCAKE_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "trace/base/error.h"

/* The most bytes that the names of a file of ours and of the folders above it
 * have, and so the path of the cache's folder. */
#define FOLDER_NAME_MAX 64
#define FOLDER_PATH_MAX (PATH_MAX - 1 - FOLDER_NAME_MAX)

/*
 * May the folder be this engine's? It may where it is not there yet, is empty,
 * or holds nothing but what an earlier run made. Changes nothing. Returns 0, or
 * -1 with @err filled, which names what is in the way.
 */
int folder_check(const char *path, struct error *err);

/* Makes the folder, or empties it of what an earlier run made. Returns 0, or -1
 * with @err filled. */
int folder_claim(const char *path, struct error *err);

/*
 * Takes the folder away with all that this engine made. Returns 0 or an errno.
 */
int folder_remove(const char *path);

/* Makes the folders above @path that are not there. Returns 0, or -1 with errno
 * set. */
int folder_make_parents(const char *path);

/* What the file of an object is named after. */
struct object_name {
	uint64_t hash_id;
	uint32_t slot;
	uint32_t number; /* in its block */
};

/*
 * Write "FOLDER/hh/hh/HASHID-SLOT.NUMBER" and "FOLDER/hh/hh/PLACE-NUMBER.bucket"
 * into @buf of PATH_MAX bytes, with @levels folders that are named after a hash
 * of what the file is named after. @key has the place above the number.
 */
void folder_object_path(char *buf, const char *folder, unsigned int levels,
			const struct object_name *name);
void folder_bucket_path(char *buf, const char *folder, unsigned int levels,
			uint64_t key);

#endif
