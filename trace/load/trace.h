/*
 * A trace in memory: requests in the order of arrival, and the blocks that each
 * looks up. Hash ids may be any integers; inside, a block is its index in
 * order of first appearance, so that everything about blocks is an array.
 */
#ifndef MOONCAKE_TRACE_H
#define MOONCAKE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/session/turns.h"
#include "trace/source/source.h"

#define TRACE_REMARK_MAX 512

struct trace_request {
	int64_t arrival_ns;    /* since the earliest one of the file */
	uint64_t first_lookup; /* index into trace.lookups */
	uint32_t nr_lookups;
	uint32_t input_length;	/* tokens */
	uint32_t output_length; /* tokens */
};

struct trace {
	struct trace_request *requests;
	uint32_t nr_requests;
	uint32_t *lookups; /* block index of each lookup, in trace order */
	uint64_t nr_lookups;
	uint64_t *hash_ids; /* of each block */
	uint32_t nr_blocks;
	struct trace_turn *turns; /* of each request, or NULL: turns.h */
	uint32_t nr_sessions;	  /* with turns */
	uint32_t nr_users;	  /* with turns and sessions= */
	uint64_t bad_lines;	  /* left out (TRACE_BAD_LINES_SKIP) */
	/* What may be wrong though the trace was read, for the caller to
	 * print: one line without its end, or "". */
	char remark[TRACE_REMARK_MAX];
	uint32_t block_tokens;
};

/*
 * Reads or generates the trace that @o names, cut to max_requests, then to
 * the shard, then partial blocks dropped. Returns 0, or -1 with @err filled;
 * @t is then empty. An empty trace (no request at all) is an error; an empty
 * shard is not.
 */
int trace_load(struct trace *t, const struct trace_options *o,
	       struct error *err);

/* Is there such a trace, and can it be opened? 0, or -1 with @err filled. */
int trace_find(const struct trace_options *o, struct error *err);

void trace_free(struct trace *t);

/* trace_load() with other limits, for tests. */
int trace_load_within(struct trace *t, const struct trace_options *o,
		      const struct trace_limits *limits, struct error *err);

#endif
