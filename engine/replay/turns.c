#include "engine/replay/take.h"
#include "engine/replay/turns.h"

#define TURN_NONE UINT64_MAX
#define NOBODY UINT32_MAX

static const struct trace_turn *turn_of(const struct replay *r, uint64_t number)
{
	return &r->trace->turns[number % r->nr_requests];
}

bool turns_has(const struct replay *r, uint64_t number)
{
	return r->turns->closed ||
	       turn_of(r, number)->before != TRACE_NO_REQUEST;
}

static struct turn_place *place_of(const struct replay *r, uint64_t number)
{
	const struct trace_turn *turn = turn_of(r, number);

	return &r->turns->places[r->turns->closed ? turn->user : turn->session];
}

static int allocate(struct replay *r, struct turns *t)
{
	t->places = mem_shared.alloc(t->nr_places * sizeof(*t->places));
	t->after = mem_private.alloc(r->nr_requests * sizeof(*t->after));
	t->left = mem_shared.alloc(sizeof(*t->left));
	return t->places && t->after && t->left ? 0 : -1;
}

/*
 * Notes which request follows which. Returns how many of a pass follow another.
 */
static uint64_t link_requests(struct replay *r, struct turns *t)
{
	uint64_t following = 0;
	uint32_t i, before;

	for (i = 0; i < r->nr_requests; i++)
		t->after[i] = NOBODY;
	for (i = 0; i < r->nr_requests; i++) {
		before = r->trace->turns[i].before;
		if (before != TRACE_NO_REQUEST) {
			t->after[before] = i;
			following++;
		}
	}
	return following;
}

/* Puts each user's first request where it can be taken. */
static void place_first_ones(struct replay *r, struct turns *t)
{
	uint32_t i;

	for (i = 0; i < t->nr_places; i++)
		t->places[i].number = TURN_NONE;
	for (i = 0; t->closed && i < r->nr_requests; i++)
		if (r->trace->turns[i].before == TRACE_NO_REQUEST)
			place_of(r, i)->number = i;
}

int turns_create(struct replay *r, uint32_t scale, struct error *err)
{
	uint32_t users = r->trace->nr_users;
	struct turns *t;
	uint64_t a_pass;

	/* In an open loop that is not paced, no request waits for another. */
	if (!r->trace->turns || (!users && !r->arrivals))
		return 0;
	t = mem_private.alloc(sizeof(*t));
	r->turns = t;
	if (t) {
		t->closed = users;
		t->nr_places = users ? users : r->trace->nr_sessions;
		t->scale = r->arrivals ? scale : 0;
	}
	if (!t || allocate(r, t))
		return fail(err,
			    "no memory for the sessions of %u requests; max_requests= makes the replay smaller",
			    r->nr_requests);
	a_pass = link_requests(r, t);
	if (t->closed)
		a_pass = r->nr_requests;
	*t->left = r->passes == UINT64_MAX ? UINT64_MAX : a_pass * r->passes;
	place_first_ones(r, t);
	return 0;
}

void turns_destroy(struct replay *r)
{
	struct turns *t = r->turns;

	if (!t)
		return;
	mem_shared.free(t->places, t->nr_places * sizeof(*t->places));
	mem_private.free(t->after, r->nr_requests * sizeof(*t->after));
	mem_shared.free(t->left, sizeof(*t->left));
	mem_private.free(t, sizeof(*t));
}

static uint64_t due_of(struct replay *r, const struct turn_place *place,
		       uint64_t number)
{
	uint64_t due =
		atomic_load_explicit(&place->due_ns, memory_order_relaxed);

	if (due || replay_warming(r, number))
		return due;
	return r->arrivals ? take_arrival(r, number) : 0;
}

/* Returns the place of the request that is due first, and which request that
 * is, or NULL. */
static struct turn_place *find_first(struct replay *r, uint64_t *number,
				     uint64_t *due_ns)
{
	struct turn_place *place, *first = NULL;
	uint64_t due, n;
	uint32_t i;

	*due_ns = UINT64_MAX;
	for (i = 0; i < r->turns->nr_places; i++) {
		place = &r->turns->places[i];
		n = atomic_load_explicit(&place->number, memory_order_acquire);
		if (n == TURN_NONE || !take_may(r, n))
			continue;
		due = due_of(r, place, n);
		if (due >= *due_ns)
			continue;
		*due_ns = due;
		*number = n;
		first = place;
	}
	return first;
}

struct request *turns_take(struct replay *r, uint64_t now_ns, uint64_t *due_ns)
{
	struct turn_place *place;
	struct request *req;
	uint64_t number;

	*due_ns = UINT64_MAX;
	if (turns_over(r))
		return NULL;
	do {
		place = find_first(r, &number, due_ns);
		if (!place || *due_ns > now_ns)
			return NULL;
	} while (!atomic_compare_exchange_strong(&place->number, &number,
						 TURN_NONE));
	req = take_record(r, number);
	req->arrival_ns = *due_ns;
	return req;
}

static void put(struct replay *r, uint64_t number, uint64_t due_ns)
{
	struct turn_place *place = place_of(r, number);

	atomic_store_explicit(&place->due_ns, due_ns, memory_order_relaxed);
	atomic_store_explicit(&place->number, number, memory_order_release);
}

static uint64_t delay_of(const struct replay *r, uint64_t number)
{
	const struct turns *t = r->turns;

	if (!t->scale)
		return 0;
	return (__int128)turn_of(r, number)->delay_ns * 100 / t->scale;
}

/* Returns the first request of a user. In a closed loop a user who has played
 * all his sessions begins with it again. */
static uint64_t first_of_user(const struct replay *r, uint64_t number)
{
	uint32_t i = number % r->nr_requests;

	while (r->trace->turns[i].before != TRACE_NO_REQUEST)
		i = r->trace->turns[i].before;
	return i;
}

void turns_ended(struct replay *r, uint64_t number, uint64_t now_ns,
		 bool goes_on)
{
	struct turns *t = r->turns;
	uint64_t pass = number - number % r->nr_requests;
	uint32_t after = t->after[number % r->nr_requests];

	if (turns_has(r, number) &&
	    atomic_load_explicit(t->left, memory_order_relaxed) != UINT64_MAX)
		atomic_fetch_sub(t->left, 1);
	if (!goes_on)
		return;
	if (after != NOBODY) {
		put(r, pass + after, now_ns + delay_of(r, pass + after));
	} else if (t->closed) {
		number = pass + r->nr_requests + first_of_user(r, number);
		if (!replay_over(r, number))
			put(r, number, now_ns);
	}
}

bool turns_over(const struct replay *r)
{
	return !atomic_load_explicit(r->turns->left, memory_order_acquire);
}
