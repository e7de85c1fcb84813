#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"
#include "builtin.h"
#include "reader.h"
#include "select.h"
#include "trace.h"

/* Of a long path the message shows the end, so that the reason has room. */
#define SOURCE_SHOWN	256

/* A line's JSON takes some 40 times its length in memory while it is parsed.
 * Slots, one a block at most, have 31 bits in a plan, and two numbers mean
 * "none". */
const struct trace_limits trace_limits_default = {
	.line_bytes = 16 << 20,
	.requests = UINT32_MAX,
	.lookups = UINT64_C(1) << 32,
	.blocks = INT32_MAX - 1,
};

void trace_options_init(struct trace_options *o)
{
	*o = (struct trace_options) {
		.block_tokens = 512,
		.unit = TRACE_UNIT_MS,
		.partial = TRACE_PARTIAL_STORE,
		.bad_lines = TRACE_BAD_LINES_FAIL,
		.shard = 1,
		.shards = 1,
	};
}

int trace_fail(struct trace_error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -1;
}

int trace_fail_at(struct trace_error *err, const char *source, uint64_t line,
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

static int check_options(const struct trace_options *o, struct trace_error *err)
{
	if (!o->source || !*o->source)
		return trace_fail(err, "trace= is missing; give the path of a "
				  ".jsonl or .jsonl.gz file, or builtin:NAME");
	if (!o->block_tokens)
		return trace_fail(err, "block_tokens=0: a block has at least "
				  "one token");
	if (!o->shard || o->shard > o->shards)
		return trace_fail(err, "shard=%" PRIu32 "/%" PRIu32 ": the "
				  "first number must be from 1 to the second",
				  o->shard, o->shards);
	return 0;
}

static int unknown_builtin(const struct trace_options *o,
			   struct trace_error *err)
{
	const struct builtin *b;
	char known[256] = "";
	size_t n = 0;

	for (b = builtins; b->name && n < sizeof(known); b++)
		n += snprintf(known + n, sizeof(known) - n, "%s%s%s",
			      n ? ", " : "", BUILTIN_PREFIX, b->name);
	return trace_fail_at(err, o->source, 0, "there is no such built-in "
			     "trace; there are %s", known);
}

static int run_builtin(const struct trace_options *o, trace_sink sink,
		       void *arg, struct trace_error *err)
{
	const char *name = o->source + strlen(BUILTIN_PREFIX);
	const struct builtin *b = builtin_find(name);
	int ret;

	if (!b)
		return unknown_builtin(o, err);
	if (o->block_tokens != BUILTIN_BLOCK_TOKENS)
		return trace_fail_at(err, o->source, 0, "built-in traces have "
				     "block_tokens=%d, not %" PRIu32,
				     BUILTIN_BLOCK_TOKENS, o->block_tokens);
	ret = b->generate(sink, arg);
	if (ret == -ENOMEM)
		return trace_fail_at(err, o->source, 0, "out of memory");
	return ret;
}

static int run_source(struct builder *b, struct trace_error *err)
{
	const struct trace_options *o = b->o;

	if (!strncmp(o->source, BUILTIN_PREFIX, strlen(BUILTIN_PREFIX)))
		return run_builtin(o, builder_add, b, err);
	return reader_run(o, b->limits, builder_add, b, &b->t->bad_lines, err);
}

static void *trim(void *array, uint64_t nr, size_t item)
{
	void *trimmed = realloc(array, nr ? nr * item : 1);

	return trimmed ? trimmed : array;
}

static void trim_all(struct trace *t)
{
	t->requests = trim(t->requests, t->nr_requests, sizeof(*t->requests));
	t->lookups = trim(t->lookups, t->nr_lookups, sizeof(*t->lookups));
	t->hash_ids = trim(t->hash_ids, t->nr_blocks, sizeof(*t->hash_ids));
}

int trace_load_within(struct trace *t, const struct trace_options *o,
		      const struct trace_limits *limits,
		      struct trace_error *err)
{
	struct builder b;
	int ret;

	*t = (struct trace) { .block_tokens = o->block_tokens };
	if (check_options(o, err))
		return -1;
	builder_init(&b, t, o, limits, err);
	ret = run_source(&b, err);
	builder_free(&b);
	if (ret >= 0)
		ret = select_lookups(t, o, err);
	if (ret < 0) {
		trace_free(t);
		return -1;
	}
	trim_all(t);
	return 0;
}

int trace_load(struct trace *t, const struct trace_options *o,
	       struct trace_error *err)
{
	return trace_load_within(t, o, &trace_limits_default, err);
}

void trace_free(struct trace *t)
{
	free(t->requests);
	free(t->lookups);
	free(t->hash_ids);
	*t = (struct trace) { 0 };
}
