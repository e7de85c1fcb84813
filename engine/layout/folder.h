/*
 * The folder of a cache whose objects are files. It holds a mark of this
 * engine, folders of two hexadecimal digits, and files with names of ours:
 * where anything else lies in it, it is left alone.
 */
#ifndef MOONCAKE_FOLDER_H
#define MOONCAKE_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/error.h"

/* What a name of ours takes below the folder at the most. */
#define FOLDER_NAME_MAX 64

/*
 * May the folder be this engine's? It is not there yet, is empty, or holds
 * nothing but what an earlier run made. 0, or -1 with @err naming what is in
 * the way. Changes nothing.
 */
int folder_check(const char *path, struct error *err);

/* Makes it, or empties it of what an earlier run made. 0, or -1 and @err. */
int folder_claim(const char *path, struct error *err);

/* Takes it away with all that this engine made. Returns an errno. */
int folder_remove(const char *path);

/* The folders above @path that are not there, below one that is. 0 or -1 with
 * errno. */
int folder_make_parents(const char *path);

/*
 * "FOLDER/hh/hh/NAME" into @buf of PATH_MAX bytes, with @levels of folders
 * named after the last bytes of @hash.
 */
void folder_path(char *buf, const char *folder, unsigned int levels,
		 uint64_t hash, const char *name);

#endif
