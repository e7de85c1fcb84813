/*
 * Reads the bytes of a file, plain or gzip-compressed, as they come. Whoever
 * waits for them, on a FIFO for instance, can be told to stop: struct
 * trace_options.
 */
#ifndef MOONCAKE_INPUT_H
#define MOONCAKE_INPUT_H

#include <zlib.h>

#include "trace/source/source.h"

struct input {
	const struct trace_options *o; /* source and stop */
	int fd;
	bool gzip;
	bool member_ended; /* of gzip data, which may have several */
	z_stream z;
	unsigned char *raw; /* compressed bytes, or what told the kinds apart */
	size_t at, end;	    /* of those in raw, what is still to be given */
};

/*
 * Opens the file @o->source and finds out whether it is compressed. @o must
 * stay as long as the input is open. Returns 0, or -1 with @err filled and
 * nothing left open.
 */
int input_open(struct input *in, const struct trace_options *o,
	       struct error *err);
void input_close(struct input *in);

/* Reads up to @size bytes into @buf. Returns how many, 0 at the end of the
 * file, or -1 with @err filled; @line is the line that the error names. */
ptrdiff_t input_read(struct input *in, void *buf, size_t size, uint64_t line,
		     struct error *err);

#endif
