/*
 * What the parts that load a trace share and nobody else needs: trace.c asks
 * a source (reader.c or a built-in generator) for rows, builder.c makes
 * requests and blocks of them, select.c cuts the result to a shard.
 */
#ifndef MOONCAKE_LOAD_H
#define MOONCAKE_LOAD_H

#include "trace.h"

/* Beyond these a trace is refused: indexes and plan steps have no room, or a
 * line would take more memory than a request can be worth. */
struct trace_limits {
	size_t line_bytes;
	uint64_t requests;
	uint64_t lookups;
	uint64_t blocks;
};

extern const struct trace_limits trace_limits_default;

/* trace_load() with other limits, for tests. */
int trace_load_within(struct trace *t, const struct trace_options *o,
		      const struct trace_limits *limits,
		      struct trace_error *err);

/* trace_fail() behind "trace=SOURCE, line N: "; @line 0 leaves the line out. */
int trace_fail_at(struct trace_error *err, const char *source, uint64_t line,
		  const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The finaliser of splitmix64: spreads ids of any pattern over 64 bits. */
static inline uint64_t trace_hash(uint64_t id)
{
	id = (id ^ (id >> 30)) * 0xbf58476d1ce4e5b9;
	id = (id ^ (id >> 27)) * 0x94d049bb133111eb;
	return id ^ (id >> 31);
}

#endif
