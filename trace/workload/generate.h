/*
 * A built-in trace as JSONL.
 */
#ifndef MOONCAKE_GENERATE_H
#define MOONCAKE_GENERATE_H

#include "trace/source/source.h"

/* @name with or without "builtin:"; @path NULL is standard output. 0, or -1
 * with @err filled. */
int generate(const char *name, const char *path, struct error *err);

#endif
