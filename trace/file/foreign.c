#define _GNU_SOURCE /* memmem */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "trace/file/foreign.h"

#define COMMAND_MAX 400

/* Kinds of files that are told by what they begin with. */
static const struct {
	const char *bytes;
	const char *what;
	const char *run;
} beginnings[] = {
	{ "\xff\xfe", "UTF-16", "iconv -f UTF-16 -t UTF-8" },
	{ "\xfe\xff", "UTF-16", "iconv -f UTF-16 -t UTF-8" },
	{ "\x28\xb5\x2f\xfd", "compressed with zstd", "zstd -dc" },
	{ "\xfd"
	  "7zXZ",
	  "compressed with xz", "xz -dc" },
	{ "BZh", "compressed with bzip2", "bzip2 -dc" },
	{ NULL, NULL, NULL },
};

/* Tables that are told by a column of their first line. */
static const struct {
	const char *column;
	const char *what;
	const char *format; /* of mooncake-import */
} tables[] = {
	{ "Object_Size_Bytes", "MLPerf's I/O trace", "mlperf" },
	{ "Request tokens", "BurstGPT's table", "burstgpt" },
	{ NULL, NULL, NULL },
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static void write_command(char *to, const char *run, const char *path)
{
	if (ends_with(path, ".gz"))
		snprintf(to, COMMAND_MAX, "zcat %s | %s | gzip >NEW.jsonl.gz",
			 path, run);
	else
		snprintf(to, COMMAND_MAX, "%s %s >NEW.jsonl", run, path);
}

static bool has(const char *line, size_t len, const char *part)
{
	return memmem(line, len, part, strlen(part)) != NULL;
}

static bool by_beginning(const char *path, const char *line, size_t len,
			 struct error *why)
{
	char command[COMMAND_MAX];

	for (size_t i = 0; beginnings[i].bytes; i++) {
		size_t n = strlen(beginnings[i].bytes);

		if (len < n || memcmp(line, beginnings[i].bytes, n))
			continue;
		write_command(command, beginnings[i].run, path);
		fail(why, "the file is %s; a trace of it: %s",
		     beginnings[i].what, command);
		return true;
	}
	return false;
}

/* Recognises UTF-16 without a mark: every other byte of JSON is NUL. */
static bool by_nuls(const char *path, const char *line, size_t len,
		    struct error *why)
{
	char command[COMMAND_MAX];
	bool little;

	if (len < 4 || !line[0] == !line[1] || !line[0] != !line[2] ||
	    !line[1] != !line[3])
		return false;
	little = line[0];
	if (line[!little] != '{' && line[!little] != '[')
		return false;
	write_command(command,
		      little ? "iconv -f UTF-16LE -t UTF-8" :
			       "iconv -f UTF-16BE -t UTF-8",
		      path);
	fail(why, "the file is UTF-16; a trace of it: %s", command);
	return true;
}

static bool by_json(const char *path, const char *line, size_t len,
		    struct error *why)
{
	char command[COMMAND_MAX];

	if (*line == '[') {
		write_command(command, "jq -c '.[]'", path);
		fail(why,
		     "the file is a JSON array; a trace has one object a line: %s",
		     command);
		return true;
	}
	if (*line != '{' || strspn(line + 1, " \t\r") < len - 1)
		return false;
	write_command(command, "jq -c .", path);
	fail(why,
	     "the JSON goes over several lines; a trace has one object a line: %s",
	     command);
	return true;
}

static bool by_table(const char *path, const char *line, size_t len,
		     struct error *why)
{
	if (!memchr(line, ',', len) || memchr(line, '\0', len) ||
	    has(line, len, "{"))
		return false;
	for (size_t i = 0; tables[i].column; i++)
		if (has(line, len, tables[i].column)) {
			fail(why,
			     "the file is %s, comma-separated; a trace of it: scripts/mooncake-import %s %s >NEW.jsonl",
			     tables[i].what, tables[i].format, path);
			return true;
		}
	fail(why,
	     "the file is comma-separated (CSV); a trace has one JSON object a line with \"timestamp\", \"input_length\" and \"hash_ids\", and scripts/mooncake-import --help lists the tables that it knows");
	return true;
}

bool foreign_recognise(const char *path, const char *line, size_t len,
		       struct error *why)
{
	if (by_beginning(path, line, len, why) || by_nuls(path, line, len, why))
		return true;
	while (len && strchr(" \t\r", *line) && *line) {
		line++;
		len--;
	}
	if (!len)
		return false;
	if (*line == '<') {
		fail(why,
		     "the file is an HTML page, not a trace: a download gave a page that says why; get the file itself, as with curl -L and its raw address");
		return true;
	}
	return by_json(path, line, len, why) || by_table(path, line, len, why);
}
