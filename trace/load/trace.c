#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "trace/file/lines.h"
#include "trace/file/reader.h"
#include "trace/load/arrange.h"
#include "trace/load/compiled.h"
#include "trace/load/trace.h"
#include "trace/workload/builtin.h"

static int check_options(const struct trace_options *o, struct error *err)
{
	if (!o->source || !*o->source)
		return fail(err,
			    "trace= is missing; give the path of a .jsonl or .jsonl.gz file, or builtin:NAME");
	if (!o->block_tokens)
		return fail(err,
			    "block_tokens=0: a block has at least one token");
	if (!o->shard || o->shard > o->shards)
		return fail(err,
			    "shard=%" PRIu32 "/%" PRIu32
			    ": the first number must be from 1 to the second",
			    o->shard, o->shards);
	return 0;
}

static int unknown_builtin(const char *source, struct error *err)
{
	const struct builtin *b;
	char known[256] = "";
	size_t n = 0;

	for (b = builtins; b->name && n < sizeof(known); b++)
		n += snprintf(known + n, sizeof(known) - n, "%s%s%s",
			      n ? ", " : "", BUILTIN_PREFIX, b->name);
	return fail_at(err, source, 0,
		       "there is no such built-in trace; there are %s", known);
}

static int run_builtin(const struct trace_options *o, trace_sink sink,
		       void *arg, struct error *err)
{
	const struct builtin *b = builtin_find(builtin_name(o->source));
	int ret;

	if (!b)
		return unknown_builtin(o->source, err);
	if (o->block_tokens != BUILTIN_BLOCK_TOKENS)
		return fail_at(err, o->source, 0,
			       "built-in traces have block_tokens=%d, not %" PRIu32,
			       BUILTIN_BLOCK_TOKENS, o->block_tokens);
	ret = b->generate(sink, arg);
	if (ret == -ENOMEM)
		return fail_at(err, o->source, 0, "out of memory");
	return ret;
}

static int run_source(struct builder *b, struct error *err)
{
	const struct trace_options *o = b->o;

	if (builtin_name(o->source))
		return run_builtin(o, builder_add, b, err);
	return reader_run(o, b->limits, builder_add, b, &b->t->bad_lines, err);
}

static void trim_all(struct trace *t)
{
	t->requests =
		array_trim(t->requests, t->nr_requests, sizeof(*t->requests));
	t->lookups = array_trim(t->lookups, t->nr_lookups, sizeof(*t->lookups));
	id_list_trim(&t->hash_ids);
}

int trace_load_within(struct trace *t, const struct trace_options *o,
		      const struct trace_limits *limits, struct error *err)
{
	struct builder b;
	int ret;

	*t = (struct trace){ .block_tokens = o->block_tokens };
	if (check_options(o, err))
		return -1;
	if (compiled_recognise(o->source))
		return compiled_load(t, o, err);
	builder_init(&b, t, o, limits, err);
	ret = run_source(&b, err);
	builder_end(&b);
	if (ret >= 0)
		ret = arrange(&b, err);
	builder_free(&b);
	if (ret < 0) {
		trace_free(t);
		return -1;
	}
	trim_all(t);
	return 0;
}

int trace_load(struct trace *t, const struct trace_options *o,
	       struct error *err)
{
	return trace_load_within(t, o, &trace_limits_default, err);
}

int trace_find(const struct trace_options *o, struct error *err)
{
	const char *name = builtin_name(o->source);
	struct lines lines;

	if (name)
		return builtin_find(name) ? 0 : unknown_builtin(o->source, err);
	if (lines_open(&lines, o, trace_limits_default.line_bytes, err))
		return -1;
	lines_close(&lines);
	return 0;
}

static const char *plural(uint32_t nr)
{
	return nr == 1 ? "" : "s";
}

void trace_sessions_text(char text[TRACE_SESSIONS_TEXT], const struct trace *t)
{
	int n = 0;

	text[0] = '\0';
	if (t->nr_sessions)
		n = snprintf(text, TRACE_SESSIONS_TEXT, "%" PRIu32 " session%s",
			     t->nr_sessions, plural(t->nr_sessions));
	if (t->nr_users)
		snprintf(text + n, TRACE_SESSIONS_TEXT - n,
			 ", %" PRIu32 " user%s", t->nr_users,
			 plural(t->nr_users));
}

void trace_free(struct trace *t)
{
	if (t->map) {
		munmap(t->map, t->map_bytes);
	} else {
		free(t->requests);
		free(t->lookups);
		id_list_free(&t->hash_ids);
		free(t->turns);
	}
	*t = (struct trace){ 0 };
}
