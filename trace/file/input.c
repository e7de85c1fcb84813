#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/file/input.h"

#define RAW_BYTES (64 * 1024)
#define STOP_EVERY_MS 100
#define GZIP_WINDOW (15 + 16) /* the largest, behind a gzip header */

/* Opens the file. Without O_NONBLOCK, opening a FIFO would wait for a writer,
 * deaf to signals whose handlers restart system calls. */
static int open_file(const char *path, struct error *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return fail_at(err, path, 0,
			       "%s; give the path of a .jsonl or .jsonl.gz file, or builtin:NAME; scripts/fetch-traces gets the published ones",
			       strerror(errno));
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode)) {
		close(fd);
		return fail_at(err, path, 0,
			       "this is a directory; give the path of a .jsonl or .jsonl.gz file");
	}
	return fd;
}

static int cannot_read(struct input *in, uint64_t line, const char *why,
		       struct error *err)
{
	return fail_at(err, in->o->source, line,
		       "cannot read on: %s; fetch or write the file again",
		       why);
}

/* Waits until there is something to read. poll() is never restarted. */
static int wait_for_bytes(struct input *in, uint64_t line, struct error *err)
{
	struct pollfd p = { .fd = in->fd, .events = POLLIN };

	do {
		if (in->o->stop && in->o->stop())
			return fail_at(err, in->o->source, line,
				       "stopped while the trace was read");
	} while (poll(&p, 1, STOP_EVERY_MS) <= 0);
	return 0;
}

static ptrdiff_t read_raw(struct input *in, void *buf, size_t size,
			  uint64_t line, struct error *err)
{
	ssize_t n;

	do {
		if (wait_for_bytes(in, line, err))
			return -1;
		n = read(in->fd, buf, size);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	return n < 0 ? cannot_read(in, line, strerror(errno), err) : n;
}

static int more_raw(struct input *in, uint64_t line, struct error *err)
{
	ptrdiff_t n =
		read_raw(in, in->raw + in->end, RAW_BYTES - in->end, line, err);

	if (n < 0)
		return -1;
	in->end += n;
	return n > 0;
}

/* Reads more compressed bytes behind those that wait. Returns 1, 0 at the end
 * of the file, or -1. */
static int refill(struct input *in, uint64_t line, struct error *err)
{
	memmove(in->raw, in->raw + in->at, in->end - in->at);
	in->end -= in->at;
	in->at = 0;
	return more_raw(in, line, err);
}

static bool is_gzip(const struct input *in)
{
	return in->end - in->at >= 2 && in->raw[in->at] == 0x1f &&
	       in->raw[in->at + 1] == 0x8b;
}

/* Looks at the first two bytes, which a pipe may give one by one. */
static int tell_kind(struct input *in, struct error *err)
{
	int got = 1;

	while (in->end < 2 && got > 0)
		got = more_raw(in, 1, err);
	if (got < 0)
		return -1;
	in->gzip = is_gzip(in);
	if (in->gzip && inflateInit2(&in->z, GZIP_WINDOW) != Z_OK) {
		in->gzip = false;
		return fail_at(err, in->o->source, 0, "out of memory");
	}
	return 0;
}

int input_open(struct input *in, const struct trace_options *o,
	       struct error *err)
{
	*in = (struct input){ .o = o, .fd = open_file(o->source, err) };
	if (in->fd < 0)
		return -1;
	in->raw = malloc(RAW_BYTES);
	if (!in->raw)
		fail_at(err, o->source, 0, "out of memory");
	else if (!tell_kind(in, err))
		return 0;
	input_close(in);
	return -1;
}

void input_close(struct input *in)
{
	if (in->gzip)
		inflateEnd(&in->z);
	free(in->raw);
	close(in->fd);
}

/* Goes on with another member of gzip data. Returns 1, 0 where none follows
 * (anything else behind a member is ignored), or -1. */
static int next_member(struct input *in, uint64_t line, struct error *err)
{
	if (in->end - in->at < 2 && refill(in, line, err) < 0)
		return -1;
	if (!is_gzip(in))
		return 0;
	inflateReset(&in->z);
	in->member_ended = false;
	return 1;
}

static int inflate_some(struct input *in, uint64_t line, struct error *err)
{
	int code;

	in->z.next_in = in->raw + in->at;
	in->z.avail_in = in->end - in->at;
	code = inflate(&in->z, Z_NO_FLUSH);
	in->at = in->end - in->z.avail_in;
	if (code == Z_STREAM_END)
		in->member_ended = true;
	else if (code == Z_MEM_ERROR)
		return cannot_read(in, line, "out of memory", err);
	else if (code != Z_OK && code != Z_BUF_ERROR)
		return cannot_read(in, line, "the gzip data is damaged", err);
	return 0;
}

static ptrdiff_t read_gzip(struct input *in, void *buf, size_t size,
			   uint64_t line, struct error *err)
{
	int more;

	in->z.next_out = buf;
	in->z.avail_out = size;
	while (in->z.avail_out == size) {
		more = in->member_ended	 ? next_member(in, line, err) :
		       in->at == in->end ? refill(in, line, err) :
					   1;
		if (more < 0)
			return -1;
		if (!more && in->member_ended)
			return 0;
		if (!more)
			return cannot_read(in, line,
					   "the gzip data ends too early, the file is incomplete",
					   err);
		if (in->at < in->end && inflate_some(in, line, err))
			return -1;
	}
	return size - in->z.avail_out;
}

ptrdiff_t input_read(struct input *in, void *buf, size_t size, uint64_t line,
		     struct error *err)
{
	size_t n = in->end - in->at;

	if (in->gzip)
		return read_gzip(in, buf, size, line, err);
	if (!n)
		return read_raw(in, buf, size, line, err);
	if (n > size)
		n = size;
	memcpy(buf, in->raw + in->at, n);
	in->at += n;
	return n;
}
