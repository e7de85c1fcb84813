#include <stddef.h>
#include <string.h>

#include "engine/replay/take.h"

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

uint64_t take_next_arrival(struct replay *r)
{
	uint64_t number = atomic_load(&r->next);

	if (replay_over(r, number) || replay_warming(r, number))
		return 0;
	return take_arrival(r, number);
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

/* Observers that have ended, before the replay has, look at nothing more. */
static bool all_have_seen(const struct replay *r, uint64_t number)
{
	const struct observer *ob = r->observers;
	const struct observer *end = ob + r->nr_observers;

	for (; ob < end; ob++)
		if (!ob->kind &&
		    atomic_load_explicit(&ob->seen, memory_order_acquire) <=
			    number &&
		    atomic_load(&ob->member.state) <= MEMBER_RUNNING)
			return false;
	return true;
}

/* Is nobody interested any more in the request that had the record before? */
static bool record_free(const struct replay *r, uint64_t number)
{
	uint64_t records = r->request_mask + 1;

	return number < records || (replay_has_ended(r, number - records) &&
				    all_have_seen(r, number - records));
}

static bool may_take(struct replay *r, uint64_t number, uint64_t now_ns,
		     bool timed, bool only_due)
{
	if (!record_free(r, number))
		return false;
	if (replay_warming(r, number))
		return true;
	if (!take_warm(r))
		return false;
	if (!timed)
		return true;
	set_epoch(r, now_ns);
	return !only_due || take_arrival(r, number) <= now_ns;
}

static struct request *own_request(struct replay *r, uint64_t number)
{
	struct request *req = &r->requests[number & r->request_mask];

	/* Observers may be looking at the atomics, which only ever grow. */
	memset(&req->number, 0,
	       sizeof(*req) - offsetof(struct request, number));
	req->number = number;
	return req;
}

struct request *take_request(struct replay *r, uint64_t now_ns, bool timed,
			     bool only_due, bool *over)
{
	uint64_t number = atomic_load(&r->next);

	do {
		*over = replay_over(r, number);
		if (*over || !may_take(r, number, now_ns, timed, only_due))
			return NULL;
	} while (!atomic_compare_exchange_weak(&r->next, &number, number + 1));

	return own_request(r, number);
}
