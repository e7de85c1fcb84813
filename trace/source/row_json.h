/* Reads a line as a row with json-c: any line, and says what is wrong with a
 * bad one. */
#ifndef MOONCAKE_ROW_JSON_H
#define MOONCAKE_ROW_JSON_H

#include <json-c/json.h>

#include "trace/source/json_text.h"
#include "trace/source/row.h"

struct row_json {
	const struct trace_options *o;
	struct json_tokener *tok;
	struct json_text text;
	struct json_object *line; /* the latest; the row's session is in it */
	char number[24];	  /* or there, if it is an integer */
};

/*
 * Returns 0, or -1 when there is no memory. Either way row_json_exit() is due.
 */
int row_json_init(struct row_json *j, const struct trace_options *o);
void row_json_exit(struct row_json *j);

/*
 * Fills the row that was begun with row_begin(). What it points to is valid
 * until the next call. Returns 0, or -1 with @why filled where the line is bad.
 * Whether the row's members go together is for row_check() to say.
 */
int row_json_read(struct row_json *j, const char *line, size_t len,
		  struct row_buffer *b, struct error *why);

/* Has the text nothing but spaces, tabs and ends of lines? */
bool row_is_blank(const char *s, size_t len);

#endif
