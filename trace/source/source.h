/*
 * Where a trace comes from. A source (reader.c for a file, trace/workload for
 * the built-in generators) gives rows, one request after the other as it
 * stands there; trace/load makes a trace of them.
 */
#ifndef MOONCAKE_SOURCE_H
#define MOONCAKE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "trace/base/choice.h"
#include "trace/base/error.h"

enum trace_partial {
	TRACE_PARTIAL_STORE, /* keep the last, partly filled block */
	TRACE_PARTIAL_SKIP,  /* drop its lookup, as most engines do */
};

enum trace_bad_lines {
	TRACE_BAD_LINES_FAIL,
	TRACE_BAD_LINES_SKIP, /* leave the line out and count it */
};

enum trace_unit {
	TRACE_UNIT_MS,
	TRACE_UNIT_S,
};

extern const struct choice choice_partial[];
extern const struct choice choice_bad_lines[];
extern const struct choice choice_unit[];

struct trace_options {
	const char *source;    /* path (.jsonl, .jsonl.gz) or "builtin:NAME" */
	uint64_t max_requests; /* 0: all */
	uint32_t block_tokens; /* tokens that one hash id stands for */
	enum trace_unit unit;  /* of the timestamps */
	enum trace_partial partial;
	enum trace_bad_lines bad_lines;
	uint32_t shard; /* 1-based; 1 of 1 is everything */
	uint32_t shards;
};

/* The defaults, with source left NULL. */
void trace_options_init(struct trace_options *o);

/* One request as the source has it, before blocks are numbered. */
struct trace_row {
	int64_t timestamp_ns;
	uint64_t input_length;
	uint64_t output_length;
	const uint64_t *hash_ids;
	size_t nr_hash_ids;
};

/* Takes rows one by one; a return other than 0 stops the source. */
typedef int (*trace_sink)(void *arg, const struct trace_row *row);

/* Beyond these a trace is refused: indexes and plan steps have no room, or a
 * line would take more memory than a request can be worth. */
struct trace_limits {
	size_t line_bytes;
	uint64_t requests;
	uint64_t lookups;
	uint64_t blocks;
};

extern const struct trace_limits trace_limits_default;

/* fail() behind "trace=SOURCE, line N: "; @line 0 leaves the line out. */
int fail_at(struct error *err, const char *source, uint64_t line,
	    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
