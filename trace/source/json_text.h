/*
 * json-c reads some texts differently from release to release: 0.18 refuses
 * every byte beyond ASCII and every control character in a string, which 0.16
 * takes, and both differ on integers that do not fit in 64 bits. A line that
 * holds any of those is written anew, so that all releases read the same.
 */
#ifndef MOONCAKE_JSON_TEXT_H
#define MOONCAKE_JSON_TEXT_H

#include <stddef.h>

/* What stands for an integer that does not fit in 64 bits, with its sign. */
#define JSON_TEXT_BEYOND 1e300

struct json_text {
	char *buf;
	size_t room;
};

/*
 * Makes *@line of *@len bytes a text that all releases read alike. Bytes in
 * strings that are no printable ASCII become escapes: UTF-8 becomes its
 * characters, any other byte the character of Latin-1. Integers beyond 64 bits
 * become JSON_TEXT_BEYOND. Where anything changes, *@line points to the new
 * text afterwards, which is valid until the next call. Returns 0, or -1 when
 * there is no memory.
 */
int json_text_settle(struct json_text *t, const char **line, size_t *len);
void json_text_free(struct json_text *t);

#endif
