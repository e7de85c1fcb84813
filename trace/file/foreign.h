/*
 * Files that are no trace as this engine reads it, but look like something
 * that people try: what they are, and the command that makes a trace of them.
 */
#ifndef MOONCAKE_FOREIGN_H
#define MOONCAKE_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "trace/base/error.h"

/*
 * Is the file, whose first line that is not blank is @line (or the beginning
 * of it), of such a kind? Then @why says which, and how it becomes a trace.
 */
bool foreign_recognise(const char *path, const char *line, size_t len,
		       struct error *why);

#endif
