/*
 * A trace in memory: requests in order of arrival, and the blocks that each
 * looks up. Hash ids may be any integers; inside, a block is its index in
 * order of first appearance, so that everything about blocks is an array.
 */
#ifndef MOONCAKE_TRACE_H
#define MOONCAKE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_ERROR_MAX	768

/* What went wrong, in one line for the user: source, line, reason, remedy. */
struct trace_error {
	char text[TRACE_ERROR_MAX];
};

/* printf into the error; always returns -1, so that callers can return it. */
int trace_fail(struct trace_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

enum trace_partial {
	TRACE_PARTIAL_STORE,	/* keep the last, partly filled block */
	TRACE_PARTIAL_SKIP,	/* drop its lookup, as most engines do */
};

enum trace_bad_lines {
	TRACE_BAD_LINES_FAIL,
	TRACE_BAD_LINES_SKIP,	/* leave the line out and count it */
};

enum trace_unit {
	TRACE_UNIT_MS,
	TRACE_UNIT_S,
};

struct trace_options {
	const char *source;	/* path (.jsonl, .jsonl.gz) or "builtin:NAME" */
	uint64_t max_requests;	/* 0: all */
	uint32_t block_tokens;	/* tokens that one hash id stands for */
	enum trace_unit unit;	/* of the timestamps */
	enum trace_partial partial;
	enum trace_bad_lines bad_lines;
	uint32_t shard;		/* 1-based; 1 of 1 is everything */
	uint32_t shards;
};

/* The contract's defaults, with source left NULL. */
void trace_options_init(struct trace_options *o);

struct trace_request {
	int64_t arrival_ns;	/* since the first timestamp of the file */
	uint64_t first_lookup;	/* index into trace.lookups */
	uint32_t nr_lookups;
	uint32_t input_length;	/* tokens */
	uint32_t output_length;	/* tokens */
};

struct trace {
	struct trace_request *requests;
	uint32_t nr_requests;
	uint32_t *lookups;	/* block index of each lookup, in trace order */
	uint64_t nr_lookups;
	uint64_t *hash_ids;	/* of each block */
	uint32_t nr_blocks;
	uint64_t bad_lines;	/* left out (TRACE_BAD_LINES_SKIP) */
	uint32_t block_tokens;
};

/*
 * Reads or generates the trace that @o names, cut to max_requests, then to
 * the shard, then partial blocks dropped. Returns 0, or -1 with @err filled;
 * @t is then empty. An empty trace (no request at all) is an error; an empty
 * shard is not.
 */
int trace_load(struct trace *t, const struct trace_options *o,
	       struct trace_error *err);

void trace_free(struct trace *t);

/* One request as the file has it, before blocks are numbered. */
struct trace_row {
	int64_t timestamp_ns;
	uint64_t input_length;
	uint64_t output_length;
	const uint64_t *hash_ids;
	size_t nr_hash_ids;
};

/* Takes rows one by one; a return other than 0 stops the source. */
typedef int (*trace_sink)(void *arg, const struct trace_row *row);

#endif
