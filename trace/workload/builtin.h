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
	/* Gives every request to @sink in the order of arrival. Returns 0, what
	 * the sink returned to stop it, or -ENOMEM. */
	int (*generate)(trace_sink sink, void *arg);
};

/* The table, ended by a NULL name. */
extern const struct builtin builtins[];

/* Returns "NAME" where a trace is given as "builtin:NAME", or else NULL. */
const char *builtin_name(const char *source);

/* Returns the built-in trace of that name, which goes without the prefix, or
 * NULL. */
const struct builtin *builtin_find(const char *name);

#endif
