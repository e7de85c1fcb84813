#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "trace/source/row.h"

void row_free(struct row_buffer *b)
{
	free(b->hash_ids);
}

void row_begin(struct row_buffer *b)
{
	b->row = (struct trace_row){ .hash_ids = b->hash_ids };
	b->block_size = 0;
}

int row_room(struct row_buffer *b, size_t n)
{
	uint64_t *ids;

	if (n <= b->room)
		return 0;
	ids = realloc(b->hash_ids, n * 2 * sizeof(*ids));
	if (!ids)
		return -1;
	b->hash_ids = ids;
	b->room = n * 2;
	b->row.hash_ids = ids;
	return 0;
}

int64_t row_integer_ns(int64_t time, enum trace_unit unit)
{
	return time * trace_unit_ns(unit);
}

/* Converts whole units apart from the rest: seconds since 1970, as nanoseconds,
 * have more digits than a double holds. */
int64_t row_real_ns(double time, enum trace_unit unit)
{
	int64_t unit_ns = trace_unit_ns(unit);
	double whole, rest = modf(time, &whole);

	return (int64_t)whole * unit_ns + llrint(rest * unit_ns);
}

static bool fits(const struct trace_row *row, uint64_t block_tokens)
{
	uint64_t full = row->input_length / block_tokens;

	return row->nr_hash_ids == full || (row->nr_hash_ids == full + 1 &&
					    row->input_length % block_tokens);
}

/* Returns the block_tokens= that this row is made with: a power of two where
 * one fits, else the length divided evenly; 0 if there is none. */
static uint64_t fitting_block_tokens(const struct trace_row *row)
{
	uint64_t n = row->nr_hash_ids, tokens;

	for (tokens = 1; tokens <= UINT32_MAX; tokens *= 2)
		if (fits(row, tokens))
			return tokens;
	if (!n || n > row->input_length)
		return 0;
	tokens = row->input_length / n;
	if (row->input_length % n && fits(row, tokens + 1))
		return tokens + 1;
	return fits(row, tokens) ? tokens : 0;
}

int row_check(const struct row_buffer *b, const struct trace_options *o,
	      struct error *why)
{
	const struct trace_row *row = &b->row;
	uint64_t tokens;
	char remedy[64] = "no block_tokens= fits it";

	if (b->block_size && b->block_size != o->block_tokens)
		return fail(why,
			    "\"block_size\" is %" PRIu64
			    ", but block_tokens is %" PRIu32
			    "; block_tokens=%" PRIu64 " fits it",
			    b->block_size, o->block_tokens, b->block_size);
	if (fits(row, o->block_tokens))
		return 0;
	tokens = fitting_block_tokens(row);
	if (tokens)
		snprintf(remedy, sizeof(remedy),
			 "block_tokens=%" PRIu64 " fits it", tokens);
	return fail(why,
		    "%zu hash_ids do not go with an input_length of %" PRIu64
		    " and block_tokens=%" PRIu32 "; %s",
		    row->nr_hash_ids, row->input_length, o->block_tokens,
		    remedy);
}
