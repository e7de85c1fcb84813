/*
 * Compiled traces: the same as what was compiled, options that do not fit,
 * files that are damaged, foreign or of another format.
 */
#include <sys/stat.h>

#include "trace/load/compiled.h"
#include "trace_file.h"

static char compiled[64];
static struct trace kept;

#define ROWS \
	"{\"session_id\": 1, \"timestamp\": 5, \"input_length\": 1000, " \
	"\"hash_ids\": [1, 2]}\n" \
	"{\"session_id\": 1, \"delay\": 7, \"input_length\": 1100, " \
	"\"output_length\": 3, \"hash_ids\": [1, 2, 9]}\n" \
	"{\"session_id\": 2, \"timestamp\": 6, \"input_length\": 0, " \
	"\"hash_ids\": []}\n"

/* Compiles what is in the file, with the options as they are. */
static void compile(void)
{
	snprintf(compiled, sizeof(compiled), "%s/trace", dir);
	CHECK_EQ(load(), 0);
	CHECK_EQ(compiled_write(&t, &o, compiled, &err), 0);
	trace_free(&kept);
	kept = t;
	memset(&t, 0, sizeof(t));
	CHECK(compiled_recognise(compiled));
	CHECK(!compiled_recognise(o.source));
	o.source = compiled;
}

static void same_requests(void)
{
	CHECK_EQ(t.nr_requests, kept.nr_requests);
	CHECK_EQ(t.nr_lookups, kept.nr_lookups);
	CHECK_EQ(t.nr_blocks, kept.nr_blocks);
	CHECK(!memcmp(t.lookups, kept.lookups,
		      t.nr_lookups * sizeof(*t.lookups)));
	for (uint32_t r = 0; r < t.nr_requests; r++) {
		const struct trace_request *a = &t.requests[r];
		const struct trace_request *b = &kept.requests[r];

		CHECK_EQ(a->arrival_ns, b->arrival_ns);
		CHECK_EQ(a->first_lookup, b->first_lookup);
		CHECK_EQ(trace_lookups_of(&t, r), trace_lookups_of(&kept, r));
		CHECK_EQ(a->input_length, b->input_length);
		CHECK_EQ(a->output_length, b->output_length);
	}
}

static void same_turns(void)
{
	CHECK_EQ(t.nr_sessions, kept.nr_sessions);
	CHECK_EQ(t.nr_users, kept.nr_users);
	CHECK_EQ(!t.turns, !kept.turns);
	for (uint32_t r = 0; t.turns && r < t.nr_requests; r++) {
		CHECK_EQ(t.turns[r].session, kept.turns[r].session);
		CHECK_EQ(t.turns[r].user, kept.turns[r].user);
		CHECK_EQ(t.turns[r].before, kept.turns[r].before);
		CHECK_EQ(t.turns[r].delay_ns, kept.turns[r].delay_ns);
	}
}

static void check_same(void)
{
	CHECK_EQ(load(), 0);
	same_requests();
	same_turns();
	CHECK_EQ(t.bad_lines, kept.bad_lines);
	CHECK_EQ(t.block_tokens, o.block_tokens);
	CHECK_STR(t.remark, kept.remark);
}

static void sessions(void)
{
	begin("rows.jsonl");
	write_file(ROWS, strlen(ROWS));
	compile();
	check_same();
	CHECK(t.turns);
	CHECK_EQ(t.hash_ids.nr, 0);
	CHECK_EQ(trace_hash_id(&t, 2), 2);
	CHECK_EQ(trace_hash_id(&kept, 2), 9);
	begin("rows.jsonl");
	write_file(ROWS, strlen(ROWS));
	o.sessions = 2;
	compile();
	check_same();
	CHECK_EQ(t.nr_users, 2);
}

static void bad_lines(void)
{
	begin("bad.jsonl");
	write_file(GOOD "\nx\n", strlen(GOOD) + 3);
	o.bad_lines = TRACE_BAD_LINES_SKIP;
	compile();
	check_same();
	CHECK_EQ(t.bad_lines, 1);
}

static void built_in(void)
{
	struct stat st;

	begin("none");
	o.source = "builtin:conversation";
	compile();
	check_same();
	CHECK(!stat(compiled, &st));
	CHECK((uint64_t)st.st_size < 5 * t.nr_lookups);
	/* The first ones of it, as if they had been compiled alone. */
	trace_free(&kept);
	o.source = "builtin:conversation";
	o.max_requests = 100;
	CHECK_EQ(load(), 0);
	kept = t;
	memset(&t, 0, sizeof(t));
	o.source = compiled;
	check_same();
}

static void empty_shard(void)
{
	begin("one.jsonl");
	write_file(GOOD, strlen(GOOD));
	o.shards = 2;
	do
		CHECK_EQ(load(), 0);
	while (t.nr_requests && o.shard++ < 2);
	compile();
	check_same();
	CHECK_EQ(t.nr_requests, 0);
}

static void check_option(const char *part)
{
	check_fails(part);
	CHECK_HAS(err.text, "the trace was compiled with ");
	CHECK_HAS(err.text, "; give the same, or compile it again");
	trace_options_init(&o);
	o.source = compiled;
}

static void other_options(void)
{
	begin("rows.jsonl");
	write_file(ROWS, strlen(ROWS));
	compile();
	o.block_tokens = 16;
	check_option("block_tokens=512;");
	o.unit = TRACE_UNIT_S;
	check_option("timestamp_unit=ms;");
	o.partial = TRACE_PARTIAL_SKIP;
	check_option("partial=store;");
	o.bad_lines = TRACE_BAD_LINES_SKIP;
	check_option("bad_lines=fail;");
	o.session_rows = TRACE_ROWS_NEW;
	check_option("session_rows=whole;");
	o.sessions = 1;
	check_option("sessions=0;");
	o.shards = 3;
	o.shard = 2;
	check_option("shard=1/1;");
	o.max_requests = 1;
	check_option("max_requests=0;");
	o.untimed = true;
	check_same();
	begin("rows.jsonl");
	write_file(ROWS, strlen(ROWS));
	o.untimed = true;
	compile();
	o.untimed = false;
	check_option("replay_no_stall=1;");
}

static size_t read_compiled(char *data, size_t room)
{
	FILE *f = fopen(compiled, "r");
	size_t n = f ? fread(data, 1, room, f) : 0;

	if (f)
		fclose(f);
	return n;
}

static void write_compiled(const char *data, size_t len)
{
	strcpy(path, compiled);
	unlink(path);
	write_file(data, len);
}

/* Every bit that changes is noticed, and every byte that is missing. */
static void damage(void)
{
	char data[4096];
	size_t len, i;

	begin("rows.jsonl");
	write_file(ROWS, strlen(ROWS));
	compile();
	len = read_compiled(data, sizeof(data));
	CHECK(len > sizeof(struct compiled_header));
	for (i = sizeof(COMPILED_MAGIC); i < len; i++) {
		data[i] ^= 1 << i % 8;
		write_compiled(data, len);
		CHECK_EQ(load(), -1);
		CHECK_HAS(err.text, "compile");
		data[i] ^= 1 << i % 8;
	}
	for (i = sizeof(COMPILED_MAGIC); i < len; i += 7) {
		write_compiled(data, i);
		check_fails(i < sizeof(struct compiled_header) ?
				    "damaged: it ends within its header" :
				    "damaged: its end is missing");
	}
	memset(data + len, 0, 8);
	write_compiled(data, len + 8);
	check_fails("damaged: something follows its end");
	write_compiled(data, len);
	check_same();
}

/* Return parts of a compiled trace that was read into a buffer. */
static struct trace_request *requests_of(char *data)
{
	struct compiled_header *h = (void *)data;

	return (void *)(data + compiled_parts(h).requests);
}

static struct trace_turn *turns_of(char *data)
{
	struct compiled_header *h = (void *)data;

	return (void *)(data + compiled_parts(h).turns);
}

/* Writes data with the checksum that goes with them. */
static void check_nonsense(char *data, size_t len, const char *what)
{
	struct compiled_header *h = (void *)data;

	h->checksum = compiled_checksum(data + COMPILED_CHECKED_FROM,
					len - COMPILED_CHECKED_FROM);
	write_compiled(data, len);
	check_fails(what);
}

/* The checksum is right, and still it can't be a trace. */
static void nonsense(void)
{
	static const char *const counts = "damaged: its counts make no sense";
	static const char *const requests =
		"damaged: its requests make no sense";
	static const char *const turns = "damaged: its sessions make no sense";
	char data[4096], good[4096];
	struct compiled_header *h = (void *)data;
	uint32_t *lookups = (void *)(h + 1);
	size_t len;

	begin("rows.jsonl");
	write_file(ROWS, strlen(ROWS));
	compile();
	len = read_compiled(good, sizeof(good));
#define NONSENSE(change, what) \
	do { \
		memcpy(data, good, len); \
		change; \
		check_nonsense(data, len, what); \
	} while (0)
	NONSENSE(h->nr_lookups += 2, counts);
	NONSENSE(h->nr_blocks = UINT32_MAX, counts);
	NONSENSE(h->nr_sessions = h->nr_requests + 1, counts);
	NONSENSE(h->nr_users = h->nr_sessions + 1, counts);
	NONSENSE(h->block_tokens = 0, counts);
	NONSENSE(memset(h->source, 'x', sizeof(h->source)), counts);
	NONSENSE(memset(h->remark, 'x', sizeof(h->remark)), counts);
	NONSENSE(requests_of(data)[0].arrival_ns = -1, requests);
	NONSENSE(requests_of(data)[0].arrival_ns = TRACE_TIME_MAX_NS + 1,
		 requests);
	NONSENSE(requests_of(data)[0].first_lookup = 1, requests);
	NONSENSE(requests_of(data)[1].first_lookup = UINT32_MAX, requests);
	NONSENSE(requests_of(data)[h->nr_requests - 1].first_lookup =
			 h->nr_lookups + 1, requests);
	NONSENSE(lookups[0] = 1, "damaged: its lookups make no sense");
	NONSENSE(h->nr_blocks++, "damaged: its lookups make no sense");
	NONSENSE(turns_of(data)[1].before = 1, turns);
	NONSENSE(turns_of(data)[1].session = h->nr_sessions, turns);
	NONSENSE(turns_of(data)[1].user = 1, turns);
	NONSENSE(turns_of(data)[1].delay_ns = -1, turns);
#undef NONSENSE
	write_compiled(good, len);
	check_same();
}

/* Right but for what the header says of itself. */
static void other_formats(void)
{
	char data[4096];
	struct compiled_header *h = (void *)data;
	size_t len;

	begin("rows.jsonl");
	write_file(ROWS, strlen(ROWS));
	compile();
	len = read_compiled(data, sizeof(data));
	h->version++;
	write_compiled(data, len);
	check_fails("the compiled trace is of format 3, this fio-mooncake reads "
		    "format 2; compile it again");
	h->version--;
	h->order = __builtin_bswap32(h->order);
	write_compiled(data, len);
	check_fails("compiled on a machine of another byte order");
	h->order = __builtin_bswap32(h->order);
	data[0] = 'X';
	write_compiled(data, len);
	check_fails("line 1: the line holds a NUL byte");
}

static void targets_that_cannot_be_written(void)
{
	begin("rows.jsonl");
	write_file(ROWS, strlen(ROWS));
	CHECK_EQ(load(), 0);
	CHECK_EQ(compiled_write(&t, &o, "/nowhere/trace", &err), -1);
	CHECK_HAS(err.text, "--output=/nowhere/trace: No such file");
	CHECK_EQ(compiled_write(&t, &o, dir, &err), -1);
	CHECK_HAS(err.text, "this is there, and no compiled trace");
	snprintf(path, sizeof(path), "%s/fifo", dir);
	CHECK(!mkfifo(path, 0600));
	CHECK_EQ(compiled_write(&t, &o, path, &err), -1);
	CHECK_HAS(err.text, "this is there, and no compiled trace");
}

int main(void)
{
	if (files_begin())
		return 1;
	RUN(sessions);
	RUN(bad_lines);
	RUN(built_in);
	RUN(empty_shard);
	RUN(other_options);
	RUN(damage);
	RUN(nonsense);
	RUN(other_formats);
	RUN(targets_that_cannot_be_written);
	trace_free(&kept);
	files_end();
	UNIT_END();
}
