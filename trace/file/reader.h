/* Reads requests from a JSONL file, plain or gzip-compressed. */
#ifndef MOONCAKE_READER_H
#define MOONCAKE_READER_H

#include "trace/source/source.h"

/*
 * Gives every request of the file @o->source to @sink, in one pass. *@bad_lines
 * counts the lines that were left out. Returns 0 at the end of the file, -1
 * with @err filled, or what the sink returned to stop it.
 */
int reader_run(const struct trace_options *o, const struct trace_limits *limits,
	       trace_sink sink, void *arg, uint64_t *bad_lines,
	       struct error *err);

#endif
