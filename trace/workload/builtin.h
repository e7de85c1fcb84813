/*
 * Built-in traces: deterministic generators whose shape is that of the three
 * published Mooncake workloads (FAST'25), so that nothing need be downloaded.
 */
#ifndef MOONCAKE_BUILTIN_H
#define MOONCAKE_BUILTIN_H

#include "trace/source/source.h"

#define BUILTIN_PREFIX "builtin:"
#define BUILTIN_BLOCK_TOKENS 512

struct builtin {
	const char *name; /* "conversation", as in builtin:conversation */
	const char *help; /* one line */
	/* Gives every request to @sink in order; returns what the sink did. */
	int (*generate)(trace_sink sink, void *arg);
};

/* The table, ended by a NULL name. */
extern const struct builtin builtins[];

/* The generator of that name (without prefix), or NULL. */
const struct builtin *builtin_find(const char *name);

#endif
