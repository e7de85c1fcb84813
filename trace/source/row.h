/*
 * A row while it is read from a line: what the ways to read one (row_json.c,
 * row_fast.c) have in common.
 */
#ifndef MOONCAKE_ROW_H
#define MOONCAKE_ROW_H

#include "trace/source/source.h"

struct row_buffer {
	struct trace_row row;
	uint64_t block_size; /* tokens, as the row states them; 0: it doesn't */
	uint64_t *hash_ids;  /* what row.hash_ids points to */
	size_t room;	     /* hash ids that fit there */
};

void row_free(struct row_buffer *b);

/* Forgets the row before, but not its memory. */
void row_begin(struct row_buffer *b);

/* Room for @n hash ids; what is there already is kept. -1: no memory. */
int row_room(struct row_buffer *b, size_t n);

/* A time in the trace's unit as ns. Its amount must be below
 * TRACE_TIME_MAX_NS. */
int64_t row_integer_ns(int64_t time, enum trace_unit unit);
int64_t row_real_ns(double time, enum trace_unit unit);

/* Do the row's members go together? -1 with @why filled if not. */
int row_check(const struct row_buffer *b, const struct trace_options *o,
	      struct error *why);

#endif
