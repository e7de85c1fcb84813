/*
 * The lines of a plain or gzip-compressed file, one after the other, in
 * memory bounded by the longest line allowed.
 */
#ifndef MOONCAKE_LINES_H
#define MOONCAKE_LINES_H

#include <zlib.h>

#include "trace/load/trace.h"

enum lines_result {
	LINES_ERROR = -1,
	LINES_END,
	LINES_LINE,
	LINES_TOO_LONG, /* passed over; the next call goes on behind it */
};

struct lines {
	const char *path;
	gzFile gz;
	char *buf;
	size_t size;
	size_t start; /* of what was read and not handed out yet */
	size_t end;
	size_t max_line;
	uint64_t number; /* of the line handed out last, from 1 */
};

/* 0, or -1 with @err filled and nothing left open. */
int lines_open(struct lines *l, const char *path, size_t max_line,
	       struct error *err);
void lines_close(struct lines *l);

/* Gives the next line without its end; it is valid until the next call. */
enum lines_result lines_next(struct lines *l, const char **line, size_t *len,
			     struct error *err);

#endif
