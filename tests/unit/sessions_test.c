/*
 * Sessions and users: the order of requests, what each waits for, rows of new
 * ids, cutting, shards, and every reference count.
 */
#include "reference_rows.h"
#include "trace_file.h"

#define CASES	"../shared/cases/"
#define MS	INT64_C(1000000)
#define NONE	TRACE_NO_REQUEST

/* A row of one block; session and times as JSON has them. */
#define ROW(session, times, id) \
	"{\"session_id\": " session ", " times \
	"\"input_length\": 512, \"hash_ids\": [" #id "]}\n"
#define AT(ms)		"\"timestamp\": " #ms ", "
#define AFTER(ms)	"\"delay\": " #ms ", "
#define PLAIN(ms, id) \
	"{\"timestamp\": " #ms ", \"input_length\": 512, \"hash_ids\": [" \
	#id "]}\n"

static uint64_t id_of(uint32_t request)
{
	return trace_hash_id(&t, t.lookups[t.requests[request].first_lookup]);
}

static void check_order(const char *ids)
{
	char got[256] = "";
	size_t n = 0;

	for (uint32_t r = 0; r < t.nr_requests; r++)
		n += snprintf(got + n, sizeof(got) - n, "%s%" PRIu64,
			      r ? " " : "", id_of(r));
	CHECK_STR(got, ids);
}

static void check_turn(uint32_t request, uint32_t session, uint32_t before,
		       int64_t delay_ms, int64_t arrival_ms)
{
	const struct trace_turn *turn = &t.turns[request];

	CHECK_EQ(turn->session, session);
	CHECK_EQ(turn->before, before);
	CHECK_EQ(turn->delay_ns, delay_ms * MS);
	CHECK_EQ(t.requests[request].arrival_ns, arrival_ms * MS);
}

static void plain_traces_have_no_turns(void)
{
	begin("plain.jsonl");
	CHECK_EQ(load_text(PLAIN(3, 1) PLAIN(4, 2)), 0);
	CHECK(!t.turns);
	CHECK_EQ(t.nr_sessions, 0);
}

static void open_loop(void)
{
	begin("open.jsonl");
	CHECK_EQ(load_text(ROW("\"b\"", AT(100), 1)
			   ROW("\"b\"", AFTER(50.5), 2)
			   ROW("\"b\"", AT(400) AFTER(1), 3)
			   ROW("7", AT(90), 4)
			   ROW("7", "", 5)
			   ROW("\"7\"", AFTER(70), 6)), 0);
	check_order("4 5 1 2 6 3");
	CHECK_EQ(t.nr_sessions, 2);
	CHECK_EQ(t.nr_users, 0);
	check_turn(0, 1, NONE, 0, 0);
	check_turn(1, 1, 0, 0, 0);
	check_turn(2, 0, NONE, 0, 10);
	CHECK_EQ(t.turns[3].before, 2);
	CHECK_EQ(t.turns[3].delay_ns, 50500000);
	check_turn(4, 1, 1, 70, 70);
	check_turn(5, 0, NONE, 0, 310);
	CHECK(!memcmp(t.lookups, (uint32_t []) { 0, 1, 2, 3, 4, 5 }, 24));
}

static void plain_rows_among_sessions(void)
{
	begin("mixed.jsonl");
	CHECK_EQ(load_text(PLAIN(1000, 1) PLAIN(1001, 2)
			   ROW("1", AT(999), 3) PLAIN(1005, 4)
			   ROW("1", AFTER(2), 5)), 0);
	check_order("3 1 2 5 4");
	CHECK_EQ(t.nr_sessions, 4);
	check_turn(0, 2, NONE, 0, 0);
	check_turn(1, 0, NONE, 0, 1);
	check_turn(2, 1, NONE, 0, 2);
	check_turn(3, 2, 0, 2, 2);
	check_turn(4, 3, NONE, 0, 6);
	write_file(PLAIN(5, 1) ROW("1", AT(9), 3) PLAIN(4, 2),
		   strlen(PLAIN(5, 1) ROW("1", AT(9), 3) PLAIN(4, 2)));
	check_fails("line 3: \"timestamp\" is less than the one of the "
		    "request before; sort the trace by timestamp");
}

static void users(void)
{
	static const char rows[] =
		ROW("\"a\"", "", 1) ROW("\"b\"", AFTER(5), 2)
		ROW("\"a\"", AFTER(10), 3) ROW("\"c\"", "", 4)
		ROW("\"b\"", AFTER(5), 5) ROW("\"c\"", AFTER(20), 6)
		ROW("\"d\"", AFTER(1), 7);

	begin("users.jsonl");
	o.sessions = 2;
	CHECK_EQ(load_text(rows), 0);
	/* At 10 a ends, and b: a comes first and takes c; b takes d. */
	check_order("1 2 3 5 4 7 6");
	CHECK_EQ(t.nr_users, 2);
	CHECK_EQ(t.nr_sessions, 4);
	check_turn(0, 0, NONE, 0, 0);
	check_turn(1, 1, NONE, 0, 5);
	check_turn(2, 0, 0, 10, 10);
	check_turn(3, 1, 1, 5, 10);
	check_turn(4, 2, 2, 0, 10);
	check_turn(5, 3, 3, 1, 11);
	check_turn(6, 2, 4, 20, 30);
	CHECK_EQ(t.turns[4].user, 0);
	CHECK_EQ(t.turns[5].user, 1);
	o.sessions = 1;
	CHECK_EQ(load(), 0);
	check_order("1 3 2 5 4 6 7");
	o.sessions = 100;
	CHECK_EQ(load(), 0);
	check_order("1 4 7 2 3 5 6");
	CHECK_EQ(t.nr_users, 4);
}

static void users_think_by_timestamps(void)
{
	begin("think.jsonl");
	o.sessions = 1;
	CHECK_EQ(load_text(ROW("\"a\"", AT(1000), 1)
			   ROW("\"b\"", AT(500), 2)
			   ROW("\"a\"", AT(1030), 3)
			   ROW("\"a\"", AT(1100) AFTER(7), 4)
			   ROW("\"a\"", AT(1110), 5)), 0);
	check_order("1 3 4 5 2");
	check_turn(1, 0, 0, 30, 30);
	check_turn(2, 0, 1, 7, 37);
	check_turn(3, 0, 2, 10, 47);
	check_turn(4, 1, 3, 0, 47);
	CHECK_EQ(load_text(ROW("\"a\"", AT(10), 1) ROW("\"a\"", AT(9), 2)), -1);
	CHECK_HAS(err.text, "line 2: \"timestamp\" is less than the one of its "
		  "session's row before; with sessions= the rows");
}

/* Requests without a session are sessions of one request each. */
static void users_of_a_plain_trace(void)
{
	begin("each.jsonl");
	o.sessions = 2;
	o.max_requests = 3;
	CHECK_EQ(load_text(PLAIN(3, 1) PLAIN(4, 2) PLAIN(5, 3) PLAIN(9, 4)), 0);
	check_order("1 2 3");
	check_turn(2, 2, 0, 0, 0);
	CHECK_EQ(t.turns[2].user, 0);
	CHECK_EQ(t.nr_sessions, 3);
}

static void rows_of_new_ids(void)
{
	begin("new.jsonl");
	o.session_rows = TRACE_ROWS_NEW;
	CHECK_EQ(load_text("{\"session_id\":1,\"timestamp\":0,"
			   "\"input_length\":1000,\"hash_ids\":[5,6]}\n"
			   "{\"session_id\":1,\"delay\":1,"
			   "\"input_length\":1024,\"hash_ids\":[7,8]}\n"
			   "{\"session_id\":2,\"timestamp\":0.5,"
			   "\"input_length\":512,\"hash_ids\":[5]}\n"
			   "{\"session_id\":1,\"delay\":1,"
			   "\"input_length\":0,\"hash_ids\":[]}\n"), 0);
	CHECK_EQ(t.nr_requests, 4);
	CHECK_EQ(t.nr_lookups, 11);
	CHECK_EQ(t.nr_blocks, 4);
	CHECK(!memcmp(t.lookups, (uint32_t [])
		      { 0, 1, 0, 0, 1, 2, 3, 0, 1, 2, 3 }, 44));
	CHECK_EQ(t.requests[2].input_length, 2024);
	CHECK_EQ(t.requests[3].input_length, 2024);
	/* The block of 488 tokens goes from all requests that have it. */
	o.partial = TRACE_PARTIAL_SKIP;
	CHECK_EQ(load(), 0);
	CHECK_EQ(t.nr_lookups, 8);
	CHECK_EQ(trace_lookups_of(&t, 3), 3);
	CHECK_EQ(t.nr_blocks, 3);
	CHECK_EQ(load_text("{\"session_id\":1,\"timestamp\":0,"
			   "\"input_length\":4294967295,\"hash_ids\":[]}\n"
			   "{\"session_id\":1,\"delay\":1,"
			   "\"input_length\":1,\"hash_ids\":[1]}\n"), -1);
}

static void times_that_are_missing(void)
{
	begin("untimed.jsonl");
	write_file(ROW("1", AFTER(3), 1) ROW("1", AFTER(3), 2),
		   strlen(ROW("1", AFTER(3), 1) ROW("1", AFTER(3), 2)));
	check_fails("line 1: \"timestamp\" is missing; the first row of a session "
		    "needs it, unless sessions= or replay_no_stall=1 is set");
	o.untimed = true;
	CHECK_EQ(load(), 0);
	check_turn(1, 0, 0, 3, 3);
	CHECK_EQ(load_text("{\"input_length\":1,\"hash_ids\":[2]}\n"
			   "{\"input_length\":1,\"hash_ids\":[1]}\n"
			   PLAIN(50, 3)
			   "{\"input_length\":1,\"hash_ids\":[4]}\n"
			   PLAIN(52, 3)), 0);
	CHECK(!t.turns);
	CHECK_EQ(t.requests[1].arrival_ns, 0);
	CHECK_EQ(t.requests[2].arrival_ns, 0);
	CHECK_EQ(t.requests[3].arrival_ns, 0);
	CHECK_EQ(t.requests[4].arrival_ns, 2 * MS);
	CHECK_EQ(load_text("{\"input_length\":1,\"hash_ids\":[2]}\n"
			   ROW("1", AT(70), 1) ROW("2", "", 3) PLAIN(69, 4)), 0);
	check_order("2 3 4 1");
	CHECK_EQ(t.requests[3].arrival_ns, MS);
}

static void wrong_members(void)
{
	check_bad_line(ROW("1.5", AT(9), 1), "\"session_id\" is a number with a "
		       "fraction or exponent; it must be a string or an integer");
	check_bad_line(ROW("[1]", AT(9), 1), "\"session_id\" is an array");
	check_bad_line(ROW("1", AT(9) AFTER(-1), 1), "\"delay\" is negative");
	check_bad_line(ROW("1", AT(9) AFTER(true), 1), "\"delay\" is a boolean; "
		       "it must be a number");
	check_bad_line(ROW("1", AT(9) AFTER(1e30), 1), "\"delay\" is beyond");
	begin("far.jsonl");
	write_file(ROW("1", AT(4e12), 1) ROW("1", AFTER(4e12), 1),
		   strlen(ROW("1", AT(4e12), 1) ROW("1", AFTER(4e12), 1)));
	check_fails("line 2: \"delay\" ends beyond 146 years");
}

/* What is left are the first in the order of the plan, not of the file. */
static void max_requests(void)
{
	begin("cut.jsonl");
	o.max_requests = 3;
	CHECK_EQ(load_text(ROW("1", AT(0), 1) ROW("1", AFTER(30), 2)
			   ROW("1", AFTER(30), 3) ROW("2", AT(10), 4)
			   ROW("3", AT(20), 5) ROW("2", AFTER(100), 6)), 0);
	check_order("1 4 5");
	CHECK_EQ(t.nr_sessions, 3);
	CHECK_EQ(t.nr_blocks, 3);
	o.max_requests = 5;
	CHECK_EQ(load(), 0);
	check_order("1 4 5 2 3");
	check_turn(3, 0, 0, 30, 30);
}

/* A user whose session is cut off plays no other one instead. */
static void max_requests_of_users(void)
{
	begin("cut.jsonl");
	o.sessions = 3;
	CHECK_EQ(load_text(ROW("1", "", 1) ROW("1", AFTER(100), 2)
			   ROW("2", AFTER(9), 3) ROW("3", "", 4)
			   ROW("3", AFTER(5), 5) ROW("4", "", 6)
			   ROW("4", AFTER(5), 7)), 0);
	check_order("1 4 5 6 3 7 2");
	CHECK_EQ(t.nr_users, 3);
	CHECK_EQ(t.turns[4].user, 2);
	o.max_requests = 4;
	CHECK_EQ(load(), 0);
	check_order("1 4 5 6");
	CHECK_EQ(t.nr_sessions, 3);
	CHECK_EQ(t.nr_users, 2);
	check_turn(1, 1, NONE, 0, 0);
	check_turn(3, 2, 2, 0, 5);
	CHECK_EQ(t.turns[3].user, 1);
}

static void write_many_sessions(void)
{
	FILE *f = fopen(path, "w");

	for (int i = 0; f && i < 600; i++)
		fprintf(f, "{\"session_id\": %d, \"timestamp\": %d, "
			"\"input_length\": 1536, \"hash_ids\": [1, %d, %d]}\n",
			i % 200, i, 10 + i % 200, 1000 + i);
	if (f)
		fclose(f);
}

/* All requests of a session are in the shard of its first one. */
static void check_shards(void)
{
	int shard_of[200] = { 0 }, requests = 0;

	o.shards = 3;
	for (o.shard = 1; o.shard <= 3; o.shard++) {
		CHECK_EQ(load(), 0);
		requests += t.nr_requests;
		for (uint32_t r = 0; r < t.nr_requests; r++) {
			uint32_t at = t.requests[r].first_lookup;
			int session = trace_hash_id(&t, t.lookups[at + 1]) - 10;

			CHECK(!shard_of[session] ||
			      shard_of[session] == (int)o.shard);
			shard_of[session] = o.shard;
			CHECK(t.turns[r].session < t.nr_sessions);
			CHECK(t.turns[r].before == NONE ||
			      t.turns[r].before < r);
		}
	}
	CHECK_EQ(requests, 600);
}

static void shards(void)
{
	begin("shards.jsonl");
	write_many_sessions();
	check_shards();
	o.sessions = 5;
	check_shards();
	o.shard = 1;
	o.max_requests = 10;
	CHECK_EQ(load(), 0);
	CHECK(t.nr_requests < 10);
}

/* Names are compared as what they say, however they are written. */
static void names(void)
{
	begin("names.jsonl");
	CHECK_EQ(load_text(ROW("\"\xc3\xa9\xf0\x9f\x98\x80\"", AT(1), 1)
			   ROW("\"\\u00e9\\ud83d\\ude00\"", AT(1), 2)
			   ROW("\"\xff\"", AT(1), 3) ROW("\"\xfe\"", AT(1), 4)
			   ROW("\"\"", AT(1), 5) ROW("null", AT(1), 6)
			   ROW("-3", AT(1), 7) ROW("\"-3\"", AT(1), 8)
			   ROW("18446744073709551615", AT(1), 9)
			   ROW("\"\xc0\xaf\"", AT(1), 10)
			   ROW("\"/\"", AT(1), 11)), 0);
	CHECK_EQ(t.turns[0].session, t.turns[1].session);
	CHECK_EQ(t.turns[6].session, t.turns[7].session);
	CHECK_EQ(t.nr_sessions, 9);
}

static void remarks(void)
{
	begin("remarks.jsonl");
	CHECK_EQ(load_text(ROW("1", AT(0), 1) ROW("1", AT(1000), 2)), 0);
	CHECK_HAS(t.remark, "0 of 1 later rows of sessions begin with the "
		  "hash_ids of the row before; if rows hold only what is new, "
		  "set session_rows=new");
	o.session_rows = TRACE_ROWS_NEW;
	CHECK_EQ(load(), 0);
	CHECK_STR(t.remark, "");
	CHECK_EQ(load_text(ROW("1", AT(0), 1) ROW("1", AT(1000), 1)), 0);
	CHECK_HAS(t.remark, "set session_rows=whole");
	o.session_rows = TRACE_ROWS_WHOLE;
	CHECK_EQ(load(), 0);
	CHECK_STR(t.remark, "");
}

static void times_in_another_unit(void)
{
	begin("units.jsonl");
	write_file(LINE(0, 1000000, 0, "[]") "\n" LINE(1, 1000000, 0, "[]"),
		   2 * strlen(LINE(0, 1000000, 0, "[]")) + 1);
	o.block_tokens = 2000000;
	check_fails("2000000 tokens arrive within 1 ms, more than a billion a "
		    "second; if timestamps are in seconds, set "
		    "timestamp_unit=s");
	o.untimed = true;
	CHECK_EQ(load(), 0);
	o.untimed = false;
	o.unit = TRACE_UNIT_S;
	CHECK_EQ(load(), 0);
	CHECK_STR(t.remark, "");
	/* A burst has no span, and milliseconds may be many. */
	o.unit = TRACE_UNIT_MS;
	CHECK_EQ(load_text(LINE(9, 1000000, 0, "[]") "\n"
			   LINE(9, 1000000, 0, "[]")), 0);
	CHECK_EQ(load_text(LINE(1753780607, 500, 0, "[]") "\n"
			   LINE(1753780617, 500, 0, "[]")), 0);
}

static void check_open(const struct row *row, const void *file)
{
	struct plan_options po;

	begin("none");
	o.source = file;
	if (!file) {
		bool new = !strcmp(get(row, "rows"), "new");

		o.source = new ? CASES "sessions_new.jsonl" :
				 CASES "sessions_whole.jsonl";
	}
	if (!strcmp(get(row, "rows"), "new"))
		o.session_rows = TRACE_ROWS_NEW;
	o.sessions = strtoul(get(row, "sessions"), NULL, 10);
	CHECK_EQ(load(), 0);
	plan_options_init(&po);
	if (strcmp(get(row, "capacity_slots"), "unbounded"))
		po.slots = strtoull(get(row, "capacity_slots"), NULL, 10);
	same_as_planned(row, &t, &po);
}

static void reference_open(void)
{
	each_row(REFERENCE "sessions_open.csv", check_open, NULL, 6);
}

static void reference_users(void)
{
	each_row(REFERENCE "sessions_users.csv", check_open,
		 CASES "sessions_untimed.jsonl", 9);
}

int main(void)
{
	if (files_begin())
		return 1;
	RUN(plain_traces_have_no_turns);
	RUN(open_loop);
	RUN(plain_rows_among_sessions);
	RUN(users);
	RUN(users_think_by_timestamps);
	RUN(users_of_a_plain_trace);
	RUN(rows_of_new_ids);
	RUN(times_that_are_missing);
	RUN(wrong_members);
	RUN(max_requests);
	RUN(max_requests_of_users);
	RUN(shards);
	RUN(names);
	RUN(remarks);
	RUN(times_in_another_unit);
	if (access(REFERENCE "sessions_open.csv", R_OK)) {
		puts("skip - reference: no " REFERENCE "sessions_open.csv");
	} else {
		RUN(reference_open);
		RUN(reference_users);
	}
	files_end();
	UNIT_END();
}
