#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/source/lines.h"
#include "trace/source/source.h"

#define LINES_BUFFER (64 * 1024)

static int open_regular(const char *path, struct error *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail_at(err, path, 0,
			       "%s; give the path of a "
			       ".jsonl or .jsonl.gz file, or builtin:NAME",
			       strerror(errno));
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode)) {
		close(fd);
		return fail_at(err, path, 0,
			       "this is a directory; give "
			       "the path of a .jsonl or .jsonl.gz file");
	}
	return fd;
}

int lines_open(struct lines *l, const char *path, size_t max_line,
	       struct error *err)
{
	int fd = open_regular(path, err);

	if (fd < 0)
		return -1;
	*l = (struct lines){ .path = path, .max_line = max_line };
	l->size = LINES_BUFFER;
	l->buf = malloc(l->size);
	l->gz = gzdopen(fd, "rb");
	if (!l->gz)
		close(fd);
	if (!l->buf || !l->gz || gzbuffer(l->gz, LINES_BUFFER)) {
		lines_close(l);
		return fail_at(err, path, 0, "out of memory");
	}
	return 0;
}

void lines_close(struct lines *l)
{
	if (l->gz)
		gzclose_r(l->gz);
	free(l->buf);
}

static int read_failed(struct lines *l, struct error *err)
{
	const char *why = strerror(errno);
	int code;

	gzerror(l->gz, &code);
	if (code == Z_BUF_ERROR)
		why = "the gzip data ends too early, the file is incomplete";
	else if (code == Z_DATA_ERROR)
		why = "the gzip data is damaged";
	else if (code == Z_MEM_ERROR)
		why = "out of memory";
	return fail_at(err, l->path, l->number + 1,
		       "cannot read on: "
		       "%s; fetch or write the file again",
		       why);
}

/* Makes room behind what is not handed out yet; -1: no memory. */
static int make_room(struct lines *l)
{
	char *buf;

	if (l->start) {
		memmove(l->buf, l->buf + l->start, l->end - l->start);
		l->end -= l->start;
		l->start = 0;
	}
	if (l->end < l->size)
		return 0;
	buf = realloc(l->buf, l->size * 2);
	if (!buf)
		return -1;
	l->buf = buf;
	l->size *= 2;
	return 0;
}

/* Reads more; the number of bytes, 0 at the end of the file, or -1. */
static int read_more(struct lines *l, struct error *err)
{
	int code, n;

	if (make_room(l))
		return fail_at(err, l->path, l->number + 1, "out of memory");
	n = gzread(l->gz, l->buf + l->end, l->size - l->end);
	if (n < 0)
		return read_failed(l, err);
	if (!n) {
		/* zlib calls a truncated file an end of file like another */
		gzerror(l->gz, &code);
		return code == Z_BUF_ERROR ? read_failed(l, err) : 0;
	}
	l->end += n;
	return n;
}

enum lines_result lines_next(struct lines *l, const char **line, size_t *len,
			     struct error *err)
{
	size_t scanned = 0;
	bool too_long = false;
	char *newline;
	int n;

	while (!(newline = memchr(l->buf + l->start + scanned, '\n',
				  l->end - l->start - scanned))) {
		scanned = l->end - l->start;
		if (scanned > l->max_line) {
			too_long = true;
			l->start = l->end;
			scanned = 0;
		}
		n = read_more(l, err);
		if (n < 0)
			return LINES_ERROR;
		if (!n)
			break;
	}
	if (!newline && l->start == l->end && !too_long)
		return LINES_END;
	l->number++;
	*line = l->buf + l->start;
	*len = (newline ? newline : l->buf + l->end) - *line;
	l->start += *len + !!newline;
	return too_long || *len > l->max_line ? LINES_TOO_LONG : LINES_LINE;
}
