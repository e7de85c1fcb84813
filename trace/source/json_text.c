#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/source/json_text.h"

#define LONG_NUMBER 19 /* digits; fewer have room in 64 bits, signed too */
#define ESCAPE_BYTES 6 /* a byte becomes that many at the most */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool needs_escape(char c)
{
	unsigned char byte = c;

	return byte < 0x20 || byte >= 0x80;
}

/* Do all releases read the line alike? This looks outside of strings too, which
 * is more than need be. */
static bool settled(const char *line, size_t len)
{
	size_t digits = 0, i;

	for (i = 0; i < len; i++) {
		digits = is_digit(line[i]) ? digits + 1 : 0;
		if (digits >= LONG_NUMBER || needs_escape(line[i]))
			return false;
	}
	return true;
}

/* Returns the character that begins there, and in *@bytes its length. A byte
 * that is no UTF-8 is a character of Latin-1. */
static uint32_t character(const char *at, const char *end, size_t *bytes)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)at;
	size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc0 ? 2 : 1;
	uint32_t c = n > 1 ? s[0] & (0x7f >> n) : s[0];
	bool right = s[0] < 0xf8 && n <= (size_t)(end - at);

	for (size_t i = 1; right && i < n; i++) {
		right = (s[i] & 0xc0) == 0x80;
		c = c << 6 | (s[i] & 0x3f);
	}
	right = right && c >= least[n] && c <= 0x10ffff &&
		!(c >= 0xd800 && c < 0xe000);
	*bytes = right ? n : 1;
	return right ? c : s[0];
}

static char *escape(char *to, const char **at, const char *end)
{
	size_t bytes;
	uint32_t c = character(*at, end, &bytes);

	*at += bytes;
	if (c >= 0x10000) {
		to += sprintf(to, "\\u%04x", 0xd800 + ((c - 0x10000) >> 10));
		c = 0xdc00 + ((c - 0x10000) & 0x3ff);
	}
	return to + sprintf(to, "\\u%04x", c);
}

/* Copies a string from behind its first quote to behind its last. */
static char *copy_string(char *to, const char **at, const char *end)
{
	while (*at < end && **at != '"') {
		if (needs_escape(**at)) {
			to = escape(to, at, end);
			continue;
		}
		if (**at == '\\' && *at + 1 < end)
			*to++ = *(*at)++;
		*to++ = *(*at)++;
	}
	if (*at < end)
		*to++ = *(*at)++;
	return to;
}

/* Is an integer of @len characters too large for 64 bits? */
static bool beyond_64_bits(const char *number, size_t len)
{
	char digits[LONG_NUMBER + 4];
	bool negative = *number == '-';

	if (len >= sizeof(digits))
		return true;
	memcpy(digits, number, len);
	digits[len] = '\0';
	errno = 0;
	if (negative)
		strtoll(digits, NULL, 10);
	else
		strtoull(digits, NULL, 10);
	return errno == ERANGE;
}

static char *copy_number(char *to, const char **at, const char *end)
{
	const char *first = *at, *last = first + (*first == '-');
	bool integer, leading_zero = last < end && *last == '0';

	while (last < end && is_digit(*last))
		last++;
	integer = last == end || !strchr(".eE", *last);
	*at = last;
	if (integer && !leading_zero && last - first >= LONG_NUMBER &&
	    beyond_64_bits(first, last - first))
		return to + sprintf(to, "%s1e300", *first == '-' ? "-" : "");
	/* The digits of a fraction or an exponent are no integers. */
	while (!integer && last < end &&
	       (is_digit(*last) || strchr(".eE+-", *last)))
		last++;
	*at = last;
	memcpy(to, first, last - first);
	return to + (last - first);
}

static char *copy(char *to, const char *at, const char *end)
{
	while (at < end) {
		char c = *at;

		if (c == '-' || is_digit(c)) {
			to = copy_number(to, &at, end);
			continue;
		}
		*to++ = c;
		at++;
		if (c == '"')
			to = copy_string(to, &at, end);
	}
	return to;
}

int json_text_settle(struct json_text *t, const char **line, size_t *len)
{
	size_t need = *len * ESCAPE_BYTES + 1;
	char *buf;

	if (settled(*line, *len))
		return 0;
	if (need > t->room) {
		buf = realloc(t->buf, need);
		if (!buf)
			return -1;
		t->buf = buf;
		t->room = need;
	}
	*len = copy(t->buf, *line, *line + *len) - t->buf;
	*line = t->buf;
	return 0;
}

void json_text_free(struct json_text *t)
{
	free(t->buf);
}
