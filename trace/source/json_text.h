/*
 * json-c reads some texts differently from release to release: 0.18 refuses
 * every byte beyond ASCII and every control character in a string, which 0.16
 * takes, and both differ on integers that have no room in 64 bits. A line that
 * holds any of those is written anew, so that all releases see the same.
 */
#ifndef MOONCAKE_JSON_TEXT_H
#define MOONCAKE_JSON_TEXT_H

#include <stddef.h>

/* What stands for an integer beyond 64 bits, either way from 0. */
#define JSON_TEXT_BEYOND 1e300

struct json_text {
	char *buf;
	size_t room;
};

/*
 * In strings, bytes that are no printable ASCII become escapes: UTF-8 those
 * of its characters, other bytes those of Latin-1. Integers beyond 64 bits
 * become JSON_TEXT_BEYOND with their sign. @line and @len are changed to the
 * new text, which is valid until the next call, or left where nothing need
 * change. -1: no memory.
 */
int json_text_settle(struct json_text *t, const char **line, size_t *len);
void json_text_free(struct json_text *t);

#endif
