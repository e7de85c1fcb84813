/*
 * A trace in memory: requests in the order of arrival, and the blocks that each
 * looks up. Hash ids may be any integers; inside, a block is its number in the
 * order of first appearance, so that all that is known of blocks is an array.
 */
#ifndef MOONCAKE_TRACE_H
#define MOONCAKE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/session/turns.h"
#include "trace/source/id_list.h"
#include "trace/source/source.h"

#define TRACE_REMARK_MAX 512

/* A request, as it also lies in a compiled trace: without gaps. */
struct trace_request {
	int64_t arrival_ns;	/* since the earliest one of the file */
	uint32_t first_lookup;	/* index into trace.lookups */
	uint32_t input_length;	/* tokens */
	uint32_t output_length; /* tokens */
} __attribute__((packed, aligned(4)));

struct trace {
	struct trace_request *requests;
	uint32_t nr_requests;
	uint32_t *lookups; /* block index of each lookup, in trace order */
	uint64_t nr_lookups;
	struct id_list hash_ids; /* see trace_hash_id() */
	uint32_t nr_blocks;
	struct trace_turn *turns; /* of each request, or NULL: turns.h */
	uint32_t nr_sessions;	  /* with turns */
	uint32_t nr_users;	  /* with turns and sessions= */
	uint64_t bad_lines;	  /* left out (TRACE_BAD_LINES_SKIP) */
	/* What may be wrong though the trace was read, for the caller to print:
	 * one line without its end, or "". */
	char remark[TRACE_REMARK_MAX];
	uint32_t block_tokens;
	void *map; /* of a compiled trace: all of these are in it */
	size_t map_bytes;
};

/* Returns how many lookups a request has: those up to the first of the next. */
static inline uint32_t trace_lookups_of(const struct trace *t, uint32_t request)
{
	uint64_t end = request + UINT64_C(1) < t->nr_requests ?
			       t->requests[request + UINT64_C(1)].first_lookup :
			       t->nr_lookups;

	return end - t->requests[request].first_lookup;
}

/* Returns what tells a block from all others: its hash id, or its number where
 * the trace is compiled and has no hash ids. */
static inline uint64_t trace_hash_id(const struct trace *t, uint32_t block)
{
	return t->hash_ids.nr ? id_list_at(&t->hash_ids, block) : block;
}

/* Returns the time from the first arrival to the last. */
static inline uint64_t trace_span_ns(const struct trace *t)
{
	if (!t->nr_requests)
		return 0;
	return t->requests[t->nr_requests - 1].arrival_ns -
	       t->requests[0].arrival_ns;
}

/* Writes "3 sessions, 2 users", or "" where the trace has none. */
#define TRACE_SESSIONS_TEXT 48
void trace_sessions_text(char text[TRACE_SESSIONS_TEXT], const struct trace *t);

/*
 * Reads, maps or generates the trace that @o names, cut to max_requests=, then
 * to the shard, then without partly filled blocks if partial= says so. A trace
 * without any request is an error, an empty shard is not. Returns 0, or -1 with
 * @err filled and @t empty.
 */
int trace_load(struct trace *t, const struct trace_options *o,
	       struct error *err);

/* Is there such a trace, and can it be opened? Returns 0, or -1 with @err
 * filled. */
int trace_find(const struct trace_options *o, struct error *err);

void trace_free(struct trace *t);

/* Does what trace_load() does, within other limits: for tests. */
int trace_load_within(struct trace *t, const struct trace_options *o,
		      const struct trace_limits *limits, struct error *err);

#endif
