/*
 * Reads the lines of a plain or gzip-compressed file, one after the other, in
 * memory that is bounded by the longest line allowed. A byte order mark before
 * the first line is no part of it.
 */
#ifndef MOONCAKE_LINES_H
#define MOONCAKE_LINES_H

#include "trace/file/input.h"

#define LINES_SLACK 16 /* bytes behind a line that may be read */

enum lines_result {
	LINES_ERROR = -1,
	LINES_END,
	LINES_LINE,
	LINES_TOO_LONG, /* the next call goes on behind its end */
};

struct lines {
	struct input in;
	char *buf;
	size_t size;
	size_t start; /* of what was read and not handed out yet */
	size_t end;
	size_t max_line;
	bool in_long_line; /* its beginning was given as LINES_TOO_LONG */
	uint64_t number;   /* of the line handed out last, from 1 */
};

/* Opens the file @o->source, whose lines may have @max_line bytes. Returns 0,
 * or -1 with @err filled and nothing left open. */
int lines_open(struct lines *l, const struct trace_options *o, size_t max_line,
	       struct error *err);
void lines_close(struct lines *l);

/*
 * Gives the next line without its end; it is valid until the next call. Behind
 * it are an end of line and further bytes, LINES_SLACK in all, that may be
 * read. Of a line that is too long it gives what was read so far, since the end
 * may be far away, or never come. With LINES_ERROR @err is filled.
 */
enum lines_result lines_next(struct lines *l, const char **line, size_t *len,
			     struct error *err);

#endif
