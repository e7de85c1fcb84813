/*
 * The two ways to read a line side by side: where the fast one takes a line,
 * the one with json-c must take it too and make the same row of it. (Lines
 * that the fast one leaves are read with json-c alone, errors and all.)
 */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include "trace/file/lines.h"
#include "trace/source/row_fast.h"
#include "trace/source/row_json.h"

#define OPTION_BYTES 1

static void compare(const struct row_buffer *a, const struct row_buffer *b)
{
	const struct trace_row *x = &a->row, *y = &b->row;

	must(!x->untimed == !y->untimed, "is there a timestamp");
	must(x->untimed || x->timestamp_ns == y->timestamp_ns, "timestamp");
	must(x->delayed == y->delayed, "is there a delay");
	must(x->delay_ns == y->delay_ns, "delay");
	must(!x->session == !y->session, "is there a session");
	must(!x->session || (x->session_length == y->session_length &&
			     !memcmp(x->session, y->session, x->session_length)),
	     "session");
	must(x->input_length == y->input_length, "input_length");
	must(x->output_length == y->output_length, "output_length");
	must(a->block_size == b->block_size, "block_size");
	must(x->nr_hash_ids == y->nr_hash_ids, "number of hash ids");
	must(!x->nr_hash_ids || !memcmp(x->hash_ids, y->hash_ids,
					x->nr_hash_ids * sizeof(*x->hash_ids)),
	     "hash ids");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct row_buffer fast, slow;
	struct trace_options o;
	struct row_json json;
	struct error why = { "" };
	char *line;

	if (size < OPTION_BYTES || memchr(data + OPTION_BYTES, '\n',
					  size - OPTION_BYTES))
		return 0;
	trace_options_init(&o);
	o.unit = data[0] & 1 ? TRACE_UNIT_S : TRACE_UNIT_MS;
	size -= OPTION_BYTES;
	line = malloc(size + LINES_SLACK);
	if (!line || row_json_init(&json, &o))
		abort();
	memcpy(line, data + OPTION_BYTES, size);
	memset(line + size, '\n', LINES_SLACK);
	row_begin(&fast);
	if (row_fast_read(&o, line, size, &fast)) {
		row_begin(&slow);
		if (row_json_read(&json, line, size, &slow, &why)) {
			fprintf(stderr, "json-c: %s\n", why.text);
			must(false, "only one takes the line");
		}
		compare(&fast, &slow);
	}
	row_json_exit(&json);
	free(line);
	return 0;
}
