#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "trace/workload/builtin.h"
#include "trace/workload/generate.h"

#define MS 1000000

/* Prints a time. Those of built-in traces are whole milliseconds. */
static void print_ms(FILE *out, const char *name, int64_t ns)
{
	fprintf(out, "\"%s\": %" PRId64, name, ns / MS);
}

/* Prints session and times. Built-in sessions have names that JSON takes as
 * they are. */
static void print_times(FILE *out, const struct trace_row *row)
{
	if (row->session)
		fprintf(out, "\"session_id\": \"%.*s\", ",
			(int)row->session_length, row->session);
	print_ms(out, "timestamp", row->timestamp_ns);
	if (!row->delayed)
		return;
	fputs(", ", out);
	print_ms(out, "delay", row->delay_ns);
}

static int print_row(void *arg, const struct trace_row *row)
{
	FILE *out = arg;

	fputc('{', out);
	print_times(out, row);
	fprintf(out,
		", \"input_length\": %" PRIu64 ", \"output_length\": %" PRIu64
		", \"hash_ids\": [",
		row->input_length, row->output_length);
	for (size_t i = 0; i < row->nr_hash_ids; i++)
		fprintf(out, "%s%" PRIu64, i ? ", " : "", row->hash_ids[i]);
	fputs("]}\n", out);
	return ferror(out) ? -1 : 0;
}

static int write_all(const struct builtin *b, FILE *out, const char *target,
		     struct error *err)
{
	int failed;

	errno = 0;
	failed = b->generate(print_row, out);
	if (!failed && !fflush(out))
		return 0;
	return fail(err, "%s: %s; the trace is not complete", target,
		    strerror(errno));
}

int generate(const char *name, const char *path, struct error *err)
{
	const char *bare = builtin_name(name);
	const struct builtin *b = builtin_find(bare ? bare : name);
	FILE *out;
	int ret;

	if (!b)
		return fail(err,
			    "generate %s: no such built-in trace; mooncake-plan --help lists them",
			    name);
	if (!path)
		return write_all(b, stdout, "standard output", err);
	out = fopen(path, "w");
	if (!out)
		return fail(err, "--output=%s: %s", path, strerror(errno));
	ret = write_all(b, out, path, err);
	fclose(out);
	return ret;
}
