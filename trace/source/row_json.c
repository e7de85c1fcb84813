#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "trace/source/row_json.h"

/* So many arrays and objects may be in a line: json-c takes up to 800 bytes for
 * the 3 of an empty one, so the line's length alone does not bound memory. */
#define NESTED_MAX 65536

#define HEX_DIGITS 16 /* of a hash id, at most */

/* The names of a member in the traces that people have, ended by NULL. */
typedef const char *const member_names[];

static member_names name_timestamp = { "timestamp", "created_time", NULL };
static member_names name_delay = { "delay", NULL };
static member_names name_session = { "session_id", NULL };
static member_names name_input = { "input_length", "input_tokens", NULL };
static member_names name_output = { "output_length", "output_tokens", NULL };
static member_names name_hash_ids = { "hash_ids", "prefix_block_hashes", NULL };
static member_names name_block_size = { "block_size", NULL };

int row_json_init(struct row_json *j, const struct trace_options *o)
{
	*j = (struct row_json){ .o = o, .tok = json_tokener_new() };
	if (!j->tok)
		return -1;
	json_tokener_set_flags(j->tok,
			       JSON_TOKENER_STRICT |
				       JSON_TOKENER_ALLOW_TRAILING_CHARS);
	return 0;
}

void row_json_exit(struct row_json *j)
{
	json_object_put(j->line);
	json_text_free(&j->text);
	if (j->tok)
		json_tokener_free(j->tok);
}

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

bool row_is_blank(const char *s, size_t len)
{
	while (len && (*s == ' ' || *s == '\t' || *s == '\r')) {
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

static int json_failed(struct row_json *j, struct error *why)
{
	enum json_tokener_error code = json_tokener_get_error(j->tok);
	size_t column = json_tokener_get_parse_end(j->tok) + 1;

	if (code == json_tokener_continue)
		return fail(why,
			    "the line ends in the middle of the JSON object");
	return fail(why, "no JSON from column %zu on: %s", column,
		    json_tokener_error_desc(code));
}

/* Parses the line into j->line. Returns 0, or -1 with @why filled. */
static int parse_line(struct row_json *j, const char *line, size_t len,
		      struct error *why)
{
	size_t end;

	json_object_put(j->line);
	j->line = NULL;
	if (memchr(line, '\0', len))
		return fail(why,
			    "the line holds a NUL byte; a trace is text, one JSON object a line");
	if (too_nested(line, len))
		return fail(why,
			    "the line holds more than %d objects and arrays; a request is one of each",
			    NESTED_MAX);
	if (json_text_settle(&j->text, &line, &len))
		return fail(why, "out of memory");
	json_tokener_reset(j->tok);
	j->line = json_tokener_parse_ex(j->tok, line, len);
	if (json_tokener_get_error(j->tok) != json_tokener_success)
		return json_failed(j, why);
	end = json_tokener_get_parse_end(j->tok);
	if (!json_object_is_type(j->line, json_type_object))
		return fail(why, "the line is %s; it must be a JSON object",
			    kind(j->line));
	if (!row_is_blank(line + end, len - end))
		return fail(why,
			    "more text follows the JSON object at column %zu; a line holds one request",
			    end + 1);
	return 0;
}

/*
 * Returns the value of the first of @names that has one, with that name in
 * *@name. Where none has, returns NULL; *@name is then the first name that is
 * there as null, or the first of all.
 */
static struct json_object *find(const struct row_json *j, member_names names,
				const char **name, bool *null)
{
	struct json_object *val;

	*name = names[0];
	*null = false;
	for (size_t i = 0; names[i]; i++) {
		if (!json_object_object_get_ex(j->line, names[i], &val))
			continue;
		if (val || !*null)
			*name = names[i];
		if (val)
			return val;
		*null = true;
	}
	return NULL;
}

/* Does the same for a member that every row needs. */
static struct json_object *need(const struct row_json *j, member_names names,
				const char **name, struct error *why)
{
	bool null;
	struct json_object *val = find(j, names, name, &null);

	if (!val)
		fail(why, "\"%s\" is %s; every request needs it", *name,
		     null ? "null" : "missing");
	return val;
}

/* Returns why a value is no integer from 0 to @max ("negative"), or NULL with
 * the integer in *@number. json-c gives 0 for negative ones. */
static const char *not_integer(struct json_object *val, uint64_t max,
			       uint64_t *number)
{
	double real = json_object_get_double(val);

	if (json_object_is_type(val, json_type_double) &&
	    fabs(real) == JSON_TEXT_BEYOND)
		return real > 0 ? "too large" : "negative";
	if (!json_object_is_type(val, json_type_int))
		return kind(val);
	*number = json_object_get_uint64(val);
	if (*number > max)
		return "too large";
	if (!*number && json_object_get_int64(val))
		return "negative";
	return NULL;
}

static int get_length(struct json_object *val, const char *name,
		      uint64_t *length, struct error *why)
{
	const char *wrong = not_integer(val, UINT32_MAX, length);

	if (!wrong)
		return 0;
	return fail(why,
		    "\"%s\" is %s; it must be an integer from 0 to %" PRIu32,
		    name, wrong, UINT32_MAX);
}

static int get_lengths(struct row_json *j, struct row_buffer *b,
		       struct error *why)
{
	const char *name;
	bool null;
	struct json_object *val = need(j, name_input, &name, why);

	if (!val || get_length(val, name, &b->row.input_length, why))
		return -1;
	val = find(j, name_output, &name, &null);
	return val ? get_length(val, name, &b->row.output_length, why) : 0;
}

static int get_time(struct row_json *j, struct json_object *val,
		    const char *name, int64_t *time_ns, struct error *why)
{
	enum trace_unit unit = j->o->unit;
	bool integer = json_object_is_type(val, json_type_int);
	double ns;

	if (!integer && !json_object_is_type(val, json_type_double))
		return fail(why, "\"%s\" is %s; it must be a number", name,
			    kind(val));
	ns = json_object_get_double(val) * trace_unit_ns(unit);
	if (!isfinite(ns))
		return fail(why, "\"%s\" is not finite; it must be a number",
			    name);
	if (fabs(ns) >= TRACE_TIME_MAX_NS)
		return fail(why,
			    "\"%s\" is beyond %" PRId64
			    " %s, 146 years; is timestamp_unit= right?",
			    name, TRACE_TIME_MAX_NS / trace_unit_ns(unit),
			    choice_name(choice_unit, unit));
	*time_ns = integer ? row_integer_ns(json_object_get_int64(val), unit) :
			     row_real_ns(json_object_get_double(val), unit);
	return 0;
}

static int get_times(struct row_json *j, struct row_buffer *b,
		     struct error *why)
{
	const char *name;
	bool null;
	struct json_object *val = find(j, name_timestamp, &name, &null);

	if (!val)
		b->row.untimed = null ? "null" : "missing";
	else if (get_time(j, val, name, &b->row.timestamp_ns, why))
		return -1;
	val = find(j, name_delay, &name, &null);
	if (!val)
		return 0;
	b->row.delayed = true;
	if (get_time(j, val, name, &b->row.delay_ns, why))
		return -1;
	if (b->row.delay_ns < 0)
		return fail(why,
			    "\"%s\" is negative; it is the time from the end of the session's row before",
			    name);
	return 0;
}

/* Parses 1 to 16 hexadecimal digits. Returns false where there are others. */
static bool hexadecimal(struct json_object *val, uint64_t *id)
{
	const char *s = json_object_get_string(val);
	int len = json_object_get_string_len(val);

	*id = 0;
	for (int i = 0; i < len; i++) {
		char c = s[i] | 0x20;
		bool digit = s[i] >= '0' && s[i] <= '9';

		if (!digit && (c < 'a' || c > 'f'))
			return false;
		*id = *id << 4 | (digit ? s[i] - '0' : c - 'a' + 10);
	}
	return len >= 1 && len <= HEX_DIGITS;
}

static int get_hash_id(struct json_object *val, const char *name, size_t i,
		       uint64_t *id, struct error *why)
{
	const char *wrong;

	if (json_object_is_type(val, json_type_string)) {
		if (hexadecimal(val, id))
			return 0;
		return fail(why,
			    "\"%s\"[%zu] is a string, but not of 1 to %d hexadecimal digits",
			    name, i, HEX_DIGITS);
	}
	wrong = not_integer(val, UINT64_MAX, id);
	if (!wrong)
		return 0;
	return fail(why,
		    "\"%s\"[%zu] is %s; hash ids are integers from 0 to %" PRIu64
		    ", or strings of hexadecimal digits",
		    name, i, wrong, UINT64_MAX);
}

static int get_hash_ids(struct row_json *j, struct row_buffer *b,
			struct error *why)
{
	const char *name;
	struct json_object *val = need(j, name_hash_ids, &name, why);
	size_t i, n;

	if (!val)
		return -1;
	if (!json_object_is_type(val, json_type_array))
		return fail(why,
			    "\"%s\" is %s; it must be an array of integers",
			    name, kind(val));
	n = json_object_array_length(val);
	if (row_room(b, n))
		return fail(why, "out of memory");
	for (i = 0; i < n; i++)
		if (get_hash_id(json_object_array_get_idx(val, i), name, i,
				&b->hash_ids[i], why))
			return -1;
	b->row.nr_hash_ids = n;
	return 0;
}

/* Gets the session's name. An integer is the same name as its digits. */
static int get_session(struct row_json *j, struct row_buffer *b,
		       struct error *why)
{
	const char *name;
	bool null;
	struct json_object *val = find(j, name_session, &name, &null);

	if (!val)
		return 0;
	if (json_object_is_type(val, json_type_string)) {
		b->row.session = json_object_get_string(val);
		b->row.session_length = json_object_get_string_len(val);
		return 0;
	}
	if (!json_object_is_type(val, json_type_int))
		return fail(why,
			    "\"%s\" is %s; it must be a string or an integer",
			    name, kind(val));
	if (json_object_get_int64(val) < 0)
		snprintf(j->number, sizeof(j->number), "%" PRId64,
			 json_object_get_int64(val));
	else
		snprintf(j->number, sizeof(j->number), "%" PRIu64,
			 json_object_get_uint64(val));
	b->row.session = j->number;
	b->row.session_length = strlen(j->number);
	return 0;
}

static int get_block_size(struct row_json *j, struct row_buffer *b,
			  struct error *why)
{
	const char *name;
	bool null;
	struct json_object *val = find(j, name_block_size, &name, &null);

	if (!val)
		return 0;
	if (get_length(val, name, &b->block_size, why))
		return -1;
	if (!b->block_size)
		return fail(why, "\"%s\" is 0; a block has at least one token",
			    name);
	return 0;
}

static int is_conversation(struct row_json *j, struct error *why)
{
	struct json_object *requests;

	if (!json_object_object_get_ex(j->line, "requests", &requests) ||
	    !json_object_is_type(requests, json_type_array))
		return 0;
	fail(why,
	     "the line is a whole conversation (\"requests\"), not one request; scripts/mooncake-import weka FILE >NEW.jsonl makes a trace of such a file");
	return 1;
}

int row_json_read(struct row_json *j, const char *line, size_t len,
		  struct row_buffer *b, struct error *why)
{
	if (parse_line(j, line, len, why) || is_conversation(j, why) ||
	    get_times(j, b, why) || get_lengths(j, b, why) ||
	    get_hash_ids(j, b, why) || get_session(j, b, why) ||
	    get_block_size(j, b, why))
		return -1;
	return 0;
}
