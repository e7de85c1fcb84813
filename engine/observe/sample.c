#include "fio.h"

#include "engine/observe/sample.h"
#include "engine/replay/replay.h"
#include "engine/replay/ring.h"

struct span {
	uint64_t begin_ns;
	uint64_t end_ns;
};

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a && b ? min(a, b) : max(a, b);
}

/* Returns the time from the first I/O to the last completion. Without I/O both
 * are the moment at which the request was done. */
static struct span span_of(const struct request *req,
			   enum option_observe observe)
{
	struct span s = { 0 };

	if (observe != OBSERVE_STORE) {
		s.begin_ns = req->load_begin_ns;
		s.end_ns = req->load_end_ns;
	}
	if (observe != OBSERVE_LOAD) {
		s.begin_ns = earlier(s.begin_ns, req->store_begin_ns);
		s.end_ns = max(s.end_ns, req->store_end_ns);
	}
	if (!s.begin_ns)
		s.begin_ns = s.end_ns;
	return s;
}

static bool has_sample(const struct request *req, enum option_observe observe)
{
	if (observe == OBSERVE_LOAD)
		return req->reads_issued;
	if (observe == OBSERVE_STORE)
		return req->writes_issued;
	return true;
}

static bool is_ready(struct request *req, uint64_t number,
		     enum option_observe observe)
{
	uint64_t reached = observe == OBSERVE_LOAD ?
				   atomic_load_explicit(&req->loaded,
							memory_order_acquire) :
				   atomic_load_explicit(&req->finished,
							memory_order_acquire);

	return reached == number + 1;
}

static bool find_request(struct replay *r, uint32_t seat,
			 enum option_observe observe, struct sample *sample)
{
	_Atomic uint64_t *seen = &r->observers[seat].seen;
	struct request *req;
	struct span s;
	bool found;

	do {
		sample->number =
			atomic_load_explicit(seen, memory_order_relaxed);
		req = &r->requests[sample->number & r->request_mask];
		found = is_ready(req, sample->number, observe);
		if (!found && !replay_abandoned(req, sample->number))
			return false;
		s = span_of(req, observe);
		found = found && has_sample(req, observe) &&
			!replay_warming(r, sample->number);
		if (found) {
			sample->slat_ns = s.begin_ns - req->arrival_ns;
			sample->clat_ns = s.end_ns - s.begin_ns;
		}
		/* The record may be another request's from here on. */
		atomic_store_explicit(seen, sample->number + 1,
				      memory_order_release);
	} while (!found);
	return true;
}

static bool find_operation(struct replay *r, uint32_t seat,
			   enum option_observe observe, struct sample *sample)
{
	if (!ring_take(r, seat, observe_operation(observe), &sample->clat_ns))
		return false;
	sample->slat_ns = 0;
	sample->number++;
	return true;
}

bool sample_find(struct replay *r, uint32_t seat, enum option_observe observe,
		 struct sample *sample)
{
	if (observes_operation(observe))
		return find_operation(r, seat, observe, sample);
	return find_request(r, seat, observe, sample);
}
