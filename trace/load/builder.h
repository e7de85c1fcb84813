/*
 * Makes a trace of rows: numbers hash ids of any spread densely, in order of
 * first appearance, and stops at max_requests.
 */
#ifndef MOONCAKE_BUILDER_H
#define MOONCAKE_BUILDER_H

#include "trace/load/trace.h"

struct builder {
	struct trace *t;
	const struct trace_options *o;
	const struct trace_limits *limits;
	struct error *err;
	int64_t first_ns;      /* timestamp of the first row */
	uint64_t max_requests; /* room in t->requests, and so on */
	uint64_t max_lookups;
	uint64_t max_blocks;
	uint32_t *table;     /* block + 1 by hash of its id, 0 is free */
	uint64_t table_size; /* a power of two, at least twice the blocks */
};

/* Fills the empty trace @t. */
void builder_init(struct builder *b, struct trace *t,
		  const struct trace_options *o,
		  const struct trace_limits *limits, struct error *err);

/* The trace_sink, @arg is the builder: 0, 1 once max_requests are there, or
 * -1 with the error filled. */
int builder_add(void *arg, const struct trace_row *row);

/* Gives back all memory but the trace. */
void builder_free(struct builder *b);

#endif
