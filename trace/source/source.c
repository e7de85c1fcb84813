#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "trace/source/source.h"

/* A message shows so much of a path, the end, so that the reason has room. */
#define SOURCE_SHOWN 256

/* A line's JSON takes some 40 times its length in memory while it is parsed.
 * Slots, one a block at most, have 31 bits in a plan, and two numbers mean
 * "none". */
const struct trace_limits trace_limits_default = {
	.line_bytes = 16 << 20,
	.requests = UINT32_MAX,
	.lookups = UINT32_MAX,
	.blocks = INT32_MAX - 1,
};

const struct choice choice_unit[] = {
	{ "ms", TRACE_UNIT_MS, "Milliseconds" },
	{ "s", TRACE_UNIT_S, "Seconds" },
	{ 0 },
};

const struct choice choice_partial[] = {
	{ "store", TRACE_PARTIAL_STORE, "Store it like the others" },
	{ "skip", TRACE_PARTIAL_SKIP, "Leave it out, as most engines do" },
	{ 0 },
};

const struct choice choice_bad_lines[] = {
	{ "fail", TRACE_BAD_LINES_FAIL, "Fail the run" },
	{ "skip", TRACE_BAD_LINES_SKIP, "Leave it out and count it" },
	{ 0 },
};

const struct choice choice_session_rows[] = {
	{ "whole", TRACE_ROWS_WHOLE, "A row holds all ids of its request" },
	{ "new", TRACE_ROWS_NEW,
	  "A row holds those that it adds to its session's row before" },
	{ 0 },
};

void trace_options_init(struct trace_options *o)
{
	*o = (struct trace_options){
		.block_tokens = 512,
		.unit = TRACE_UNIT_MS,
		.partial = TRACE_PARTIAL_STORE,
		.bad_lines = TRACE_BAD_LINES_FAIL,
		.session_rows = TRACE_ROWS_WHOLE,
		.shard = 1,
		.shards = 1,
	};
}

int fail_at(struct error *err, const char *source, uint64_t line,
	    const char *fmt, ...)
{
	size_t len = strlen(source), n, size = sizeof(err->text);
	bool cut = len > SOURCE_SHOWN;
	va_list ap;

	n = snprintf(err->text, size, "trace=%s%s", cut ? "..." : "",
		     source + (cut ? len - SOURCE_SHOWN : 0));
	if (line)
		n += snprintf(err->text + n, size - n, ", line %" PRIu64, line);
	n += snprintf(err->text + n, size - n, ": ");
	va_start(ap, fmt);
	vsnprintf(err->text + n, size - n, fmt, ap);
	va_end(ap);
	return -1;
}
