/*
 * Bytes as a compiled trace whose header is right of itself: magic, format,
 * size and checksum are put there, so that what is fuzzed are the counts,
 * options and parts that they cover. What is taken must be a whole trace.
 */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include "trace/load/compiled.h"

static void check_request(const struct trace *t, uint32_t i)
{
	const struct trace_request *rq = &t->requests[i];

	must(rq->arrival_ns >= (i ? rq[-1].arrival_ns : 0), "arrivals in order");
	must(rq->first_lookup >= (i ? rq[-1].first_lookup : 0),
	     "lookups follow each other");
	must(i || !rq->first_lookup, "from the first on");
	must(rq->first_lookup + (uint64_t)trace_lookups_of(t, i) <=
		     t->nr_lookups, "within all");
	if (!t->turns)
		return;
	must(t->turns[i].session < t->nr_sessions, "sessions exist");
	must(t->turns[i].before == TRACE_NO_REQUEST || t->turns[i].before < i,
	     "who is waited for comes first");
}

static void check_trace(const struct trace *t)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < t->nr_requests; i++)
		check_request(t, i);
	for (uint64_t i = 0; i < t->nr_lookups; i++) {
		must(t->lookups[i] <= next, "numbered by first appearance");
		next += t->lookups[i] == next;
	}
	must(next == t->nr_blocks, "numbered densely");
}

/* The options that the header says it was made with. */
static void options_of(struct trace_options *o, const struct compiled_header *h)
{
	o->block_tokens = h->block_tokens;
	o->unit = h->unit;
	o->partial = h->partial;
	o->bad_lines = h->skips_bad_lines;
	o->session_rows = h->session_rows;
	o->sessions = h->sessions;
	o->shard = h->shard;
	o->shards = h->shards;
	o->untimed = h->untimed;
	o->max_requests = h->max_requests;
}

/* Makes the header right of itself, but for its size where that is kept. */
static void settle(struct compiled_header *h, size_t size, bool keep_size)
{
	memcpy(h->magic, COMPILED_MAGIC, sizeof(h->magic));
	h->order = COMPILED_ORDER;
	h->version = COMPILED_VERSION;
	if (!keep_size)
		h->bytes = size;
	h->source[sizeof(h->source) - 1] = '\0';
	h->remark[sizeof(h->remark) - 1] = '\0';
	h->checksum = compiled_checksum((char *)h + COMPILED_CHECKED_FROM,
					size - COMPILED_CHECKED_FROM);
}

/* The texts of a header would be most of each input, so inputs have none. */
#define TEXTS (sizeof(((struct compiled_header *)0)->source) + TRACE_REMARK_MAX)

static size_t expand(char *to, const uint8_t *data, size_t size)
{
	size_t head = sizeof(struct compiled_header) - TEXTS;

	memset(to, 0, sizeof(struct compiled_header));
	memcpy(to, data, size < head ? size : head);
	if (size <= head)
		return sizeof(struct compiled_header);
	memcpy(to + head + TEXTS, data + head, size - head);
	return size + TEXTS;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace_options o;
	struct error err = { "" };
	struct trace t;
	char *file;
	size_t len;

	file = malloc(size + sizeof(struct compiled_header));
	len = expand(file, data, size);
	settle((struct compiled_header *)file, len, size && data[0] & 1);
	trace_options_init(&o);
	options_of(&o, (struct compiled_header *)file);
	if (size > 1 && data[1] & 1)
		o.max_requests = data[1] >> 1;
	o.source = file_of(file, len);
	free(file);
	must(compiled_recognise(o.source), "it is recognised");
	if (compiled_load(&t, &o, &err)) {
		must(!strncmp(err.text, "trace=", 6), "the error names it");
		must(!t.requests && !t.map, "empty after an error");
	} else {
		check_trace(&t);
	}
	trace_free(&t);
	return 0;
}
