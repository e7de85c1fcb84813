#include <stdlib.h>
#include <string.h>

#include "trace/file/lines.h"

#define LINES_BUFFER (128 * 1024)

static const char byte_order_mark[] = "\xef\xbb\xbf";

int lines_open(struct lines *l, const struct trace_options *o, size_t max_line,
	       struct error *err)
{
	*l = (struct lines){ .max_line = max_line, .size = LINES_BUFFER };
	if (input_open(&l->in, o, err))
		return -1;
	l->buf = malloc(l->size);
	if (l->buf)
		return 0;
	lines_close(l);
	return fail_at(err, o->source, 0, "out of memory");
}

void lines_close(struct lines *l)
{
	input_close(&l->in);
	free(l->buf);
}

/* Makes room behind what is not handed out yet. Returns 0, or -1 when there is
 * no memory. */
static int make_room(struct lines *l)
{
	char *buf;

	if (l->start) {
		memmove(l->buf, l->buf + l->start, l->end - l->start);
		l->end -= l->start;
		l->start = 0;
	}
	if (l->end < l->size - LINES_SLACK)
		return 0;
	buf = realloc(l->buf, l->size * 2);
	if (!buf)
		return -1;
	l->buf = buf;
	l->size *= 2;
	return 0;
}

/* Reads more, but leaves some bytes of the buffer free. Returns how many bytes
 * it has read, 0 at the end of the file, or -1. */
static ptrdiff_t read_more(struct lines *l, struct error *err)
{
	ptrdiff_t n;

	if (make_room(l))
		return fail_at(err, l->in.o->source, l->number + 1,
			       "out of memory");
	n = input_read(&l->in, l->buf + l->end, l->size - l->end - LINES_SLACK,
		       l->number + 1, err);
	if (n > 0)
		l->end += n;
	return n;
}

/* Skips the rest of a line that was too long. Returns 1 behind it, 0 if the
 * file ends there, or -1. */
static ptrdiff_t skip_rest(struct lines *l, struct error *err)
{
	char *newline;
	ptrdiff_t n = 1;

	while (n > 0 && !(newline = memchr(l->buf + l->start, '\n',
					   l->end - l->start))) {
		l->start = l->end;
		n = read_more(l, err);
	}
	if (n > 0) {
		l->start = newline + 1 - l->buf;
		l->in_long_line = false;
	}
	return n;
}

static void skip_byte_order_mark(struct lines *l)
{
	size_t n = strlen(byte_order_mark);

	if (!l->number && l->end - l->start >= n &&
	    !memcmp(l->buf + l->start, byte_order_mark, n))
		l->start += n;
}

enum lines_result lines_next(struct lines *l, const char **line, size_t *len,
			     struct error *err)
{
	size_t scanned = 0;
	char *newline = NULL;
	ptrdiff_t n = l->in_long_line ? skip_rest(l, err) : 1;

	while (n > 0 && !(newline = memchr(l->buf + l->start + scanned, '\n',
					   l->end - l->start - scanned))) {
		scanned = l->end - l->start;
		if (scanned > l->max_line)
			break;
		n = read_more(l, err);
	}
	if (n < 0)
		return LINES_ERROR;
	skip_byte_order_mark(l);
	if (!newline && l->start == l->end)
		return LINES_END;
	if (!newline)
		l->buf[l->end] = '\n';
	l->number++;
	*line = l->buf + l->start;
	*len = (newline ? newline : l->buf + l->end) - *line;
	l->start += *len + !!newline;
	l->in_long_line = !newline && n > 0;
	return *len > l->max_line ? LINES_TOO_LONG : LINES_LINE;
}
