/*
 * Rows in all the spellings that people have, files of other kinds, and files
 * that give no bytes or no end.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "trace/file/lines.h"
#include "trace/source/row_fast.h"
#include "trace_file.h"

#define CASES	"../shared/cases/"

static void check_ids(const uint64_t *ids, uint32_t nr)
{
	CHECK_EQ(t.nr_blocks, nr);
	for (uint32_t i = 0; i < nr && i < t.nr_blocks; i++)
		CHECK(trace_hash_id(&t, i) == ids[i]);
}

static void hash_ids(void)
{
	begin("ids.jsonl");
	o.block_tokens = 1;
	CHECK_EQ(load_text("{\"timestamp\":1,\"input_length\":7,\"hash_ids\":["
			   "9223372036854775807,9223372036854775808,"
			   "18446744073709551615,\"fFfFfFfFfFfFfFfF\",\"0\","
			   "\"9f3c0A1b\",0]}"), 0);
	check_ids((uint64_t []) { INT64_MAX, UINT64_C(1) << 63, UINT64_MAX, 0,
				  0x9f3c0a1b }, 5);
	CHECK_EQ(t.nr_lookups, 7);
	CHECK_EQ(t.lookups[3], 2);
	CHECK_EQ(t.lookups[6], 3);
}

static void aliases(void)
{
	begin("aliases.jsonl");
	CHECK_EQ(load_text("{\"created_time\":1,\"input_tokens\":600,"
			   "\"output_tokens\":4,"
			   "\"prefix_block_hashes\":[\"a\",\"b\"]}\n"
			   "{\"created_time\":9,\"timestamp\":3,"
			   "\"input_length\":null,\"input_tokens\":512,"
			   "\"output_length\":null,\"hash_ids\":[10]}\n"), 0);
	CHECK_EQ(t.requests[0].input_length, 600);
	CHECK_EQ(t.requests[0].output_length, 4);
	CHECK_EQ(t.requests[1].arrival_ns, 2000000);
	CHECK_EQ(t.requests[1].output_length, 0);
	CHECK_EQ(t.nr_blocks, 2);
	check_bad_line("{\"created_time\":true,\"input_length\":1,"
		       "\"hash_ids\":[1]}", "\"created_time\" is a boolean");
	check_bad_line("{\"timestamp\":6,\"input_tokens\":-1,\"hash_ids\":[1]}",
		       "\"input_tokens\" is negative");
	check_bad_line("{\"timestamp\":6,\"input_length\":1,"
		       "\"output_tokens\":[],\"hash_ids\":[1]}",
		       "\"output_tokens\" is an array");
}

static void block_size(void)
{
	begin("block_size.jsonl");
	o.block_tokens = 64;
	CHECK_EQ(load_text("{\"timestamp\":1,\"block_size\":64,"
			   "\"input_length\":65,\"hash_ids\":[1,2]}"), 0);
	check_bad_line("{\"timestamp\":6,\"block_size\":16,\"input_length\":16,"
		       "\"hash_ids\":[1]}", "\"block_size\" is 16, but "
		       "block_tokens is 512; block_tokens=16 fits it");
	check_bad_line("{\"block_size\":0}", "\"input_length\" is missing");
	check_bad_line("{\"block_size\":0,\"input_length\":0,\"hash_ids\":[]}",
		       "\"block_size\" is 0; a block has at least one token");
	check_bad_line("{\"block_size\":1e2,\"input_length\":0,\"hash_ids\":[]}",
		       "\"block_size\" is a number with a fraction");
}

/* Strings may have any bytes: what they say is ignored, but for a session's
 * name. */
static void strings(void)
{
	begin("strings.jsonl");
	CHECK_EQ(load_text("{\"x\":\"\xe4\xbd\xa0\xe5\xa5\xbd \xff\xc0\xaf\xed\xa0"
			   "\x80\xf8\t\x01 \\\"\",\"\xc3\xa9\":[\"\x80\"],"
			   "\"timestamp\":1,\"input_length\":1,"
			   "\"hash_ids\":[18446744073709551615]}"), 0);
	check_bad_line("{\"x\":\"\\\xc3\xa9\"}", "invalid string sequence");
	check_bad_line("{\"x\":\xc3\xa9}", "no JSON from column 6 on");
	check_bad_line("{\"x\":\"\xc3", "in the middle of the JSON object");
	check_bad_line("{\"x\":\"\\", "in the middle of the JSON object");
}

static void numbers_beyond_64_bits(void)
{
	begin("numbers.jsonl");
	CHECK_EQ(load_text("{\"x\":99999999999999999999,"
			   "\"y\":-99999999999999999999,"
			   "\"z\":0.99999999999999999999,"
			   "\"timestamp\":1.00000000000000000000e3,"
			   "\"input_length\":1,\"hash_ids\":[1]}"), 0);
	check_bad_line(LINE(6, 1, 1, "[18446744073709551616]"),
		       "\"hash_ids\"[0] is too large");
	check_bad_line(LINE(6, 1, 1, "[100000000000000000000000000000]"),
		       "\"hash_ids\"[0] is too large");
	check_bad_line(LINE(6, 1, 1, "[-9223372036854775809]"),
		       "\"hash_ids\"[0] is negative");
	check_bad_line(LINE(99999999999999999999, 1, 1, "[1]"), "is beyond");
	check_bad_line(LINE(6, 00000000000000000001, 1, "[1]"), "no JSON from");
}

static void byte_order_mark(void)
{
	begin("mark.jsonl");
	CHECK_EQ(load_text("\xef\xbb\xbf" GOOD "\n" GOOD), 0);
	CHECK_EQ(t.nr_requests, 2);
	CHECK_EQ(load_text("\xef\xbb\xbf"), -1);
	CHECK_HAS(err.text, "the trace is empty");
	check_bad_line("\xef\xbb\xbf" GOOD, "no JSON from column 1 on");
	begin("mark.jsonl.gz");
	write_gzip("\xef\xbb\xbf" GOOD);
	CHECK_EQ(load(), 0);
}

static void check_kind(const char *data, size_t len, const char *part)
{
	write_file(data, len);
	o.bad_lines = TRACE_BAD_LINES_FAIL;
	check_fails(part);
	CHECK_HAS(err.text, "line ");
	CHECK(!strstr(err.text, "bad_lines=skip"));
	o.bad_lines = TRACE_BAD_LINES_SKIP;
	check_fails(part);
}

#define KIND(data, part) check_kind(data, sizeof(data) - 1, part)

static void other_kinds(void)
{
	begin("kind.jsonl");
	KIND("[{\"timestamp\":1}]", "the file is a JSON array; a trace has one "
	     "object a line: jq -c '.[]' /tmp/");
	KIND("\n [\n{\"timestamp\":1}]", "jq -c '.[]' /tmp/");
	KIND("{ \n\"timestamp\":1\n}", "the JSON goes over several lines; a "
	     "trace has one object a line: jq -c . /tmp/");
	KIND("<!DOCTYPE html>\n", "the file is an HTML page");
	KIND("  <html>", "the file is an HTML page");
	KIND("\xff\xfe{\0\"\0", "the file is UTF-16; a trace of it: iconv -f "
	     "UTF-16 -t UTF-8 /tmp/");
	KIND("\xfe\xff\0{\0\"", "iconv -f UTF-16 -t UTF-8 /tmp/");
	KIND("{\0\"\0", "iconv -f UTF-16LE -t UTF-8 /tmp/");
	KIND("\0{\0\"", "iconv -f UTF-16BE -t UTF-8 /tmp/");
	KIND("\x28\xb5\x2f\xfd\x04", "the file is compressed with zstd");
	KIND("\xfd" "7zXZ\0", "the file is compressed with xz");
	KIND("Timestamp,Model,Request tokens,Response tokens,Total\n1,a,2,3,5",
	     "mooncake-import burstgpt /tmp/");
	KIND("Timestamp,Operation,Object_Size_Bytes,Tier,Key,Phase\n",
	     "mooncake-import mlperf /tmp/");
	KIND("a,b\n1,2\n", "the file is comma-separated (CSV)");
	begin("kind.jsonl.gz");
	write_gzip("[\n{}]");
	check_fails("/kind.jsonl.gz | jq -c '.[]' | gzip >NEW.jsonl.gz");
	check_bad_line("{\"id\":1,\"requests\":[{}]}", "the line is a whole "
		       "conversation (\"requests\"), not one request; "
		       "scripts/mooncake-import weka");
	check_bad_line("a,b", "no JSON from column 1 on");
}

static void binary_is_no_table(void)
{
	begin("binary");
	write_file("X,\0\1\n", 5);
	check_fails("line 1: the line holds a NUL byte");
}

static void gzip_members(void)
{
	FILE *f;
	gzFile gz;

	begin("members.jsonl.gz");
	write_gzip(GOOD "\n");
	gz = gzopen(path, "a");
	CHECK(gz && gzputs(gz, GOOD) > 0);
	gzclose(gz);
	CHECK_EQ(load(), 0);
	CHECK_EQ(t.nr_requests, 2);
	f = fopen(path, "a");
	CHECK(f && fputs("tail", f) >= 0);
	fclose(f);
	CHECK_EQ(load(), 0);
	CHECK_EQ(t.nr_requests, 2);
}

static int asked, stop_after;

static bool stop(void)
{
	return asked++ >= stop_after;
}

static void begin_stopping(const char *name, int after)
{
	begin(name);
	o.stop = stop;
	asked = 0;
	stop_after = after;
}

static void check_stops(void)
{
	check_fails("stopped while the trace was read");
	CHECK_HAS(err.text, o.source);
}

static void fifo_without_a_writer(void)
{
	begin_stopping("fifo", 2);
	CHECK(!mkfifo(path, 0600));
	check_stops();
}

/* The writer writes a line, then nothing. */
static void fifo_that_falls_silent(void)
{
	int fd;

	begin_stopping("silent", 3);
	CHECK(!mkfifo(path, 0600));
	fd = open(path, O_RDWR);
	CHECK_EQ(write(fd, GOOD "\n", strlen(GOOD) + 1), strlen(GOOD) + 1);
	check_stops();
	close(fd);
}

static void fifo_byte_by_byte(void)
{
	static const char text[] = GOOD "\n" GOOD;
	pid_t pid;

	begin("slow");
	CHECK(!mkfifo(path, 0600));
	pid = fork();
	if (!pid) {
		int fd = open(path, O_WRONLY);

		for (size_t i = 0; i < strlen(text); i++)
			if (write(fd, text + i, 1) != 1)
				_exit(1);
		_exit(0);
	}
	CHECK_EQ(load(), 0);
	CHECK_EQ(t.nr_requests, 2);
	waitpid(pid, NULL, 0);
}

/* A handler that restarts system calls, as those of fio do. */
static volatile sig_atomic_t signalled;

static void note_signal(int number)
{
	signalled = number;
}

static bool was_signalled(void)
{
	return signalled;
}

static void fifo_and_a_signal(void)
{
	struct sigaction act = { .sa_handler = note_signal,
				 .sa_flags = SA_RESTART };
	pid_t pid, parent = getpid();

	begin("signal");
	o.stop = was_signalled;
	sigaction(SIGUSR1, &act, NULL);
	CHECK(!mkfifo(path, 0600));
	pid = fork();
	if (!pid) {
		usleep(20000);
		kill(parent, SIGUSR1);
		_exit(0);
	}
	check_stops();
	waitpid(pid, NULL, 0);
}

static void devices_without_an_end(void)
{
	begin("none");
	o.source = "/dev/zero";
	check_fails("trace=/dev/zero, line 1: the line is longer than 16777216 "
		    "bytes");
	begin_stopping("none", 600);
	o.source = "/dev/zero";
	o.bad_lines = TRACE_BAD_LINES_SKIP;
	check_stops();
	begin_stopping("none", 0);
	o.source = "builtin:conversation";
	check_stops();
	begin("none");
	o.source = "/dev/null";
	check_fails("the trace is empty");
}

static bool fast_row(const char *text, struct row_buffer *b)
{
	char line[2048];

	trace_options_init(&o);
	snprintf(line, sizeof(line), "%s\n...............", text);
	row_begin(b);
	return row_fast_read(&o, line, strlen(text), b);
}

static bool fast(const char *text)
{
	struct row_buffer b = { 0 };
	bool taken = fast_row(text, &b);

	row_free(&b);
	return taken;
}

/* What the fast way takes must be what json-c makes of it (fuzz/lanes_fuzz.c);
 * here that it takes what traces have, and leaves what they don't. */
static void lines_read_fast(void)
{
	CHECK(fast(GOOD));
	CHECK(fast("{\"timestamp\":0.612,\"input_length\":1,\"hash_ids\":[]} \r"));
	CHECK(fast("{\"chat_id\": -1, \"type\": \"text\", \"x\": [1, {\"a\": null}"
		   ", [], {}, true, false, -0.5], \"timestamp\": 12.25, "
		   "\"input_length\": 4294967295, \"hash_ids\": [0, 12345678, "
		   "123456789, 999999999999999999]}"));
	CHECK(fast("{\"session_id\": \"s\", \"delay\": 5.0, \"block_size\": 16,"
		   "\"input_tokens\": 1, \"prefix_block_hashes\": "
		   "[\"9f3c0A1b2c3d4e5f\", \"0\"], \"output_tokens\": 3}"));
	CHECK(!fast(GOOD "x"));
	CHECK(!fast(LINE(5, 01, 1, "[]")));
	CHECK(!fast(LINE(5, 1.0, 1, "[]")));
	CHECK(!fast(LINE(5., 1, 1, "[]")));
	CHECK(!fast(LINE(5, 1, 1, "[1,]")));
	CHECK(!fast(LINE(5, 1, null, "[1]")));
	CHECK(!fast("{\"timestamp\":1,\"timestamp\":2,\"input_length\":1,"
		    "\"hash_ids\":[1]}"));
	CHECK(!fast("{\"timestamp\":1,\"input_length\":1}"));
}

static uint64_t random_below(uint64_t below)
{
	static uint64_t seed = 1;

	seed = seed * 6364136223846793005 + 1442695040888963407;
	return (seed >> 16) % below;
}

/* Mostly the next one, else one that has some digits of this one, or none. */
static uint64_t id_after(uint64_t id)
{
	uint64_t ten = 1;

	for (uint64_t digits = random_below(18); digits; digits--)
		ten *= 10;
	switch (random_below(6)) {
	case 0:
		return id - id % ten + random_below(ten);
	case 1:
		return random_below(10 * ten);
	}
	return id + 1;
}

/* Ids of all lengths, alike and not, as most write them and otherwise; with a
 * zero before one that is no number of JSON. */
static void ids_read_fast(void)
{
	static const char *const between[] = { ", ", ", ", ", ", ",", " ,\t" };
	struct row_buffer b = { 0 };
	uint64_t ids[20];
	char text[1024];

	for (int line = 0; line < 20000; line++) {
		uint64_t nr = 1 + random_below(20), bad = random_below(200);
		const char *comma = between[random_below(5)];
		int n = sprintf(text, "{\"input_length\":1,\"hash_ids\":[");

		for (uint64_t i = 0; i < nr; i++) {
			ids[i] = i ? id_after(ids[i - 1]) % 1000000000000000000 :
				     random_below(1000000);
			n += sprintf(text + n, "%s%s%" PRIu64, i ? comma : "",
				     i == bad ? "0" : "", ids[i]);
		}
		strcpy(text + n, "]}");
		CHECK_EQ(fast_row(text, &b), bad >= nr);
		CHECK(bad < nr || (b.row.nr_hash_ids == nr &&
				   !memcmp(b.hash_ids, ids, nr * sizeof(*ids))));
	}
	row_free(&b);
}

static uint64_t hits(void)
{
	uint64_t seen = 0;

	for (uint64_t i = 0; i < t.nr_lookups; i++)
		seen += t.lookups[i] >= seen;
	return t.nr_lookups - seen;
}

static void check_case(const char *file, uint64_t lookups, uint64_t hit)
{
	char source[64];

	snprintf(source, sizeof(source), CASES "%s", file);
	o.source = source;
	CHECK_EQ(load(), 0);
	CHECK_EQ(t.nr_lookups, lookups);
	CHECK_EQ(hits(), hit);
}

static void check_refused(const char *file, const char *part)
{
	char source[64];

	snprintf(source, sizeof(source), CASES "%s", file);
	o.source = source;
	check_fails(part);
}

/* These are the rows of the cases' README that are about traces. */
static void cases(void)
{
	begin("none");
	check_case("agentic.jsonl", 5, 2);
	check_case("aliases.jsonl", 5, 2);
	check_case("output_null.jsonl", 4, 2);
	check_case("u64_ids.jsonl", 4, 1);
	check_case("hex_ids.jsonl", 4, 1);
	check_case("bom.jsonl", 2, 1);
	check_case("cum_vs_delta.jsonl", 3, 0);
	CHECK_HAS(t.remark, "session_rows=new");
	o.session_rows = TRACE_ROWS_NEW;
	check_case("cum_vs_delta.jsonl", 5, 2);
	check_case("session_delay.jsonl", 11, 5);
}

static void cases_of_units_and_blocks(void)
{
	begin("none");
	check_refused("kvsim_minimal.jsonl", "block_tokens=64 fits it");
	check_refused("single_block_any_size.jsonl", "block_tokens=16 fits it");
	check_refused("weka_session.jsonl", "mooncake-import weka");
	check_refused("array.json", "jq -c '.[]' " CASES "array.json >NEW");
	check_refused("unix_seconds.jsonl", "timestamp_unit=s");
	o.unit = TRACE_UNIT_S;
	check_case("unix_seconds.jsonl", 6, 2);
	CHECK_EQ(t.requests[2].arrival_ns / 1000, 200000);
	o.unit = TRACE_UNIT_MS;
	o.block_tokens = 16;
	check_case("bailian.jsonl", 68, 31);
	CHECK_HAS(t.remark, "span only 61.114 ms; if they are seconds, "
		  "set timestamp_unit=s");
	o.unit = TRACE_UNIT_S;
	check_case("bailian.jsonl", 68, 31);
	CHECK_EQ(t.requests[2].arrival_ns, INT64_C(61114000000));
	o.block_tokens = 64;
	o.untimed = true;
	check_case("kvsim_minimal.jsonl", 5, 2);
}

int main(void)
{
	if (files_begin())
		return 1;
	RUN(hash_ids);
	RUN(aliases);
	RUN(block_size);
	RUN(strings);
	RUN(numbers_beyond_64_bits);
	RUN(byte_order_mark);
	RUN(other_kinds);
	RUN(binary_is_no_table);
	RUN(gzip_members);
	RUN(fifo_without_a_writer);
	RUN(fifo_that_falls_silent);
	RUN(fifo_byte_by_byte);
	RUN(fifo_and_a_signal);
	RUN(devices_without_an_end);
	RUN(lines_read_fast);
	RUN(ids_read_fast);
	if (access(CASES "README.md", R_OK)) {
		puts("skip - cases: no " CASES);
	} else {
		RUN(cases);
		RUN(cases_of_units_and_blocks);
	}
	files_end();
	UNIT_END();
}
