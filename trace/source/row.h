/* A row while it is read from a line: what both ways to read one (row_json.c
 * and row_fast.c) share. */
#ifndef MOONCAKE_ROW_H
#define MOONCAKE_ROW_H

#include "trace/source/source.h"

struct row_buffer {
	struct trace_row row;
	uint64_t block_size; /* tokens, as the row states; 0: it doesn't */
	uint64_t *hash_ids;  /* what row.hash_ids points to */
	size_t room;	     /* hash ids that fit there */
};

void row_free(struct row_buffer *b);

/*
 * Begins a new row, which is empty. The memory of the row before is used again.
 */
void row_begin(struct row_buffer *b);

/* Makes room for @n hash ids, and keeps those that are there. Returns 0, or -1
 * when there is no memory. */
int row_room(struct row_buffer *b, size_t n);

/* Converts a time of the trace, in its unit, to nanoseconds. The result must be
 * within TRACE_TIME_MAX_NS either way of 0. */
int64_t row_integer_ns(int64_t time, enum trace_unit unit);
int64_t row_real_ns(double time, enum trace_unit unit);

/* Checks that the row's members go together: its hash ids with its length and
 * with block_tokens=. Returns 0, or -1 with @why filled. */
int row_check(const struct row_buffer *b, const struct trace_options *o,
	      struct error *why);

#endif
