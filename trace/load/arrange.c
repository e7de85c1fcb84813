#include <stdlib.h>
#include <string.h>

#include "trace/load/arrange.h"
#include "trace/load/doubts.h"
#include "trace/load/order.h"
#include "trace/load/select.h"

/* Does the arrival follow from a timestamp? Other arrivals count from the
 * start. */
static bool is_dated(const struct builder *b, uint32_t request)
{
	return b->sessions.rows ? b->sessions.rows[request].dated :
				  request >= b->undated;
}

/* Makes arrivals count from the earliest one, which it returns. */
static int64_t count_from_earliest(struct builder *b)
{
	struct trace *t = b->t;
	int64_t first = INT64_MAX;
	uint32_t r;

	for (r = 0; r < t->nr_requests; r++)
		if (is_dated(b, r) && t->requests[r].arrival_ns < first)
			first = t->requests[r].arrival_ns;
	for (r = 0; r < t->nr_requests; r++)
		if (is_dated(b, r))
			t->requests[r].arrival_ns -= first;
	return first;
}

/* A trace that takes the place of another, request by request. */
struct move {
	struct trace *t;
	struct trace_request *requests;
	uint32_t *lookups;
	uint64_t nr_lookups;
	struct id_list hash_ids;
	uint32_t *numbers; /* of blocks: new ones, or ID_UNNUMBERED */
	struct trace_turn *turns;
	uint32_t *places; /* where each row's request is now */
};

static bool move_init(struct move *m, struct trace *t)
{
	uint64_t requests = t->nr_requests + UINT64_C(1);
	uint64_t blocks = t->nr_blocks + UINT64_C(1);

	*m = (struct move){ .t = t };
	m->requests = malloc(requests * sizeof(*m->requests));
	m->lookups = malloc((t->nr_lookups + 1) * sizeof(*m->lookups));
	m->numbers = malloc(blocks * sizeof(*m->numbers));
	m->turns = malloc(requests * sizeof(*m->turns));
	m->places = malloc(requests * sizeof(*m->places));
	return m->requests && m->lookups && m->numbers && m->turns && m->places;
}

static void move_free(struct move *m)
{
	free(m->requests);
	free(m->lookups);
	id_list_free(&m->hash_ids);
	free(m->numbers);
	free(m->turns);
	free(m->places);
}

static int move_request(struct move *m, uint32_t to, const struct ordered *o,
			const struct session_row *row)
{
	struct trace_request *rq = &m->requests[to];
	uint32_t nr = trace_lookups_of(m->t, o->row);

	*rq = m->t->requests[o->row];
	if (id_list_renumber(&m->hash_ids, &m->t->hash_ids, m->numbers,
			     m->t->lookups + rq->first_lookup, nr,
			     m->lookups + m->nr_lookups))
		return -1;
	rq->first_lookup = m->nr_lookups;
	m->nr_lookups += nr;
	rq->arrival_ns = o->arrival_ns;
	m->places[o->row] = to;
	m->turns[to] = (struct trace_turn){
		.session = row->session,
		.user = o->user,
		.before = TRACE_NO_REQUEST,
	};
	if (o->before != TRACE_NO_REQUEST) {
		m->turns[to].before = m->places[o->before];
		m->turns[to].delay_ns = row->delay_ns;
	}
	return 0;
}

static void take_over(struct move *m)
{
	struct trace *t = m->t;

	free(t->requests);
	free(t->lookups);
	id_list_free(&t->hash_ids);
	t->requests = m->requests;
	t->lookups = m->lookups;
	t->hash_ids = m->hash_ids;
	t->nr_blocks = m->hash_ids.nr;
	t->turns = m->turns;
	m->requests = NULL;
	m->lookups = NULL;
	m->hash_ids = (struct id_list){ 0 };
	m->turns = NULL;
}

static int move_all(struct trace *t, const struct sessions *s,
		    const struct ordered *order)
{
	struct move m;
	int ret = move_init(&m, t) ? 0 : -1;

	if (!ret)
		memset(m.numbers, 0xff, t->nr_blocks * sizeof(*m.numbers));
	for (uint32_t i = 0; !ret && i < t->nr_requests; i++)
		ret = move_request(&m, i, &order[i], &s->rows[order[i].row]);
	if (!ret)
		take_over(&m);
	move_free(&m);
	return ret;
}

/* Numbers the rows of the first @nr of the order anew, when all others are left
 * out. Returns 0, or -1 when there is no memory. */
static int renumber(struct ordered *order, uint64_t nr, const bool *kept,
		    uint64_t nr_rows)
{
	uint32_t *numbers = malloc((nr_rows + 1) * sizeof(*numbers)), next = 0;

	if (!numbers)
		return -1;
	for (uint64_t row = 0; row < nr_rows; row++) {
		numbers[row] = next;
		next += kept[row];
	}
	for (uint64_t i = 0; i < nr; i++) {
		order[i].row = numbers[order[i].row];
		if (order[i].before != TRACE_NO_REQUEST)
			order[i].before = numbers[order[i].before];
	}
	free(numbers);
	return 0;
}

/*
 * Leaves out what lies behind max_requests in the order, and other shards. The
 * order of what is left stays, but a shard's sessions are played anew.
 */
static int cut(struct builder *b, struct ordered *order, struct error *err)
{
	struct trace *t = b->t;
	uint64_t nr = t->nr_requests, max = b->o->max_requests;
	bool *kept = calloc(nr + 1, sizeof(*kept));
	int ret, no_room = 0;

	if (!kept)
		return fail_at(err, b->o->source, 0, "out of memory");
	if (!max || max > nr)
		max = nr;
	for (uint64_t i = 0; i < max; i++)
		kept[order[i].row] = true;
	ret = select_lookups(t, b->o, kept, &b->sessions, err);
	if (!ret && b->o->shards > 1)
		no_room =
			order_requests(order, t, &b->sessions, b->o->sessions);
	else if (!ret)
		no_room = renumber(order, max, kept, nr);
	free(kept);
	return no_room ? fail_at(err, b->o->source, 0, "out of memory") : ret;
}

/* Counts users: each has one request that waits for no other. */
static uint32_t count_users(const struct ordered *order, uint32_t nr)
{
	uint32_t users = 0;

	for (uint32_t i = 0; i < nr; i++)
		users += order[i].before == TRACE_NO_REQUEST;
	return users;
}

static bool leaves_out(const struct builder *b)
{
	return b->o->shards > 1 || b->o->partial == TRACE_PARTIAL_SKIP ||
	       (b->o->max_requests && b->o->max_requests < b->t->nr_requests);
}

static int put_in_order(struct builder *b, struct ordered *order,
			struct error *err)
{
	struct trace *t = b->t;
	uint32_t users = b->o->sessions;
	int ret = order_requests(order, t, &b->sessions, users);

	if (!ret && leaves_out(b) && cut(b, order, err))
		return -1;
	if (ret || move_all(t, &b->sessions, order))
		return fail_at(err, b->o->source, 0,
			       "out of memory for the order of sessions");
	t->nr_sessions = b->sessions.nr;
	t->nr_users = users ? count_users(order, t->nr_requests) : 0;
	return 0;
}

int arrange(struct builder *b, struct error *err)
{
	struct trace *t = b->t;
	int64_t first_ns = count_from_earliest(b);
	struct ordered *order;
	int ret;

	if (doubt_times(t, b->o, first_ns, err))
		return -1;
	doubt_rows(b);
	if (!b->sessions.rows)
		return select_lookups(t, b->o, NULL, NULL, err);
	order = malloc((t->nr_requests + UINT64_C(1)) * sizeof(*order));
	if (!order)
		return fail_at(err, b->o->source, 0,
			       "out of memory for the order of sessions");
	ret = put_in_order(b, order, err);
	free(order);
	return ret;
}
