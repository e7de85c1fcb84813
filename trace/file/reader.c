#include <inttypes.h>
#include <string.h>

#include "trace/file/foreign.h"
#include "trace/file/lines.h"
#include "trace/file/reader.h"
#include "trace/source/row_fast.h"
#include "trace/source/row_json.h"

struct reader {
	const struct trace_options *o;
	trace_sink sink;
	void *arg;
	struct error *err; /* the sink's too */
	struct lines lines;
	struct row_buffer row;
	struct row_json json;
	uint64_t requests;
	uint64_t bad_lines;
	struct error first_bad;
};

static int bad_line(struct reader *r, const struct error *why)
{
	uint64_t line = r->lines.number;

	if (r->o->bad_lines == TRACE_BAD_LINES_FAIL)
		return fail_at(r->err, r->o->source, line,
			       "%s (bad_lines=skip leaves such lines out)",
			       why->text);
	if (!r->bad_lines++)
		fail(&r->first_bad, "line %" PRIu64 ": %s", line, why->text);
	return 0;
}

/* Reports a bad line. If it is the first line, the file may be of a kind that
 * has no good line at all, and that is what is reported. */
static int foreign(struct reader *r, const char *line, size_t len,
		   struct error *why)
{
	if (r->requests || r->bad_lines ||
	    !foreign_recognise(r->o->source, line, len, why))
		return bad_line(r, why);
	if (r->o->bad_lines == TRACE_BAD_LINES_FAIL)
		return fail_at(r->err, r->o->source, r->lines.number, "%s",
			       why->text);
	return bad_line(r, why);
}

static int read_row(struct reader *r, const char *line, size_t len,
		    struct error *why)
{
	row_begin(&r->row);
	if (row_fast_read(r->o, line, len, &r->row))
		return 0;
	row_begin(&r->row);
	return row_json_read(&r->json, line, len, &r->row, why);
}

static int read_line(struct reader *r, const char *line, size_t len)
{
	struct error why;
	int ret;

	if (read_row(r, line, len, &why) || row_check(&r->row, r->o, &why))
		return foreign(r, line, len, &why);
	ret = r->sink(r->arg, &r->row.row);
	if (ret == TRACE_SINK_BAD_ROW) {
		why = *r->err;
		return bad_line(r, &why);
	}
	r->requests++;
	return ret;
}

static int read_lines(struct reader *r)
{
	enum lines_result got;
	struct error why;
	const char *line;
	size_t len;
	int ret = 0;

	while (!ret && (got = lines_next(&r->lines, &line, &len, r->err)) !=
			       LINES_END) {
		if (got == LINES_ERROR)
			return -1;
		if (got == LINES_TOO_LONG) {
			fail(&why,
			     "the line is longer than %zu bytes, the most a request may take",
			     r->lines.max_line);
			ret = foreign(r, line, len, &why);
		} else if (!row_is_blank(line, len)) {
			ret = read_line(r, line, len);
		}
	}
	return ret;
}

static int no_request(struct reader *r)
{
	if (!r->bad_lines)
		return fail_at(r->err, r->o->source, 0,
			       "the trace is empty; it needs one JSON object a line");
	return fail_at(r->err, r->o->source, 0,
		       "the trace has no request: all %" PRIu64
		       " lines are bad, the first is %s",
		       r->bad_lines, r->first_bad.text);
}

int reader_run(const struct trace_options *o, const struct trace_limits *limits,
	       trace_sink sink, void *arg, uint64_t *bad_lines,
	       struct error *err)
{
	struct reader r = { .o = o, .sink = sink, .arg = arg, .err = err };
	int ret;

	if (lines_open(&r.lines, o, limits->line_bytes, err))
		return -1;
	if (row_json_init(&r.json, o))
		ret = fail_at(err, o->source, 0, "out of memory");
	else
		ret = read_lines(&r);
	if (!ret && !r.requests)
		ret = no_request(&r);
	*bad_lines = r.bad_lines;
	row_json_exit(&r.json);
	row_free(&r.row);
	lines_close(&r.lines);
	return ret;
}
