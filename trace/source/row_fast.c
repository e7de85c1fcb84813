#include <math.h>
#include <string.h>

#include "trace/source/row_fast.h"
#include "trace/source/text.h"

/* A line beyond these limits is left to json-c: its numbers may not fit, its
 * doubles may be rounded, or its values are nested too deep. */
#define EXACT_DIGITS 15 /* as an integer a double holds exactly, 10^15 too */
#define HEX_DIGITS 16
#define NESTED_MAX 64
#define DEPTH_MAX 8

enum member {
	TIMESTAMP = 1,
	DELAY = 2,
	SESSION = 4,
	INPUT = 8,
	OUTPUT = 16,
	HASH_IDS = 32,
	BLOCK_SIZE = 64,
	CONVERSATION = 128,
};

/*
 * The names of members: the same as in row_json.c, in the order of most lines.
 */
static const struct member_name {
	char text[24];
	size_t len;
	enum member member;
} members[] = {
#define MEMBER(name, member) \
	{ \
		"\"" name "\"", sizeof(name) + 1, member \
	}
	MEMBER("timestamp", TIMESTAMP),
	MEMBER("input_length", INPUT),
	MEMBER("output_length", OUTPUT),
	MEMBER("hash_ids", HASH_IDS),
	MEMBER("session_id", SESSION),
	MEMBER("delay", DELAY),
	MEMBER("block_size", BLOCK_SIZE),
	MEMBER("created_time", TIMESTAMP),
	MEMBER("input_tokens", INPUT),
	MEMBER("output_tokens", OUTPUT),
	MEMBER("prefix_block_hashes", HASH_IDS),
	MEMBER("requests", CONVERSATION),
#undef MEMBER
};

#define NR_MEMBERS (sizeof(members) / sizeof(*members))

/* How far the members of a line have been read. */
struct progress {
	int there;   /* which came */
	size_t next; /* in the table, behind the latest */
};

static bool take_length(struct text *s, uint64_t *length)
{
	return take_integer(s, length) && *length <= UINT32_MAX;
}

/* Takes a time. The quotient of two integers that doubles hold exactly is
 * rounded once, as strtod() rounds. */
static bool take_time(struct text *s, enum trace_unit unit, int64_t *time_ns)
{
	static const double powers[] = { 1,    1e1,  1e2,  1e3, 1e4,  1e5,
					 1e6,  1e7,  1e8,  1e9, 1e10, 1e11,
					 1e12, 1e13, 1e14, 1e15 };
	const char *start = s->at;
	unsigned int decimals = 0;
	bool real;
	uint64_t value;
	double time;

	if (!take_integer(s, &value))
		return false;
	real = take(s, '.');
	if (real)
		decimals = take_digits(s, &value);
	if (s->at - start - real > EXACT_DIGITS || (real && !decimals))
		return false;
	time = value / powers[decimals];
	if (time * trace_unit_ns(unit) >= TRACE_TIME_MAX_NS)
		return false;
	*time_ns = real ? row_real_ns(time, unit) : row_integer_ns(value, unit);
	return true;
}

static bool skip_word(struct text *s, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(s->at, word, n))
		return false;
	s->at += n;
	return true;
}

/* Takes that name, eight characters at a time. What ends the line is in no
 * name, so nothing is read that is more than that behind it. */
static bool take_known_name(struct text *s, const struct member_name *name)
{
	for (size_t i = 0; i < name->len; i += 8) {
		uint64_t other = load8(s->at + i) ^ load8(name->text + i);

		if (name->len - i < 8)
			other &= first_bytes(name->len - i);
		if (other)
			return false;
	}
	s->at += name->len;
	return true;
}

/* Takes printable ASCII between quotes, without escapes. */
static bool take_string(struct text *s, const char **string, size_t *len)
{
	if (!take(s, '"'))
		return false;
	*string = s->at;
	while (*s->at >= ' ' && *s->at <= '~' && *s->at != '"' &&
	       *s->at != '\\')
		s->at++;
	*len = s->at - *string;
	return take(s, '"');
}

static bool take_hexadecimal(struct text *s, uint64_t *id)
{
	const char *start = ++s->at;

	*id = 0;
	for (;; s->at++) {
		char c = *s->at | 0x20;

		if (is_digit(*s->at))
			*id = *id << 4 | (*s->at - '0');
		else if (c >= 'a' && c <= 'f')
			*id = *id << 4 | (c - 'a' + 10);
		else
			break;
	}
	return s->at > start && s->at - start <= HEX_DIGITS && take(s, '"');
}

static bool take_hash_id(struct text *s, uint64_t *id)
{
	return *s->at == '"' ? take_hexadecimal(s, id) : take_integer(s, id);
}

/*
 * Takes ids that are like the one before, which is the latest at @ids: they
 * come behind ", ", have as many digits, and differ from it in the last eight
 * alone. Most ids do, and it is known where they are before they are read.
 * Returns how many it has taken, up to @room.
 */
static size_t take_alike(struct text *s, unsigned int digits, uint64_t *ids,
			 size_t room)
{
	const unsigned int same = digits > 8 ? digits - 8 : 0;
	const unsigned int shift = digits < 8 ? 8 * (8 - digits) : 0;
	const uint64_t least = digits > 8 || digits < 2 ? 0 : tens[digits - 1];
	const uint64_t high = same ? *ids - *ids % tens[8] : 0;
	const uint64_t head = load8(s->at - digits), mask = first_bytes(same);
	const char *at = s->at;
	size_t n = 0;

	while (n < room && !memcmp(at, ", ", 2)) {
		uint64_t word = load_digits(at + 2 + same) << shift;
		uint64_t low = eight_digits(word);

		if (other_characters(word) || (load8(at + 2) ^ head) & mask ||
		    low < least || is_digit(at[2 + digits]))
			break;
		ids[++n] = high + low;
		at += 2 + digits;
	}
	s->at = at;
	return n;
}

static bool take_hash_ids(struct text *s, struct row_buffer *b)
{
	unsigned int digits;
	size_t n = 0;

	if (!take(s, '['))
		return false;
	skip_blanks(s);
	if (take(s, ']'))
		return true;
	do {
		skip_blanks(s);
		if (n == b->room && row_room(b, n + 1))
			return false;
		digits = short_integer(s->at, &b->hash_ids[n]);
		s->at += digits;
		if (digits)
			n += take_alike(s, digits, b->hash_ids + n,
					b->room - n - 1);
		else if (!take_hash_id(s, &b->hash_ids[n]))
			return false;
		n++;
		skip_blanks(s);
	} while (take(s, ','));
	b->row.nr_hash_ids = n;
	return take(s, ']');
}

static bool take_session(struct text *s, struct trace_row *row)
{
	uint64_t value;

	if (*s->at == '"')
		return take_string(s, &row->session, &row->session_length);
	row->session = s->at;
	if (!take_integer(s, &value))
		return false;
	row->session_length = s->at - row->session;
	return true;
}

static bool skip_number(struct text *s)
{
	uint64_t value = 0;

	take(s, '-');
	if (!take_integer(s, &value))
		return false;
	if (!take(s, '.'))
		return true;
	return take_digits(s, &value) > 0;
}

/* Takes what is between a member's name and its value. */
static inline bool take_colon(struct text *s)
{
	skip_blanks(s);
	if (!take(s, ':'))
		return false;
	skip_blanks(s);
	return true;
}

static bool skip_value(struct text *s, unsigned int depth);

static bool skip_member(struct text *s, unsigned int depth)
{
	const char *name;
	size_t len;

	return take_string(s, &name, &len) && take_colon(s) &&
	       skip_value(s, depth);
}

/* Skips an array or an object. */
static bool skip_nested(struct text *s, char end, unsigned int depth)
{
	bool ok;

	if (depth > DEPTH_MAX || s->nested++ > NESTED_MAX)
		return false;
	s->at++;
	skip_blanks(s);
	if (take(s, end))
		return true;
	do {
		skip_blanks(s);
		ok = end == '}' ? skip_member(s, depth) : skip_value(s, depth);
		skip_blanks(s);
	} while (ok && take(s, ','));
	return ok && take(s, end);
}

static bool skip_value(struct text *s, unsigned int depth)
{
	const char *string;
	size_t len;

	switch (*s->at) {
	case '"':
		return take_string(s, &string, &len);
	case '[':
		return skip_nested(s, ']', depth + 1);
	case '{':
		return skip_nested(s, '}', depth + 1);
	case 't':
		return skip_word(s, "true");
	case 'f':
		return skip_word(s, "false");
	case 'n':
		return skip_word(s, "null");
	}
	return skip_number(s);
}

/* Takes a member's name. Returns which member it is, 0 for one that nobody
 * looks at, or -1 where there is no name. */
static int take_name(struct text *s, struct progress *p)
{
	const char *name;
	size_t len;

	if (p->next < NR_MEMBERS && take_known_name(s, &members[p->next]))
		return members[p->next++].member;
	if (!take_string(s, &name, &len))
		return -1;
	for (size_t i = 0; i < NR_MEMBERS; i++) {
		if (members[i].len == len + 2 &&
		    !memcmp(members[i].text + 1, name, len)) {
			p->next = i + 1;
			return members[i].member;
		}
	}
	return 0;
}

static bool take_value(struct text *s, const struct trace_options *o,
		       int member, struct row_buffer *b)
{
	struct trace_row *row = &b->row;

	switch (member) {
	case TIMESTAMP:
		row->untimed = NULL;
		return take_time(s, o->unit, &row->timestamp_ns);
	case DELAY:
		row->delayed = true;
		return take_time(s, o->unit, &row->delay_ns);
	case SESSION:
		return take_session(s, row);
	case INPUT:
		return take_length(s, &row->input_length);
	case OUTPUT:
		return take_length(s, &row->output_length);
	case HASH_IDS:
		return take_hash_ids(s, b);
	case BLOCK_SIZE:
		return take_length(s, &b->block_size) && b->block_size;
	}
	return false;
}

/* Takes a member of the line. One that comes again, or under another name, is
 * left to json-c. *@there has those that came. */
static bool take_member(struct text *s, const struct trace_options *o,
			struct progress *p, struct row_buffer *b)
{
	int member = take_name(s, p);

	if (member < 0 || !take_colon(s))
		return false;
	if (!member)
		return skip_value(s, 1);
	if (p->there & member)
		return false;
	p->there |= member;
	return take_value(s, o, member, b);
}

static bool take_row(struct text *s, const struct trace_options *o,
		     struct row_buffer *b)
{
	const int needed = INPUT | HASH_IDS;
	struct progress p = { 0 };
	bool ok;

	b->row.untimed = "missing";
	skip_blanks(s);
	if (!take(s, '{'))
		return false;
	do {
		skip_blanks(s);
		ok = take_member(s, o, &p, b);
		skip_blanks(s);
	} while (ok && take(s, ','));
	return ok && take(s, '}') && (p.there & needed) == needed;
}

bool row_fast_read(const struct trace_options *o, const char *line, size_t len,
		   struct row_buffer *b)
{
	struct text s = { .at = line };

	if (!take_row(&s, o, b))
		return false;
	while (s.at < line + len &&
	       (*s.at == ' ' || *s.at == '\t' || *s.at == '\r'))
		s.at++;
	return s.at == line + len;
}
