#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/load/compiled.h"

#define ALIGN 8
#define LANES 4
#define WORD ((ptrdiff_t)sizeof(uint64_t))

static uint64_t aligned(uint64_t bytes)
{
	return (bytes + ALIGN - 1) & ~(uint64_t)(ALIGN - 1);
}

static inline uint64_t mix(uint64_t sum, const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return (sum ^ word) * 0x9e3779b97f4a7c15;
}

/* There are four sums side by side, which a processor computes at once. Each
 * step is one to one, so that no change of a word goes unnoticed. */
uint64_t compiled_checksum(const void *data, size_t bytes)
{
	uint64_t sums[LANES] = { 1, 2, 3, 4 }, sum = bytes;
	const char *at = data, *end = at + bytes;
	char rest[WORD] = { 0 };
	size_t i = 0;

	for (; end - at >= LANES * WORD; at += LANES * WORD) {
		sums[0] = mix(sums[0], at);
		sums[1] = mix(sums[1], at + WORD);
		sums[2] = mix(sums[2], at + 2 * WORD);
		sums[3] = mix(sums[3], at + 3 * WORD);
	}
	for (; end - at >= WORD; at += WORD, i++)
		sums[i] = mix(sums[i], at);
	memcpy(rest, at, end - at);
	sums[i] = mix(sums[i], rest);
	for (i = 0; i < LANES; i++)
		sum = (sum ^ sums[i] ^ sums[i] >> 32) * 0xbf58476d1ce4e5b9;
	return sum ^ sum >> 29;
}

struct compiled_parts compiled_parts(const struct compiled_header *h)
{
	struct compiled_parts p;

	p.requests = sizeof(*h) + aligned(h->nr_lookups * sizeof(uint32_t));
	p.turns = p.requests +
		  aligned(h->nr_requests * sizeof(struct trace_request));
	p.end = p.turns + (h->nr_sessions ?
				   h->nr_requests * sizeof(struct trace_turn) :
				   0);
	return p;
}

bool compiled_recognise(const char *path)
{
	char magic[sizeof(COMPILED_MAGIC)] = "";
	struct stat st;
	int fd;

	/* A FIFO's writer would take the close for the end of its reader. */
	if (stat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (pread(fd, magic, sizeof(magic), 0) != sizeof(magic))
		magic[0] = '\0';
	close(fd);
	return !memcmp(magic, COMPILED_MAGIC, sizeof(magic));
}

static int damaged(const struct trace_options *o, const char *how,
		   struct error *err)
{
	return fail_at(err, o->source, 0,
		       "the compiled trace is damaged: %s; compile it again",
		       how);
}

static int check_header(const struct compiled_header *h, uint64_t bytes,
			const struct trace_options *o, struct error *err)
{
	if (bytes < sizeof(*h))
		return damaged(o, "it ends within its header", err);
	if (h->order == __builtin_bswap32(COMPILED_ORDER))
		return fail_at(err, o->source, 0,
			       "the trace was compiled on a machine of another byte order; compile it on one like this");
	if (h->order != COMPILED_ORDER)
		return damaged(o, "its header makes no sense", err);
	if (h->version != COMPILED_VERSION)
		return fail_at(err, o->source, 0,
			       "the compiled trace is of format %" PRIu32
			       ", this fio-mooncake reads format %d; compile it again",
			       h->version, COMPILED_VERSION);
	if (h->bytes != bytes)
		return damaged(o,
			       bytes < h->bytes ? "its end is missing" :
						  "something follows its end",
			       err);
	if (h->checksum !=
	    compiled_checksum((const char *)h + COMPILED_CHECKED_FROM,
			      bytes - COMPILED_CHECKED_FROM))
		return damaged(o, "its checksum is wrong", err);
	return 0;
}

/* Do the counts go with the size of the file, and with the limits of a
 * trace? */
static int check_counts(const struct compiled_header *h,
			const struct trace_options *o,
			const struct trace_limits *limits, struct error *err)
{
	if (h->nr_lookups > limits->lookups || h->nr_blocks > limits->blocks ||
	    compiled_parts(h).end != h->bytes ||
	    h->nr_sessions > h->nr_requests || h->nr_users > h->nr_sessions ||
	    !h->block_tokens || !memchr(h->source, '\0', sizeof(h->source)) ||
	    !memchr(h->remark, '\0', sizeof(h->remark)))
		return damaged(o, "its counts make no sense", err);
	return 0;
}

static int differs(const struct trace_options *o, const char *option,
		   const char *value, struct error *err)
{
	return fail_at(err, o->source, 0,
		       "the trace was compiled with %s=%s; give the same, or compile it again",
		       option, value);
}

static int number_differs(const struct trace_options *o, const char *option,
			  uint64_t value, struct error *err)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return differs(o, option, text, err);
}

/* May max_requests= cut the trace? Not beyond what was compiled, and not where
 * sessions were put in order. */
static bool may_cut(const struct compiled_header *h, uint64_t max)
{
	return max == h->max_requests ||
	       (!h->nr_sessions && h->shards == 1 && max &&
		(!h->max_requests || max < h->max_requests));
}

static const char *word_of(const struct choice *words, uint32_t value)
{
	for (; words->name; words++)
		if (words->value == (int)value)
			return words->name;
	return "?";
}

static int check_options(const struct compiled_header *h,
			 const struct trace_options *o, struct error *err)
{
	char shard[32];

	snprintf(shard, sizeof(shard), "%" PRIu32 "/%" PRIu32, h->shard,
		 h->shards);
	if (h->block_tokens != o->block_tokens)
		return number_differs(o, "block_tokens", h->block_tokens, err);
	if (h->unit != o->unit)
		return differs(o, "timestamp_unit",
			       word_of(choice_unit, h->unit), err);
	if (h->partial != o->partial)
		return differs(o, "partial",
			       word_of(choice_partial, h->partial), err);
	if (h->skips_bad_lines != o->bad_lines)
		return differs(o, "bad_lines",
			       word_of(choice_bad_lines, h->skips_bad_lines),
			       err);
	if (h->session_rows != o->session_rows)
		return differs(o, "session_rows",
			       word_of(choice_session_rows, h->session_rows),
			       err);
	if (h->sessions != o->sessions)
		return number_differs(o, "sessions", h->sessions, err);
	if (h->shard != o->shard || h->shards != o->shards)
		return differs(o, "shard", shard, err);
	if (!may_cut(h, o->max_requests))
		return number_differs(o, "max_requests", h->max_requests, err);
	if (h->untimed && !o->untimed)
		return differs(o, "replay_no_stall", "1", err);
	return 0;
}

/* Takes the requests where they lie, after a check. Each has the lookups up to
 * the first of the next. */
static int take_requests(struct trace *t, const struct compiled_header *h,
			 const struct trace_options *o, struct error *err)
{
	struct trace_request *requests =
		(void *)((char *)h + compiled_parts(h).requests);
	struct trace_request before = { 0 };

	for (uint32_t i = 0; i < t->nr_requests; i++) {
		if (requests[i].arrival_ns < before.arrival_ns ||
		    requests[i].arrival_ns > TRACE_TIME_MAX_NS ||
		    requests[i].first_lookup < before.first_lookup ||
		    (!i && requests[i].first_lookup))
			return damaged(o, "its requests make no sense", err);
		before = requests[i];
	}
	t->nr_lookups = t->nr_requests < h->nr_requests ?
				requests[t->nr_requests].first_lookup :
				h->nr_lookups;
	if (before.first_lookup > t->nr_lookups ||
	    t->nr_lookups > h->nr_lookups)
		return damaged(o, "its requests make no sense", err);
	if (!h->nr_requests && h->nr_lookups)
		return damaged(o, "lookups are without a request", err);
	t->requests = requests;
	return 0;
}

/* Takes the lookups where they lie, after a check, and finds how many blocks
 * they have: blocks are numbered by first appearance. Two instructions follow
 * each other from one lookup to the next, which a test for equality would make
 * three. */
static int take_lookups(struct trace *t, const struct compiled_header *h,
			const struct trace_options *o, struct error *err)
{
	uint32_t *lookups = (uint32_t *)(h + 1), next = 0, wrong = 0;

	for (uint64_t i = 0; i < t->nr_lookups; i++) {
		wrong |= lookups[i] > next;
		next += lookups[i] >= next;
	}
	if (wrong || next > h->nr_blocks ||
	    (t->nr_requests == h->nr_requests && next != h->nr_blocks))
		return damaged(o, "its lookups make no sense", err);
	t->lookups = lookups;
	t->nr_blocks = next;
	return 0;
}

static int take_turns(struct trace *t, const struct compiled_header *h,
		      const struct trace_options *o, struct error *err)
{
	struct trace_turn *turns =
		(struct trace_turn *)((char *)h + compiled_parts(h).turns);

	if (!h->nr_sessions)
		return 0;
	for (uint32_t i = 0; i < t->nr_requests; i++)
		if (turns[i].session >= h->nr_sessions ||
		    turns[i].user >= (h->nr_users ? h->nr_users : 1) ||
		    turns[i].delay_ns < 0 ||
		    (turns[i].before != TRACE_NO_REQUEST &&
		     turns[i].before >= i))
			return damaged(o, "its sessions make no sense", err);
	t->turns = turns;
	t->nr_sessions = h->nr_sessions;
	t->nr_users = h->nr_users;
	return 0;
}

static int take_all(struct trace *t, const struct trace_options *o,
		    struct error *err)
{
	const struct compiled_header *h = t->map;

	if (check_header(h, t->map_bytes, o, err) ||
	    check_counts(h, o, &trace_limits_default, err) ||
	    check_options(h, o, err))
		return -1;
	t->nr_requests = h->nr_requests;
	if (o->max_requests && o->max_requests < h->nr_requests)
		t->nr_requests = o->max_requests;
	t->bad_lines = h->bad_lines;
	memcpy(t->remark, h->remark, sizeof(t->remark));
	if (take_requests(t, h, o, err) || take_lookups(t, h, o, err) ||
	    take_turns(t, h, o, err))
		return -1;
	return 0;
}

int compiled_load(struct trace *t, const struct trace_options *o,
		  struct error *err)
{
	int fd = open(o->source, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map = MAP_FAILED;

	*t = (struct trace){ .block_tokens = o->block_tokens };
	if (fd >= 0 && !fstat(fd, &st) && st.st_size)
		map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		fail_at(err, o->source, 0, "%s", strerror(errno));
	if (fd >= 0)
		close(fd);
	if (map == MAP_FAILED)
		return -1;
	t->map = map;
	t->map_bytes = st.st_size;
	if (!take_all(t, o, err))
		return 0;
	trace_free(t);
	return -1;
}
