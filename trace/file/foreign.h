/* Recognises files that people try although they are no trace as this engine
 * reads it: says what they are, and which command makes a trace of them. */
#ifndef MOONCAKE_FOREIGN_H
#define MOONCAKE_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

#include "trace/base/error.h"

/*
 * Is the file at @path, whose first line that is not blank is @line (or begins
 * with it), of a kind that is known here? If so, @why says of which, and how it
 * becomes a trace.
 */
bool foreign_recognise(const char *path, const char *line, size_t len,
		       struct error *why);

#endif
