/*
 * Feeds bytes as a trace file through the whole load, every option that
 * changes its way varied by the first bytes, and compares the result
 * with what every trace must be.
 */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include "trace/load/trace.h"

#define OPTION_BYTES	2

/* Small, so that the fuzzer comes upon them. */
static const struct trace_limits limits = {
	.line_bytes = 1024,
	.requests = 16,
	.lookups = 64,
	.blocks = 32,
};

static void set_options(struct trace_options *o, const uint8_t *bytes)
{
	static const uint32_t block_tokens[] = { 1, 16, 512, UINT32_MAX };

	trace_options_init(o);
	o->bad_lines = bytes[0] & 1 ? TRACE_BAD_LINES_SKIP :
				      TRACE_BAD_LINES_FAIL;
	o->partial = bytes[0] & 2 ? TRACE_PARTIAL_SKIP : TRACE_PARTIAL_STORE;
	o->unit = bytes[0] & 4 ? TRACE_UNIT_S : TRACE_UNIT_MS;
	o->block_tokens = block_tokens[bytes[0] >> 3 & 3];
	o->max_requests = bytes[0] >> 5;
	o->shards = (bytes[1] & 3) + 1;
	o->shard = (bytes[1] >> 2 & 3) % o->shards + 1;
	o->session_rows = bytes[1] & 16 ? TRACE_ROWS_NEW : TRACE_ROWS_WHOLE;
	o->sessions = bytes[1] >> 5 & 3;
	o->untimed = bytes[1] >> 7;
}

static void check_turn(const struct trace *t, const struct trace_options *o,
		       uint32_t i)
{
	const struct trace_turn *turn = &t->turns[i];

	must(turn->session < t->nr_sessions, "sessions are numbered densely");
	must(turn->user < (o->sessions ? t->nr_users : 1), "users too");
	must(turn->delay_ns >= 0, "nobody arrives before the one before");
	if (turn->before == TRACE_NO_REQUEST)
		return;
	must(turn->before < i, "who is waited for comes first");
	must(t->turns[turn->before].user == turn->user, "users wait for "
	     "themselves");
	must(o->sessions || t->turns[turn->before].session == turn->session,
	     "sessions wait for themselves");
}

static void check_request(const struct trace *t, const struct trace_options *o,
			  uint32_t i)
{
	const struct trace_request *req = &t->requests[i];
	uint64_t full = req->input_length / t->block_tokens;

	must(req->arrival_ns >= 0, "arrivals are relative to the first");
	must(!i || req->arrival_ns >= req[-1].arrival_ns, "arrivals in order");
	must(req->first_lookup >= (i ? req[-1].first_lookup : 0),
	     "lookups follow each other");
	if (t->turns)
		check_turn(t, o, i);
	must((t->turns && o->session_rows == TRACE_ROWS_NEW) ||
	     trace_lookups_of(t, i) == full || trace_lookups_of(t, i) == full + 1,
	     "lookups go with the length");
}

static void check_trace(const struct trace *t, const struct trace_options *o)
{
	uint32_t i, next = 0;
	uint64_t nr = 0;

	must(!o->max_requests || t->nr_requests <= o->max_requests, "cut");
	must(t->nr_requests || o->shards > 1, "no empty trace");
	for (i = 0; i < t->nr_requests; i++) {
		check_request(t, o, i);
		nr += trace_lookups_of(t, i);
	}
	must(nr == t->nr_lookups, "all lookups belong to requests");
	for (nr = 0; nr < t->nr_lookups; nr++) {
		must(t->lookups[nr] <= next, "numbered by first appearance");
		next += t->lookups[nr] == next;
	}
	must(next == t->nr_blocks, "numbered densely");
	must(!t->bad_lines || o->bad_lines == TRACE_BAD_LINES_SKIP, "counted");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_options o;
	struct error err = { "" };
	struct trace t;

	if (size < OPTION_BYTES)
		return 0;
	set_options(&o, data);
	o.source = file_of(data + OPTION_BYTES, size - OPTION_BYTES);
	if (trace_load_within(&t, &o, &limits, &err)) {
		must(!strncmp(err.text, "trace=", 6), "the error names it");
		must(!t.requests && !t.nr_requests, "empty after an error");
	} else {
		check_trace(&t, &o);
	}
	trace_free(&t);
	return 0;
}
