/* What a cache lies on: the device and filesystem that are measured. */
#ifndef MOONCAKE_MEDIUM_H
#define MOONCAKE_MEDIUM_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/error.h"

#define MEDIUM_TEXT 320

/*
 * "/dev/vda, ext4 at /, solid state, 252.0 GiB, 80.1 GiB free" of the file,
 * folder or device at @path, which need not be there yet. What can't be found
 * out is left out.
 */
void medium_describe(char text[MEDIUM_TEXT], const char *path);

/*
 * Refuses a path below /dev that is no device: a name with a slip in it would
 * fill the memory that /dev lies in. 0, or -1 with @err filled.
 */
int medium_check(const char *path, struct error *err);

#endif
