/*
 * Reading a trace: what is accepted and what it becomes, every way in which a
 * file or a line can be wrong, cutting, shards and partial blocks.
 */
#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "trace/workload/builtin.h"
#include "trace/base/hash.h"
#include "trace/load/trace.h"
#include "trace_file.h"

#define ALL_LOOKUPS	288500

static void defaults(void)
{
	trace_options_init(&o);
	CHECK(!o.source);
	CHECK_EQ(o.max_requests, 0);
	CHECK_EQ(o.block_tokens, 512);
	CHECK_EQ(o.unit, TRACE_UNIT_MS);
	CHECK_EQ(o.partial, TRACE_PARTIAL_STORE);
	CHECK_EQ(o.bad_lines, TRACE_BAD_LINES_FAIL);
	CHECK_EQ(o.shard, 1);
	CHECK_EQ(o.shards, 1);
}

static void requests_and_blocks(void)
{
	begin("plain.jsonl");
	CHECK_EQ(load_text(LINE(1000, 1000, 7, "[9, 4]") "\n"
			   LINE(1000.5, 1536, 0, "[9, 8, 4]") "\n"
			   LINE(4000, 512, 1, "[9223372036854775807]")), 0);
	CHECK_EQ(t.nr_requests, 3);
	CHECK_EQ(t.nr_lookups, 6);
	CHECK_EQ(t.nr_blocks, 4);
	CHECK_EQ(t.requests[0].arrival_ns, 0);
	CHECK_EQ(t.requests[1].arrival_ns, 500000);
	CHECK_EQ(t.requests[2].arrival_ns, 3000000000);
	CHECK_EQ(t.requests[1].first_lookup, 2);
	CHECK_EQ(trace_lookups_of(&t, 1), 3);
	CHECK_EQ(t.requests[1].input_length, 1536);
	CHECK_EQ(t.requests[0].output_length, 7);
	CHECK(!memcmp(t.lookups, (uint32_t []) { 0, 1, 0, 2, 1, 3 }, 24));
	CHECK_EQ(trace_hash_id(&t, 0), 9);
	CHECK_EQ(trace_hash_id(&t, 2), 8);
	CHECK_EQ(trace_hash_id(&t, 3), INT64_MAX);
	CHECK_EQ(t.block_tokens, 512);
	CHECK_EQ(t.bad_lines, 0);
}

static void odd_but_right(void)
{
	begin("odd.jsonl");
	CHECK_EQ(load_text("\n  \t\r\n" LINE(-3, 0, 0, "[]") " \t\r\n\r\n"
			   LINE(-3, 511, 4294967295, "[]") "\n"
			   LINE(-2, 1024, 1, "[0, 0]") "\n"
			   "{\"extra\": {\"a\": [1, null, 1e5, \"\xff\"]},"
			   "\"hash_ids\":[0],\"output_length\":1,"
			   "\"input_length\":1,\"timestamp\":1e3}\n"), 0);
	CHECK_EQ(t.nr_requests, 4);
	CHECK_EQ(t.nr_lookups, 3);
	CHECK_EQ(t.nr_blocks, 1);
	CHECK_EQ(t.requests[1].output_length, UINT32_MAX);
	CHECK_EQ(t.requests[3].arrival_ns, 1003000000);
}

static void seconds(void)
{
	begin("seconds.jsonl");
	o.unit = TRACE_UNIT_S;
	CHECK_EQ(load_text(LINE(1700000000, 0, 0, "[]") "\n"
			   LINE(1700000000.25, 0, 0, "[]") "\n"
			   LINE(1700000002, 0, 0, "[]") "\n"), 0);
	CHECK_EQ(t.requests[1].arrival_ns, 250000000);
	CHECK_EQ(t.requests[2].arrival_ns, 2000000000);
}

static void gzip(void)
{
	begin("trace.jsonl.gz");
	write_gzip(GOOD "\n" GOOD "\n");
	CHECK_EQ(trace_load(&t, &o, &err), 0);
	CHECK_EQ(t.nr_requests, 2);
	CHECK_EQ(t.nr_lookups, 4);
}

static void damaged_gzip(void)
{
	char data[4096];
	size_t len, cut;
	FILE *f;

	begin("damaged.jsonl.gz");
	write_gzip(GOOD "\n" LINE(6, 1, 1, "[1]") "\n" GOOD "\n");
	f = fopen(path, "r");
	len = f ? fread(data, 1, sizeof(data), f) : 0;
	if (f)
		fclose(f);
	o.bad_lines = TRACE_BAD_LINES_SKIP;
	for (cut = 2; cut < len; cut++) {
		write_file(data, cut);
		check_fails("the gzip data ends too early");
	}
	data[len - 6] ^= 1;
	write_file(data, len);
	check_fails("the gzip data is damaged");
}

static void many_requests(void)
{
	FILE *f;
	uint32_t i;

	begin("many.jsonl");
	f = fopen(path, "w");
	for (i = 0; f && i < 30000; i++)
		fprintf(f, LINE(%u, 1024, 3, "[%" PRIu64 ", 77]") "\n", i,
			hash64(i) >> 1);
	if (f)
		fclose(f);
	CHECK_EQ(load(), 0);
	CHECK_EQ(t.nr_requests, 30000);
	CHECK_EQ(t.nr_blocks, 30001);
	for (i = 1; i < t.nr_requests; i++) {
		CHECK_EQ(t.lookups[2 * i], i + 1);
		CHECK_EQ(trace_hash_id(&t, i + 1), hash64(i) >> 1);
		CHECK_EQ(t.lookups[2 * i + 1], 1);
	}
}

static void max_requests(void)
{
	begin("max.jsonl");
	o.max_requests = 2;
	CHECK_EQ(load_text(GOOD "\n" LINE(6, 512, 0, "[30]") "\nrubbish\n"), 0);
	CHECK_EQ(t.nr_requests, 2);
	CHECK_EQ(t.nr_blocks, 3);
	o.max_requests = 1;
	CHECK_EQ(load(), 0);
	CHECK_EQ(t.nr_requests, 1);
	CHECK_EQ(t.nr_blocks, 2);
	o.max_requests = 3;
	check_fails("line 3: ");
}

static void files_that_cannot_be_read(void)
{
	begin("missing.jsonl");
	check_fails("No such file or directory; give the path");
	CHECK_HAS(err.text, path);
	o.source = dir;
	check_fails("this is a directory; give the path");
	o.source = "/proc/self/mem";
	check_fails("line 1: cannot read on: Input/output error");
	begin("closed.jsonl");
	write_file(GOOD, strlen(GOOD));
	chmod(path, 0);
	if (geteuid())
		check_fails("Permission denied");
}

static void long_path(void)
{
	char name[2001];

	begin("long");
	memset(name, 'a', 2000);
	memcpy(name, "first", 5);
	memcpy(name + 1996, "last", 5);
	o.source = name;
	check_fails("File name too long; give the path");
	CHECK_HAS(err.text, "trace=...aaa");
	CHECK_HAS(err.text, "aaalast: ");
}

static void empty_traces(void)
{
	begin("empty.jsonl");
	write_file("", 0);
	check_fails("the trace is empty");
	write_file("\n \n\r\n", 5);
	check_fails("the trace is empty");
	write_file("x\n[]\n", 5);
	o.bad_lines = TRACE_BAD_LINES_SKIP;
	check_fails("the trace has no request: all 2 lines are bad, the first "
		    "is line 1: no JSON from column 1 on");
}

static void wrong_options(void)
{
	begin("options.jsonl");
	write_file(GOOD, strlen(GOOD));
	o.source = NULL;
	check_fails("trace= is missing");
	o.source = "";
	check_fails("trace= is missing");
	o.source = path;
	o.block_tokens = 0;
	check_fails("block_tokens=0: ");
	o.block_tokens = 512;
	o.shard = 3;
	o.shards = 2;
	check_fails("shard=3/2: ");
	o.shard = 0;
	check_fails("shard=0/2: ");
	o.shards = 0;
	check_fails("shard=0/0: ");
}

static void lines_that_are_no_request(void)
{
	static const char binary[] = GOOD "\n\x7f" "ELF\0\1\2";

	check_bad_line("{\"timestamp\": 5, \"input_le", "in the middle of the");
	check_bad_line("{\"hash_ids\": [1, 2", "in the middle of the JSON");
	check_bad_line("rubbish", "no JSON from column 1 on");
	check_bad_line("{\"timestamp\": 05}", "no JSON from column");
	check_bad_line("// a comment", "no JSON from column 1 on");
	check_bad_line(GOOD "x", "more text follows the JSON object at column");
	check_bad_line(GOOD GOOD, "a line holds one request");
	check_bad_line("[1]", "the line is an array; it must be a JSON object");
	check_bad_line("null ", "the line is null");
	check_bad_line("\"{}\"", "the line is a string");
	begin("binary.jsonl");
	write_file(binary, sizeof(binary) - 1);
	check_fails("line 2: the line holds a NUL byte; a trace is text");
}

static void deep_nesting(void)
{
	char line[1025];

	memset(line, '[', 1024);
	line[1024] = '\0';
	check_bad_line(line, "nesting too deep");
}

static void many_objects(void)
{
	size_t n = 70000, i;
	char *text = malloc(3 * n + 128), *at = text;

	begin("objects.jsonl");
	at = stpcpy(at, GOOD "\n[");
	for (i = 0; i < n; i++, at += 3)
		memcpy(at, "{},", 3);
	strcpy(at, "1]");
	CHECK_EQ(load_text(text), -1);
	CHECK_HAS(err.text, "line 2: the line holds more than 65536 objects");
	free(text);
}

static void members(void)
{
	check_bad_line("{\"input_length\":1,\"output_length\":1,\"hash_ids\":[1]}",
		       "\"timestamp\" is missing; every request needs it");
	check_bad_line("{\"timestamp\":9,\"output_length\":1,\"hash_ids\":[1]}",
		       "\"input_length\" is missing; every request needs it");
	check_bad_line("{\"timestamp\":9,\"input_length\":1,\"output_length\":1}",
		       "\"hash_ids\" is missing; every request needs it");
	check_bad_line(LINE(null, 1, 1, "[1]"), "\"timestamp\" is null");
	check_bad_line(LINE(9, 1, 1, "null"), "\"hash_ids\" is null");
}

static void wrong_lengths(void)
{
	check_bad_line(LINE(9, -1, 1, "[1]"), "\"input_length\" is negative; it "
		       "must be an integer from 0 to 4294967295");
	check_bad_line(LINE(9, 4294967296, 1, "[1]"),
		       "\"input_length\" is too large");
	check_bad_line(LINE(9, 1.0, 1, "[1]"), "\"input_length\" is a number "
		       "with a fraction or exponent");
	check_bad_line(LINE(9, "1", 1, "[1]"), "\"input_length\" is a string");
	check_bad_line(LINE(9, 1, true, "[1]"),
		       "\"output_length\" is a boolean");
	check_bad_line(LINE(9, 1, 1e99, "[1]"), "\"output_length\" is a number");
	check_bad_line(LINE(9, 1, 99999999999999999999, "[1]"),
		       "\"output_length\" is too large");
}

static void wrong_timestamps(void)
{
	check_bad_line(LINE(4.999, 1, 1, "[1]"), "\"timestamp\" is less than the "
		       "one of the request before; sort the trace");
	check_bad_line(LINE("9", 1, 1, "[1]"), "\"timestamp\" is a string");
	check_bad_line(LINE(true, 1, 1, "[1]"), "\"timestamp\" is a boolean");
	check_bad_line(LINE({}, 1, 1, "[1]"), "\"timestamp\" is an object");
	check_bad_line(LINE(NaN, 1, 1, "[1]"), "\"timestamp\" is not finite");
	check_bad_line(LINE(Infinity, 1, 1, "[1]"), "not finite");
	check_bad_line(LINE(-Infinity, 1, 1, "[1]"), "not finite");
	check_bad_line(LINE(1e999, 1, 1, "[1]"), "not finite");
	check_bad_line(LINE(1e13, 1, 1, "[1]"), "\"timestamp\" is beyond "
		       "4611686018427 ms, 146 years; is timestamp_unit= right?");
	check_bad_line(LINE(9223372036854775807, 1, 1, "[1]"), "is beyond");
}

static void wrong_hash_ids(void)
{
	check_bad_line(LINE(9, 1, 1, "7"), "\"hash_ids\" is an integer; it must "
		       "be an array of integers");
	check_bad_line(LINE(9, 900, 1, "[1, -1]"), "\"hash_ids\"[1] is negative; "
		       "hash ids are integers from 0 to 18446744073709551615, "
		       "or strings of hexadecimal digits");
	check_bad_line(LINE(9, 1, 1, "[18446744073709551616]"), "is too large");
	check_bad_line(LINE(9, 1, 1, "[-9223372036854775809]"), "is negative");
	check_bad_line(LINE(9, 1, 1, "[1.5]"), "[0] is a number with a fraction");
	check_bad_line(LINE(9, 1, 1, "[\"\"]"), "[0] is a string, but not of "
		       "1 to 16 hexadecimal digits");
	check_bad_line(LINE(9, 1, 1, "[\"0x1\"]"), "[0] is a string, but not");
	check_bad_line(LINE(9, 1, 1, "[\"12345678901234567\"]"), "[0] is a str");
	check_bad_line(LINE(9, 1, 1, "[false]"), "[0] is a boolean");
	check_bad_line(LINE(9, 1, 1, "[null]"), "[0] is null");
	check_bad_line(LINE(9, 1, 1, "[[1]]"), "[0] is an array");
}

static void other_block_tokens(void)
{
	check_bad_line(LINE(9, 40, 1, "[1, 2, 3]"), "3 hash_ids do not go with "
		       "an input_length of 40 and block_tokens=512; "
		       "block_tokens=16 fits it");
	check_bad_line(LINE(9, 600, 1, "[]"), "block_tokens=1024 fits it");
	check_bad_line(LINE(9, 100, 1, "[1, 2, 3, 4, 5]"),
		       "block_tokens=20 fits it");
	check_bad_line(LINE(9, 1400, 1, "[1, 2, 3, 4, 5, 6]"),
		       "block_tokens=256 fits it");
	check_bad_line(LINE(9, 98, 1, "[1, 2, 3, 4, 5]"),
		       "block_tokens=20 fits it");
	check_bad_line(LINE(9, 23, 1, "[1, 2, 3, 4, 5, 6, 7, 8, 9]"),
		       "no block_tokens= fits it");
	check_bad_line(LINE(9, 0, 1, "[1]"), "no block_tokens= fits it");
	begin("small.jsonl");
	o.block_tokens = 16;
	CHECK_EQ(load_text(LINE(9, 40, 1, "[1, 2, 3]") "\n"
			   LINE(9, 40, 1, "[1, 2]") "\n"
			   LINE(9, 32, 1, "[1, 2]") "\n"), 0);
	write_file(LINE(9, 32, 1, "[1, 2, 3]"), strlen(LINE(9, 32, 1, "[1, 2, 3]")));
	check_fails("3 hash_ids do not go with an input_length of 32");
}

static void bad_lines_decide_nothing(void)
{
	begin("skip.jsonl");
	o.bad_lines = TRACE_BAD_LINES_SKIP;
	o.max_requests = 2;
	CHECK_EQ(load_text(LINE(2, 1, 1, "[-1]") "\n"
			   LINE(4, 1, 1, "[50]") "\n"
			   LINE(9000, 9, 1, "7") "\n"
			   LINE(3, 1, 1, "[60]") "\n"
			   LINE(6, 1, 1, "[70]") "\nrubbish\n"), 0);
	CHECK_EQ(t.bad_lines, 3);
	CHECK_EQ(t.nr_requests, 2);
	CHECK_EQ(t.requests[1].arrival_ns, 2000000);
	CHECK_EQ(t.nr_blocks, 2);
	CHECK_EQ(trace_hash_id(&t, 1), 70);
}

/* Returns a text with a good line of that many bytes between two others. */
static char *padded(size_t bytes)
{
	size_t pad = bytes - (strlen(GOOD) + strlen(", \"pad\": \"\""));
	char *text = malloc(bytes + 2 * strlen(GOOD) + 8), *at = text;

	at += sprintf(at, GOOD "\n%.*s, \"pad\": \"", (int)strlen(GOOD) - 1, GOOD);
	memset(at, 'x', pad);
	sprintf(at + pad, "\"}\n" GOOD "\n");
	return text;
}

static void check_long_line(size_t bytes, int ret)
{
	char *text = padded(bytes);

	begin("long.jsonl");
	CHECK_EQ(load_text(text), ret);
	o.bad_lines = TRACE_BAD_LINES_SKIP;
	CHECK_EQ(load(), 0);
	CHECK_EQ(t.nr_requests, ret ? 2 : 3);
	CHECK_EQ(t.bad_lines, ret ? 1 : 0);
	free(text);
}

static void long_lines(void)
{
	check_long_line(10 << 20, 0);
	check_long_line(16 << 20, 0);
	check_long_line((16 << 20) + 1, -1);
	CHECK_HAS(err.text, "line 2: the line is longer than 16777216 bytes");
	check_long_line(40 << 20, -1);
	begin("endless.jsonl");
	limits.line_bytes = 3;
	write_file("123456", 6);
	check_fails("line 1: the line is longer than 3 bytes");
}

static void line_ends_at_buffer_ends(void)
{
	size_t bytes;

	for (bytes = 65500; bytes < 65600; bytes++)
		check_long_line(bytes, 0);
}

static void million_tokens(void)
{
	FILE *f;
	int i;

	begin("million.jsonl");
	f = fopen(path, "w");
	if (f) {
		fprintf(f, "{\"timestamp\":0,\"input_length\":1000000,"
			"\"output_length\":1,\"hash_ids\":[0");
		for (i = 1; i < 1000000; i++)
			fprintf(f, ",%d", i);
		fprintf(f, "]}\n");
		fclose(f);
	}
	o.block_tokens = 1;
	CHECK_EQ(load(), 0);
	CHECK_EQ(t.nr_blocks, 1000000);
}

static void too_much(void)
{
	begin("limits.jsonl");
	write_file(GOOD "\n" GOOD "\n" LINE(5, 1, 1, "[3]"), 2 * strlen(GOOD) +
		   2 + strlen(LINE(5, 1, 1, "[3]")));
	limits.requests = 2;
	check_fails("the trace has more than 2 requests, the most there is "
		    "room for; cut it with max_requests=2");
	limits.requests = 3;
	limits.lookups = 3;
	check_fails("more than 3 lookups, the most there is room for; cut it "
		    "with max_requests=1");
	limits.lookups = 5;
	limits.blocks = 2;
	check_fails("more than 2 blocks, the most there is room for; cut it "
		    "with max_requests=2");
	limits.blocks = 3;
	CHECK_EQ(load(), 0);
	CHECK(trace_limits_default.lookups == UINT32_MAX);
	CHECK(trace_limits_default.blocks == (UINT64_C(1) << 31) - 2);
}

static void partial_blocks(void)
{
	begin("partial.jsonl");
	o.partial = TRACE_PARTIAL_SKIP;
	CHECK_EQ(load_text(LINE(0, 1000, 1, "[1, 2]") "\n"
			   LINE(0, 1024, 1, "[3, 4]") "\n"
			   LINE(0, 1100, 1, "[4, 5]") "\n"
			   LINE(0, 100, 1, "[6]") "\n"
			   LINE(0, 600, 1, "[1, 7]")), 0);
	CHECK_EQ(t.nr_requests, 5);
	CHECK_EQ(t.nr_lookups, 6);
	CHECK_EQ(t.nr_blocks, 4);
	CHECK(!memcmp(t.lookups, (uint32_t []) { 0, 1, 2, 2, 3, 0 }, 24));
	CHECK_EQ(trace_hash_id(&t, 3), 5);
	CHECK_EQ(trace_lookups_of(&t, 3), 0);
	CHECK_EQ(t.requests[4].first_lookup, 5);
}

/* Loads each of @n shards, and notes in which of them each request is, which
 * its output_length names. */
static void load_shards(uint32_t n, uint32_t *shard_of, uint32_t nr_requests)
{
	uint32_t i, k, requests = 0;

	o.shards = n;
	for (k = 1; k <= n; k++) {
		o.shard = k;
		CHECK_EQ(load(), 0);
		requests += t.nr_requests;
		for (i = 0; i < t.nr_requests; i++)
			shard_of[t.requests[i].output_length] = k;
	}
	CHECK_EQ(requests, nr_requests);
}

static uint32_t shard_by(uint64_t id, uint32_t n)
{
	return hash64(id) % n + 1;
}

/*
 * Writes 400 requests, whose output_length is their number. Block 7 is in all
 * of them, block 8 in four (1%, too common), block 9 in three, twice in each.
 */
static void write_sharded(void)
{
	FILE *f = fopen(path, "w");
	unsigned int i;

	for (i = 0; f && i < 400; i++) {
		if (i < 3)
			fprintf(f, LINE(%u, 2560, %u, "[7, 8, 9, 9, %u]") "\n",
				i, i, 1000 + i);
		else if (i == 3)
			fprintf(f, LINE(%u, 1536, %u, "[7, 8, 1003]") "\n",
				i, i);
		else if (i == 4)
			fprintf(f, LINE(%u, 0, %u, "[]") "\n", i, i);
		else if (i == 5)
			fprintf(f, LINE(%u, 1024, %u, "[7, 7]") "\n", i, i);
		else
			fprintf(f, LINE(%u, 600, %u, "[7, %u]") "\n", i, i,
				1000 + i);
	}
	if (f)
		fclose(f);
}

static void check_sharding(uint32_t n)
{
	uint32_t shard_of[400] = { 0 }, i;

	load_shards(n, shard_of, 400);
	for (i = 0; i < 3; i++)
		CHECK_EQ(shard_of[i], shard_by(9, n));
	CHECK_EQ(shard_of[3], shard_by(1003, n));
	CHECK_EQ(shard_of[4], shard_by(4, n));
	CHECK_EQ(shard_of[5], shard_by(7, n));
	for (i = 6; i < 400; i++)
		CHECK_EQ(shard_of[i], shard_by(1000 + i, n));
}

static void shards(void)
{
	begin("shards.jsonl");
	write_sharded();
	check_sharding(2);
	check_sharding(7);
	o.partial = TRACE_PARTIAL_SKIP;
	check_sharding(7);
}

static void shard_blocks_are_dense(void)
{
	uint64_t i, highest = 0;

	begin("dense.jsonl");
	write_sharded();
	o.shards = 5;
	o.shard = 2;
	CHECK_EQ(load(), 0);
	CHECK(t.nr_requests > 40 && t.nr_requests < 120);
	for (i = 0; i < t.nr_lookups; i++) {
		CHECK(t.lookups[i] <= highest);
		highest += t.lookups[i] == highest;
	}
	CHECK_EQ(highest, t.nr_blocks);
	CHECK_EQ(trace_hash_id(&t, 0), 7);
	CHECK_EQ(t.requests[0].arrival_ns,
		 t.requests[0].output_length * INT64_C(1000000));
}

static void shard_comes_after_max_requests(void)
{
	uint32_t shard_of[400] = { 0 };

	begin("cut.jsonl");
	write_sharded();
	o.max_requests = 4;
	load_shards(3, shard_of, 4);
	CHECK_EQ(shard_of[0], shard_by(1000, 3));
	CHECK_EQ(shard_of[5], 0);
}

static void empty_shards(void)
{
	begin("one.jsonl");
	o.shards = 2;
	o.shard = 3 - shard_by(20, 2);
	CHECK_EQ(load_text(GOOD), 0);
	CHECK_EQ(t.nr_requests, 0);
	CHECK_EQ(t.nr_lookups, 0);
	CHECK_EQ(t.nr_blocks, 0);
}

static void built_in_traces(void)
{
	char source[64];

	begin("none");
	o.source = "builtin:nonsense";
	check_fails("trace=builtin:nonsense: there is no such built-in trace; "
		    "there are builtin:");
	CHECK_HAS(err.text, builtins[0].name);
	snprintf(source, sizeof(source), BUILTIN_PREFIX "%s", builtins[0].name);
	o.source = source;
	o.max_requests = 5;
	CHECK_EQ(load(), 0);
	CHECK_EQ(t.nr_requests, 5);
	o.block_tokens = 16;
	check_fails("built-in traces have block_tokens=512, not 16");
	o.block_tokens = 1024;
	check_fails("built-in traces have block_tokens=512, not 1024");
}

/* Sanitizers and valgrind take address space as they like. */
static bool memory_can_be_limited(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	return false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
	return false;
#endif
#endif
	return !strstr(getenv("LD_PRELOAD") ? getenv("LD_PRELOAD") : "",
		       "vgpreload");
}

static size_t address_space(void)
{
	size_t pages = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f) {
		if (fscanf(f, "%zu", &pages) != 1)
			pages = 0;
		fclose(f);
	}
	return pages * sysconf(_SC_PAGESIZE);
}

/* Loads in a process that may have that much more memory. Returns 0, or 1 where
 * it says that there is too little. */
static int load_within_memory(size_t bytes)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		struct rlimit limit = { address_space() + bytes,
					RLIM_INFINITY };

		setrlimit(RLIMIT_AS, &limit);
		if (!load())
			_exit(0);
		_exit(strstr(err.text, "out of memory") ? 1 : 2);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void too_little_memory(void)
{
	int got = 1, failures = 0;
	size_t bytes;
	FILE *f;
	unsigned int i;

	if (!memory_can_be_limited()) {
		printf("# no limit on memory here: its test is skipped\n");
		return;
	}
	begin("memory.jsonl");
	f = fopen(path, "w");
	for (i = 0; f && i < 800000; i += 2)
		fprintf(f, LINE(%u, 600, 1, "[%u, %u]") "\n", i, i, i + 1);
	if (f)
		fclose(f);
	o.partial = TRACE_PARTIAL_SKIP;
	malloc_trim(0);
	for (bytes = 0; got == 1 && bytes < 128 << 20; bytes += 1 << 20) {
		got = load_within_memory(bytes);
		failures += got == 1;
	}
	CHECK_EQ(got, 0);
	CHECK(failures > 0);
	o.source = "builtin:conversation";
	got = load_within_memory(0); /* there may be enough left */
	CHECK(got == 0 || got == 1);
}

static void real_shards(void)
{
	uint64_t requests = 0, lookups = 0;

	o.shards = 3;
	for (o.shard = 1; o.shard <= 3; o.shard++) {
		CHECK_EQ(load(), 0);
		requests += t.nr_requests;
		lookups += t.nr_lookups;
		CHECK(t.nr_lookups < ALL_LOOKUPS * 2 / 5);
	}
	CHECK_EQ(requests, 12031);
	CHECK_EQ(lookups, ALL_LOOKUPS);
}

static void real_trace(void)
{
	begin("none");
	o.source = REAL_TRACE;
	CHECK_EQ(load(), 0);
	CHECK_EQ(t.nr_requests, 12031);
	CHECK_EQ(t.nr_lookups, ALL_LOOKUPS);
	CHECK_EQ(t.nr_blocks, 182790);
	o.partial = TRACE_PARTIAL_SKIP;
	CHECK_EQ(load(), 0);
	CHECK_EQ(t.nr_lookups, 276491);
	o.partial = TRACE_PARTIAL_STORE;
	real_shards();
}

int main(void)
{
	if (files_begin())
		return 1;
	RUN(defaults);
	RUN(requests_and_blocks);
	RUN(odd_but_right);
	RUN(seconds);
	RUN(gzip);
	RUN(damaged_gzip);
	RUN(many_requests);
	RUN(max_requests);
	RUN(files_that_cannot_be_read);
	RUN(long_path);
	RUN(empty_traces);
	RUN(wrong_options);
	RUN(lines_that_are_no_request);
	RUN(deep_nesting);
	RUN(many_objects);
	RUN(members);
	RUN(wrong_lengths);
	RUN(wrong_timestamps);
	RUN(wrong_hash_ids);
	RUN(other_block_tokens);
	RUN(bad_lines_decide_nothing);
	RUN(long_lines);
	RUN(line_ends_at_buffer_ends);
	RUN(million_tokens);
	RUN(too_much);
	RUN(partial_blocks);
	RUN(shards);
	RUN(shard_blocks_are_dense);
	RUN(shard_comes_after_max_requests);
	RUN(empty_shards);
	RUN(built_in_traces);
	RUN(too_little_memory);
	if (access(REAL_TRACE, R_OK))
		printf("# no " REAL_TRACE ": its test is skipped\n");
	else
		RUN(real_trace);
	files_end();
	UNIT_END();
}
