/*
 * Says what a cache lies on: the device and the filesystem that are measured.
 */
#ifndef MOONCAKE_MEDIUM_H
#define MOONCAKE_MEDIUM_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/error.h"

#define MEDIUM_TEXT 320

/*
 * Describes what the file, folder or device at @path lies on, as "/dev/vda,
 * ext4 at /, solid state, 252.0 GiB, 80.1 GiB free". It need not be there yet.
 * What can't be found out is left out.
 */
void medium_describe(char text[MEDIUM_TEXT], const char *path);

/*
 * Refuses a path below /dev that is no device: a file under a misspelled name
 * would fill the memory that /dev lies in. Returns 0, or -1 with @err filled.
 */
int medium_check(const char *path, struct error *err);

#endif
