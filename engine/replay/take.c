#include <stddef.h>
#include <string.h>

#include "engine/replay/take.h"
#include "engine/replay/turns.h"

static int64_t arrival_offset(const struct replay *r, uint64_t number)
{
	return (int64_t)(number / r->nr_requests) * r->pass_ns +
	       r->arrivals[number % r->nr_requests];
}

uint64_t take_arrival(const struct replay *r, uint64_t number)
{
	uint64_t epoch =
		atomic_load_explicit(r->epoch_ns, memory_order_relaxed);

	if (!epoch)
		return 0;
	return epoch + arrival_offset(r, number) - arrival_offset(r, r->warmup);
}

bool take_warm(struct replay *r)
{
	if (atomic_load_explicit(&r->warm, memory_order_acquire))
		return true;
	if (replay_ended(r) < r->warmup)
		return false;
	atomic_store_explicit(&r->warm, 1, memory_order_release);
	return true;
}

static void set_epoch(struct replay *r, uint64_t now_ns)
{
	uint64_t unset = 0;

	if (!atomic_load_explicit(r->epoch_ns, memory_order_relaxed))
		atomic_compare_exchange_strong(r->epoch_ns, &unset, now_ns);
}

/* Have all observers that still run seen the request? */
static bool all_have_seen(const struct replay *r, uint64_t number)
{
	const struct observer *ob = r->observers;
	const struct observer *end = ob + r->nr_observers;

	for (; ob < end; ob++)
		if (!ob->kind &&
		    atomic_load_explicit(&ob->seen, memory_order_acquire) <=
			    number &&
		    !member_has_ended(&ob->member))
			return false;
	return true;
}

/* Is the record free? The request that had it before must have ended, and all
 * observers must have seen it. */
static bool record_free(const struct replay *r, uint64_t number)
{
	uint64_t records = r->request_mask + 1;

	return number < records || (replay_has_ended(r, number - records) &&
				    all_have_seen(r, number - records));
}

bool take_may(struct replay *r, uint64_t number)
{
	return record_free(r, number) &&
	       (replay_warming(r, number) || take_warm(r));
}

struct request *take_record(struct replay *r, uint64_t number)
{
	struct request *req = &r->requests[number & r->request_mask];

	/* Observers may be looking at the atomics, which only ever grow. */
	memset(&req->number, 0,
	       sizeof(*req) - offsetof(struct request, number));
	req->number = number;
	return req;
}

/* Moves r->next behind a request that was taken out of turn: planning looks
 * ahead from there. */
static void note_taken(struct replay *r, uint64_t number)
{
	uint64_t next = atomic_load_explicit(&r->next, memory_order_relaxed);

	while (next <= number &&
	       !atomic_compare_exchange_weak(&r->next, &next, number + 1))
		;
}

static bool has_arrived(struct replay *r, uint64_t number, struct take *take)
{
	uint64_t arrival;

	if (!take->timed || replay_warming(r, number))
		return true;
	set_epoch(r, take->now_ns);
	arrival = take_arrival(r, number);
	if (!take->only_due || arrival <= take->now_ns)
		return true;
	take->due_ns = arrival < take->due_ns ? arrival : take->due_ns;
	return false;
}

/* Takes the next request that follows no other: take_in_turn() takes those that
 * do. */
static struct request *take_in_order(struct replay *r, struct take *take)
{
	uint64_t number = atomic_load(&r->next);

	for (;;) {
		if (replay_over(r, number))
			return NULL;
		if (r->turns && turns_has(r, number)) {
			if (atomic_compare_exchange_weak(&r->next, &number,
							 number + 1))
				number++;
			continue;
		}
		if (!take_may(r, number) || !has_arrived(r, number, take))
			return NULL;
		if (atomic_compare_exchange_weak(&r->next, &number, number + 1))
			return take_record(r, number);
	}
}

static struct request *take_in_turn(struct replay *r, struct take *take)
{
	struct request *req;

	if (take->timed && take_warm(r))
		set_epoch(r, take->now_ns);
	req = turns_take(r, take->now_ns, &take->due_ns);
	if (req && r->turns->closed)
		note_taken(r, req->number);
	return req;
}

struct request *take_request(struct replay *r, struct take *take)
{
	struct request *req = NULL;

	take->due_ns = UINT64_MAX;
	if (r->turns)
		req = take_in_turn(r, take);
	if (!req && !(r->turns && r->turns->closed))
		req = take_in_order(r, take);
	take->over = !req && (r->turns && r->turns->closed ?
				      turns_over(r) :
				      replay_over(r, atomic_load(&r->next)) &&
					      (!r->turns || turns_over(r)));
	return req;
}
