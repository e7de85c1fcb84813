/*
 * What tests of loading a trace need: a file of their own, options, limits,
 * and what came of it.
 */
#ifndef MOONCAKE_TRACE_FILE_H
#define MOONCAKE_TRACE_FILE_H

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "trace/load/trace.h"
#include "unit.h"

#define REAL_TRACE	"../shared/traces/conversation_trace.jsonl"

#define LINE(timestamp, input, output, ids) \
	"{\"timestamp\": " #timestamp ", \"input_length\": " #input \
	", \"output_length\": " #output ", \"hash_ids\": " ids "}"
#define GOOD	LINE(5, 1000, 7, "[10, 20]")

#define UNUSED __attribute__((unused))

static char dir[] = "/tmp/trace_file.XXXXXX";
static char path[64];
static struct trace_options o;
static struct trace_limits limits;
static struct error err;
static struct trace t;

UNUSED static void write_file(const char *data, size_t len)
{
	FILE *f = fopen(path, "w");

	CHECK(f && fwrite(data, 1, len, f) == len);
	if (f)
		fclose(f);
}

UNUSED static void write_gzip(const char *data)
{
	gzFile gz = gzopen(path, "w");

	CHECK(gz && gzputs(gz, data) == (int)strlen(data));
	gzclose(gz);
}

/* Defaults, a name of its own for the file, no trace. */
static void begin(const char *name)
{
	trace_free(&t);
	trace_options_init(&o);
	limits = trace_limits_default;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
	o.source = path;
	err.text[0] = '\0';
}

static int load(void)
{
	trace_free(&t);
	return trace_load_within(&t, &o, &limits, &err);
}

UNUSED static int load_text(const char *text)
{
	write_file(text, strlen(text));
	return load();
}

UNUSED static void check_fails(const char *part)
{
	CHECK_EQ(load(), -1);
	CHECK_HAS(err.text, part);
	CHECK(!t.requests && !t.lookups && !t.hash_ids.nr && !t.nr_requests);
}

/* The second line is wrong: fails with line and reason, or is left out. */
UNUSED static void check_bad_line(const char *line, const char *part)
{
	char text[2048], where[128];

	begin("bad.jsonl");
	snprintf(text, sizeof(text), GOOD "\n%s\n" GOOD "\n", line);
	write_file(text, strlen(text));
	snprintf(where, sizeof(where), "trace=%s, line 2: ", path);
	check_fails(part);
	CHECK_HAS(err.text, where);
	CHECK_HAS(err.text, "(bad_lines=skip leaves such lines out)");
	o.bad_lines = TRACE_BAD_LINES_SKIP;
	CHECK_EQ(load(), 0);
	CHECK_EQ(t.nr_requests, 2);
	CHECK_EQ(t.bad_lines, 1);
}

static int files_begin(void)
{
	if (mkdtemp(dir))
		return 0;
	perror(dir);
	return 1;
}

static void files_end(void)
{
	char command[64];

	trace_free(&t);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	if (system(command))
		fprintf(stderr, "%s is left\n", dir);
}

#endif
