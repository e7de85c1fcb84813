/*
 * Built-in traces, so that nothing need be downloaded: deterministic generators
 * whose output has the shape of traces that were published, the three of
 * Mooncake (FAST'25) and one of coding agents.
 */
#ifndef MOONCAKE_BUILTIN_H
#define MOONCAKE_BUILTIN_H

#include "trace/source/source.h"

#define BUILTIN_PREFIX "builtin:"
#define BUILTIN_BLOCK_TOKENS 512

struct builtin {
	const char *name; /* "conversation", as in builtin:conversation */
	const char *help; /* one line */
	/* Gives every request to @sink in order. Returns what the sink
	 * returned last, or -ENOMEM. */
	int (*generate)(trace_sink sink, void *arg);
};

/* The table, ended by a NULL name. */
extern const struct builtin builtins[];

/* The generator of that name (without prefix), or NULL. */
const struct builtin *builtin_find(const char *name);

#endif
