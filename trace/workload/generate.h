/* Writes a built-in trace as JSONL. */
#ifndef MOONCAKE_GENERATE_H
#define MOONCAKE_GENERATE_H

#include "trace/source/source.h"

/* Writes the trace @name, with or without "builtin:", to the file @path, or to
 * standard output if that is NULL. Returns 0, or -1 with @err filled. */
int generate(const char *name, const char *path, struct error *err);

#endif
