#include <stdlib.h>

#include "trace/load/order.h"

/* A user's next request, and when it arrives. Sessions are begun in the order
 * of their numbers, so none is twice in a heap. */
struct next {
	int64_t arrival_ns;
	uint32_t session;
	uint32_t row;
	uint32_t user;
	uint32_t before;
};

struct heap {
	struct next *next; /* a binary heap, the earliest first */
	uint32_t nr;
};

static bool earlier(const struct next *a, const struct next *b)
{
	return a->arrival_ns != b->arrival_ns ? a->arrival_ns < b->arrival_ns :
						a->session < b->session;
}

static void heap_push(struct heap *h, struct next new)
{
	uint32_t at = h->nr++, parent;

	for (; at; at = parent) {
		parent = (at - 1) / 2;
		if (!earlier(&new, &h->next[parent]))
			break;
		h->next[at] = h->next[parent];
	}
	h->next[at] = new;
}

static struct next heap_pop(struct heap *h)
{
	struct next first = h->next[0], last = h->next[--h->nr];
	uint64_t at = 0, child;

	while ((child = 2 * at + 1) < h->nr) {
		if (child + 1 < h->nr &&
		    earlier(&h->next[child + 1], &h->next[child]))
			child++;
		if (!earlier(&h->next[child], &last))
			break;
		h->next[at] = h->next[child];
		at = child;
	}
	h->next[at] = last;
	return first;
}

/* What is left for the users to play. */
struct play {
	const struct sessions *s;
	uint32_t *after; /* the session's row behind each row, or none */
	uint32_t *first; /* row of each session, or none: it was left out */
	uint64_t begun;	 /* sessions that were begun, in their order */
	struct heap heap;
};

static int64_t later(int64_t time, int64_t delay)
{
	return time > TRACE_TIME_MAX_NS - delay ? TRACE_TIME_MAX_NS :
						  time + delay;
}

static void push(struct play *p, uint32_t row, int64_t now, uint32_t user,
		 uint32_t before)
{
	const struct session_row *r = &p->s->rows[row];

	heap_push(&p->heap, (struct next){
				    .arrival_ns = later(now, r->delay_ns),
				    .session = r->session,
				    .row = row,
				    .user = user,
				    .before = before,
			    });
}

static void begin_session(struct play *p, int64_t now, uint32_t user,
			  uint32_t before)
{
	while (p->begun < p->s->nr && p->first[p->begun] == TRACE_NO_REQUEST)
		p->begun++;
	if (p->begun < p->s->nr)
		push(p, p->first[p->begun++], now, user, before);
}

static void play(struct play *p, struct ordered *order, uint64_t users)
{
	uint32_t begun = 0;
	uint64_t nr = 0;

	for (uint64_t i = 0; i < users; i++)
		begin_session(p, 0, 0, TRACE_NO_REQUEST);
	while (p->heap.nr) {
		struct next n = heap_pop(&p->heap);

		/* Users are numbered by their first requests, so that the first
		 * part of an order has the first users. */
		if (n.before == TRACE_NO_REQUEST)
			n.user = begun++;
		order[nr++] = (struct ordered){ n.arrival_ns, n.row, n.user,
						n.before };
		if (p->after[n.row] != TRACE_NO_REQUEST)
			push(p, p->after[n.row], n.arrival_ns, n.user, n.row);
		else
			begin_session(p, n.arrival_ns, n.user, n.row);
	}
}

static void link_rows(struct play *p)
{
	for (uint64_t i = 0; i < p->s->nr; i++)
		p->first[i] = TRACE_NO_REQUEST;
	for (uint64_t i = 0; i < p->s->nr_rows; i++) {
		const struct session_row *r = &p->s->rows[i];

		p->after[i] = TRACE_NO_REQUEST;
		if (r->before == TRACE_NO_REQUEST)
			p->first[r->session] = i;
		else
			p->after[r->before] = i;
	}
}

static int order_by_users(struct ordered *order, const struct sessions *s,
			  uint64_t users)
{
	struct play p = { .s = s };
	int ret = -1;

	if (users > s->nr)
		users = s->nr;
	p.after = malloc((s->nr_rows + 1) * sizeof(*p.after));
	p.first = malloc((s->nr + 1) * sizeof(*p.first));
	p.heap.next = malloc((users + 1) * sizeof(*p.heap.next));
	if (p.after && p.first && p.heap.next) {
		link_rows(&p);
		play(&p, order, users);
		ret = 0;
	}
	free(p.after);
	free(p.first);
	free(p.heap.next);
	return ret;
}

static int compare_arrivals(const void *a, const void *b)
{
	const struct ordered *x = a, *y = b;

	if (x->arrival_ns != y->arrival_ns)
		return x->arrival_ns < y->arrival_ns ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

int order_requests(struct ordered *order, const struct trace *t,
		   const struct sessions *s, uint32_t users)
{
	if (users)
		return order_by_users(order, s, users);
	for (uint32_t i = 0; i < t->nr_requests; i++)
		order[i] = (struct ordered){
			.arrival_ns = t->requests[i].arrival_ns,
			.row = i,
			.before = s->rows[i].timed ? TRACE_NO_REQUEST :
						     s->rows[i].before,
		};
	qsort(order, t->nr_requests, sizeof(*order), compare_arrivals);
	return 0;
}
