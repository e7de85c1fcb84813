#include <stdlib.h>

#include "trace/base/hash.h"
#include "trace/load/select.h"

/* A block that one in so many requests contains, or more, is too common to say
 * where a request belongs. */
#define COMMON_PART 100

struct selection {
	struct trace *t;
	const struct trace_options *o;
	const bool *kept;	   /* NULL: all */
	struct sessions *sessions; /* NULL: none */
	uint32_t *numbers; /* with sessions: the new ones of their requests */
	uint8_t *owned;	   /* by session: whose it is, once that is known */
	uint32_t *containing;	 /* requests that contain the block */
	uint32_t *number;	 /* new number of the block, or ID_UNNUMBERED */
	struct id_list hash_ids; /* by new number */
	uint32_t nr_requests;	 /* what is kept so far */
	uint64_t nr_lookups;
};

static const uint32_t *lookups_of(const struct trace *t, uint32_t request)
{
	return t->lookups + t->requests[request].first_lookup;
}

/*
 * Counts how many requests contain each block. A request that looks a block up
 * twice contains it once: @number keeps the request that counted last for the
 * time being.
 */
static void count_containing(struct selection *s)
{
	const struct trace *t = s->t;
	uint32_t r, i, n;

	for (r = 0; r < t->nr_requests; r++) {
		const uint32_t *blocks = lookups_of(t, r);

		if (s->kept && !s->kept[r])
			continue;
		n = trace_lookups_of(t, r);
		for (i = 0; i < n; i++) {
			if (s->number[blocks[i]] == r + 1)
				continue;
			s->number[blocks[i]] = r + 1;
			s->containing[blocks[i]]++;
		}
	}
}

/* Returns the hash id that decides to which shard the request belongs. */
static uint64_t deciding_id(const struct selection *s, uint32_t request)
{
	const struct trace *t = s->t;
	const uint32_t *blocks = lookups_of(t, request);
	uint32_t n = trace_lookups_of(t, request), i;

	if (!n)
		return request;
	for (i = 0; i < n - 1; i++)
		if ((uint64_t)s->containing[blocks[i]] * COMMON_PART <
		    t->nr_requests)
			break;
	return trace_hash_id(t, blocks[i]);
}

static bool is_ours(const struct selection *s, uint32_t request)
{
	enum { UNKNOWN, OURS, NOT_OURS } ours;
	uint8_t *owned = NULL;

	if (s->o->shards == 1)
		return true;
	if (s->sessions) {
		owned = &s->owned[s->sessions->rows[request].session];
		if (*owned != UNKNOWN)
			return *owned == OURS;
	}
	ours = hash64(deciding_id(s, request)) % s->o->shards ==
			       s->o->shard - 1 ?
		       OURS :
		       NOT_OURS;
	if (owned)
		*owned = ours;
	return ours == OURS;
}

static bool ends_partial(const struct trace *t, uint32_t request)
{
	uint32_t length = t->requests[request].input_length;

	return length % t->block_tokens &&
	       trace_lookups_of(t, request) > length / t->block_tokens;
}

/* Moves a request and its lookups down to the end of what is kept. */
static int keep(struct selection *s, uint32_t request)
{
	struct trace *t = s->t;
	struct trace_request *req = &t->requests[s->nr_requests++];
	const uint32_t *from = lookups_of(t, request);
	uint32_t nr = trace_lookups_of(t, request);

	if (s->o->partial == TRACE_PARTIAL_SKIP && ends_partial(t, request))
		nr--;
	if (id_list_renumber(&s->hash_ids, &t->hash_ids, s->number, from, nr,
			     t->lookups + s->nr_lookups))
		return -1;
	*req = t->requests[request];
	req->first_lookup = s->nr_lookups;
	s->nr_lookups += nr;
	return 0;
}

/* Keeps the session's row of a request that is kept. Sessions are numbered anew
 * when all are there. */
static void keep_row(struct selection *s, uint32_t request)
{
	struct session_row row = s->sessions->rows[request];

	if (row.before != TRACE_NO_REQUEST)
		row.before = s->numbers[row.before];
	s->numbers[request] = s->nr_requests - 1;
	s->sessions->rows[s->nr_requests - 1] = row;
}

/* Numbers sessions anew: the first row of each takes the next number. */
static void number_sessions(struct sessions *s, uint64_t nr_rows)
{
	uint32_t nr = 0;

	for (uint64_t i = 0; i < nr_rows; i++) {
		struct session_row *row = &s->rows[i];

		row->session = row->before == TRACE_NO_REQUEST ?
				       nr++ :
				       s->rows[row->before].session;
	}
	s->nr = nr;
	s->nr_rows = nr_rows;
}

static int keep_ours(struct selection *s)
{
	struct trace *t = s->t;
	uint32_t r;

	if (s->o->shards > 1)
		count_containing(s);
	for (r = 0; r < t->nr_blocks; r++)
		s->number[r] = ID_UNNUMBERED;
	for (r = 0; r < t->nr_requests; r++) {
		if ((s->kept && !s->kept[r]) || !is_ours(s, r))
			continue;
		if (keep(s, r))
			return -1;
		if (s->sessions)
			keep_row(s, r);
	}
	t->nr_requests = s->nr_requests;
	t->nr_lookups = s->nr_lookups;
	t->nr_blocks = s->hash_ids.nr;
	if (s->sessions)
		number_sessions(s->sessions, s->nr_requests);
	return 0;
}

static bool allocate(struct selection *s)
{
	uint64_t blocks = s->t->nr_blocks + UINT64_C(1);

	s->containing = calloc(blocks, sizeof(*s->containing));
	s->number = calloc(blocks, sizeof(*s->number));
	if (s->sessions) {
		s->numbers = malloc((s->t->nr_requests + UINT64_C(1)) *
				    sizeof(*s->numbers));
		s->owned = calloc(s->sessions->nr + 1, sizeof(*s->owned));
		if (!s->numbers || !s->owned)
			return false;
	}
	return s->containing && s->number;
}

int select_lookups(struct trace *t, const struct trace_options *o,
		   const bool *kept, struct sessions *sessions,
		   struct error *err)
{
	struct selection s = {
		.t = t, .o = o, .kept = kept, .sessions = sessions
	};
	int ret = 0;

	if (o->shards == 1 && o->partial == TRACE_PARTIAL_STORE && !kept)
		return 0;
	if (allocate(&s) && !keep_ours(&s)) {
		id_list_free(&t->hash_ids);
		t->hash_ids = s.hash_ids;
	} else {
		id_list_free(&s.hash_ids);
		ret = fail_at(err, o->source, 0,
			      "out of memory; cut the trace with max_requests=");
	}
	free(s.containing);
	free(s.number);
	free(s.numbers);
	free(s.owned);
	return ret;
}
