#include <inttypes.h>
#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/source/lines.h"
#include "trace/source/reader.h"

/* Timestamps up to this lie within int64_t even when subtracted. */
#define TIMESTAMP_MAX_NS (INT64_C(1) << 62)

/* json-c takes up to 800 bytes for the 3 bytes of an empty object or array,
 * so that their number bounds memory as much as the length of the line. */
#define NESTED_MAX 65536

struct reader {
	const struct trace_options *o;
	struct json_tokener *tok;
	struct trace_row row;
	uint64_t *hash_ids;  /* what row.hash_ids points to */
	size_t max_hash_ids; /* room there */
	int64_t previous_ns; /* timestamp of the last good line */
	uint64_t requests;
	uint64_t bad_lines;
	struct error first_bad;
};

static const char *kind(struct json_object *val)
{
	switch (json_object_get_type(val)) {
	case json_type_null:
		return "null";
	case json_type_boolean:
		return "a boolean";
	case json_type_double:
		return "a number with a fraction or exponent";
	case json_type_int:
		return "an integer";
	case json_type_object:
		return "an object";
	case json_type_array:
		return "an array";
	case json_type_string:
		return "a string";
	}
	return "of an unknown type";
}

static bool is_blank(const char *s, size_t len)
{
	while (len && strchr(" \t\r", *s) && *s) {
		s++;
		len--;
	}
	return !len;
}

static bool too_nested(const char *line, size_t len)
{
	size_t i, nested = 0;

	if (len <= NESTED_MAX)
		return false;
	for (i = 0; i < len; i++)
		nested += line[i] == '{' || line[i] == '[';
	return nested > NESTED_MAX;
}

static int json_failed(struct reader *r, struct error *why)
{
	enum json_tokener_error code = json_tokener_get_error(r->tok);
	size_t column = json_tokener_get_parse_end(r->tok) + 1;

	if (code == json_tokener_continue)
		return fail(why, "the line ends in the middle of the "
				 "JSON object");
	return fail(why, "no JSON from column %zu on: %s", column,
		    json_tokener_error_desc(code));
}

/* The line as a JSON object, or NULL with @why filled. */
static struct json_object *parse_line(struct reader *r, const char *line,
				      size_t len, struct error *why)
{
	struct json_object *obj;
	size_t end;

	if (memchr(line, '\0', len)) {
		fail(why, "the line holds a NUL byte; a trace is text, "
			  "one JSON object a line");
		return NULL;
	}
	if (too_nested(line, len)) {
		fail(why,
		     "the line holds more than %d objects and "
		     "arrays; a request is one of each",
		     NESTED_MAX);
		return NULL;
	}
	json_tokener_reset(r->tok);
	obj = json_tokener_parse_ex(r->tok, line, len);
	if (json_tokener_get_error(r->tok) != json_tokener_success) {
		json_failed(r, why);
		return NULL;
	}
	end = json_tokener_get_parse_end(r->tok);
	if (!json_object_is_type(obj, json_type_object))
		fail(why, "the line is %s; it must be a JSON object",
		     kind(obj));
	else if (!is_blank(line + end, len - end))
		fail(why,
		     "more text follows the JSON object at column "
		     "%zu; a line holds one request",
		     end + 1);
	else
		return obj;
	json_object_put(obj);
	return NULL;
}

static struct json_object *member(struct json_object *obj, const char *name,
				  struct error *why)
{
	struct json_object *val;
	bool there = json_object_object_get_ex(obj, name, &val);

	if (!val)
		fail(why, "\"%s\" is %s; every request needs it", name,
		     there ? "null" : "missing");
	return val;
}

/*
 * How a value that should be an integer from 0 to @max is not, or NULL with
 * the integer in @number. json-c gives 0 for negative ones.
 */
static const char *not_integer(struct json_object *val, uint64_t max,
			       uint64_t *number)
{
	if (json_object_get_type(val) != json_type_int)
		return kind(val);
	*number = json_object_get_uint64(val);
	if (*number > max)
		return "too large";
	if (!*number && json_object_get_int64(val))
		return "negative";
	return NULL;
}

static int get_length(struct json_object *obj, const char *name,
		      uint64_t *length, struct error *why)
{
	struct json_object *val = member(obj, name, why);
	const char *wrong;

	if (!val)
		return -1;
	wrong = not_integer(val, UINT32_MAX, length);
	if (wrong)
		return fail(why,
			    "\"%s\" is %s; it must be an integer "
			    "from 0 to %" PRIu32,
			    name, wrong, UINT32_MAX);
	return 0;
}

/* Whole units apart from the rest: seconds since 1970 as nanoseconds have
 * more digits than a double holds. */
static int64_t timestamp_ns(struct json_object *val, int64_t unit_ns)
{
	double whole, rest;

	if (json_object_is_type(val, json_type_int))
		return json_object_get_int64(val) * unit_ns;
	rest = modf(json_object_get_double(val), &whole);
	return (int64_t)whole * unit_ns + llrint(rest * unit_ns);
}

static int get_timestamp(struct reader *r, struct json_object *obj,
			 struct error *why)
{
	struct json_object *val = member(obj, "timestamp", why);
	bool ms = r->o->unit == TRACE_UNIT_MS;
	int64_t unit_ns = ms ? 1000000 : 1000000000;
	double ns;

	if (!val)
		return -1;
	if (!json_object_is_type(val, json_type_int) &&
	    !json_object_is_type(val, json_type_double))
		return fail(why,
			    "\"timestamp\" is %s; it must be a "
			    "number",
			    kind(val));
	ns = json_object_get_double(val) * unit_ns;
	if (!isfinite(ns))
		return fail(why, "\"timestamp\" is not finite; it must "
				 "be a number");
	if (fabs(ns) >= TIMESTAMP_MAX_NS)
		return fail(why,
			    "\"timestamp\" is beyond %" PRId64 " %s,"
			    " 146 years; is timestamp_unit= right?",
			    TIMESTAMP_MAX_NS / unit_ns, ms ? "ms" : "s");
	r->row.timestamp_ns = timestamp_ns(val, unit_ns);
	if (r->requests && r->row.timestamp_ns < r->previous_ns)
		return fail(why, "\"timestamp\" is less than the one of "
				 "the request before; sort the trace by "
				 "timestamp");
	return 0;
}

static int room_for_hash_ids(struct reader *r, size_t n)
{
	uint64_t *ids;

	if (n <= r->max_hash_ids)
		return 0;
	ids = realloc(r->hash_ids, n * 2 * sizeof(*ids));
	if (!ids)
		return -1;
	r->hash_ids = ids;
	r->max_hash_ids = n * 2;
	r->row.hash_ids = ids;
	return 0;
}

static int get_hash_ids(struct reader *r, struct json_object *obj,
			struct error *why)
{
	struct json_object *val = member(obj, "hash_ids", why);
	const char *wrong;
	size_t i, n;

	if (!val)
		return -1;
	if (!json_object_is_type(val, json_type_array))
		return fail(why,
			    "\"hash_ids\" is %s; it must be an "
			    "array of integers",
			    kind(val));
	n = json_object_array_length(val);
	if (room_for_hash_ids(r, n))
		return fail(why, "out of memory");
	for (i = 0; i < n; i++) {
		wrong = not_integer(json_object_array_get_idx(val, i),
				    INT64_MAX, &r->hash_ids[i]);
		if (wrong)
			return fail(why,
				    "\"hash_ids\"[%zu] is %s; "
				    "hash ids are integers from 0 to "
				    "%" PRId64,
				    i, wrong, INT64_MAX);
	}
	r->row.nr_hash_ids = n;
	return 0;
}

static bool fits(const struct trace_row *row, uint64_t block_tokens)
{
	uint64_t full = row->input_length / block_tokens;

	return row->nr_hash_ids == full || (row->nr_hash_ids == full + 1 &&
					    row->input_length % block_tokens);
}

/* The block_tokens that this row is made with: a power of two where one fits,
 * else the even division; 0 if there is none. */
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

static int check_hash_ids(struct reader *r, struct error *why)
{
	const struct trace_row *row = &r->row;
	uint64_t tokens;
	char remedy[64] = "no block_tokens= fits it";

	if (fits(row, r->o->block_tokens))
		return 0;
	tokens = fitting_block_tokens(row);
	if (tokens)
		snprintf(remedy, sizeof(remedy),
			 "block_tokens=%" PRIu64 " fits it", tokens);
	return fail(why,
		    "%zu hash_ids do not go with an input_length of "
		    "%" PRIu64 " and block_tokens=%" PRIu32 "; %s",
		    row->nr_hash_ids, row->input_length, r->o->block_tokens,
		    remedy);
}

/* Fills r->row from one line; -1 with @why filled if the line is bad. */
static int read_row(struct reader *r, const char *line, size_t len,
		    struct error *why)
{
	struct json_object *obj = parse_line(r, line, len, why);
	int ret;

	if (!obj)
		return -1;
	ret = get_timestamp(r, obj, why) ||
			      get_length(obj, "input_length",
					 &r->row.input_length, why) ||
			      get_length(obj, "output_length",
					 &r->row.output_length, why) ||
			      get_hash_ids(r, obj, why) ||
			      check_hash_ids(r, why) ?
		      -1 :
		      0;
	json_object_put(obj);
	return ret;
}

static int bad_line(struct reader *r, uint64_t line, const struct error *why,
		    struct error *err)
{
	if (r->o->bad_lines == TRACE_BAD_LINES_FAIL)
		return fail_at(err, r->o->source, line,
			       "%s (bad_lines=skip leaves such lines "
			       "out)",
			       why->text);
	if (!r->bad_lines++)
		fail(&r->first_bad, "line %" PRIu64 ": %s", line, why->text);
	return 0;
}

static int read_lines(struct reader *r, struct lines *l, trace_sink sink,
		      void *arg, struct error *err)
{
	enum lines_result got;
	struct error why;
	const char *line;
	size_t len;
	int ret = 0;

	while (!ret && (got = lines_next(l, &line, &len, err)) != LINES_END) {
		if (got == LINES_ERROR)
			return -1;
		if (got == LINES_TOO_LONG) {
			fail(&why,
			     "the line is longer than %zu bytes, "
			     "the most a request may take",
			     l->max_line);
			ret = bad_line(r, l->number, &why, err);
		} else if (is_blank(line, len)) {
			continue;
		} else if (read_row(r, line, len, &why)) {
			ret = bad_line(r, l->number, &why, err);
		} else {
			r->previous_ns = r->row.timestamp_ns;
			r->requests++;
			ret = sink(arg, &r->row);
		}
	}
	return ret;
}

static int no_request(struct reader *r, struct error *err)
{
	if (!r->bad_lines)
		return fail_at(err, r->o->source, 0,
			       "the trace is "
			       "empty; it needs one JSON object a line");
	return fail_at(err, r->o->source, 0,
		       "the trace has no request: "
		       "all %" PRIu64 " lines are bad, the first is %s",
		       r->bad_lines, r->first_bad.text);
}

int reader_run(const struct trace_options *o, const struct trace_limits *limits,
	       trace_sink sink, void *arg, uint64_t *bad_lines,
	       struct error *err)
{
	struct reader r = { .o = o };
	struct lines lines;
	int ret;

	if (lines_open(&lines, o->source, limits->line_bytes, err))
		return -1;
	r.tok = json_tokener_new();
	if (r.tok) {
		json_tokener_set_flags(r.tok,
				       JSON_TOKENER_STRICT |
					       JSON_TOKENER_ALLOW_TRAILING_CHARS);
		ret = read_lines(&r, &lines, sink, arg, err);
		json_tokener_free(r.tok);
	} else {
		ret = fail_at(err, o->source, 0, "out of memory");
	}
	if (!ret && !r.requests)
		ret = no_request(&r, err);
	*bad_lines = r.bad_lines;
	free(r.hash_ids);
	lines_close(&lines);
	return ret;
}
