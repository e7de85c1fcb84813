#include <inttypes.h>
#include <string.h>

#include "trace/plan/plan.h"

const struct choice choice_lookup[] = {
	{ "prefix", PLAN_LOOKUP_PREFIX,
	  "The run of cached blocks from the start of the request" },
	{ "block", PLAN_LOOKUP_BLOCK, "Every cached block on its own" },
	{ 0 },
};

const struct choice choice_offload[] = {
	{ "through", PLAN_OFFLOAD_THROUGH, "At once when it misses" },
	{ "evict", PLAN_OFFLOAD_EVICT,
	  "When memory evicts it and storage lacks it" },
	{ 0 },
};

const struct choice choice_layout[] = {
	{ "slots", PLAN_LAYOUT_SLOTS,
	  "Blocks in slots of preallocated files or devices, rewritten in place" },
	{ "files", PLAN_LAYOUT_FILES,
	  "A file an object, unlinked when it is evicted" },
	{ "buckets", PLAN_LAYOUT_BUCKETS,
	  "Objects appended to files that are evicted and unlinked whole" },
	{ 0 },
};

const struct choice choice_probe[] = {
	{ "none", PLAN_PROBE_NONE, "It knows" },
	{ "stat", PLAN_PROBE_STAT, "A stat a lookup, until the first miss" },
	{ "list", PLAN_PROBE_LIST, "The folder is listed once a request" },
	{ 0 },
};

void plan_options_init(struct plan_options *o)
{
	memset(o, 0, sizeof(*o));
	o->slots = PLAN_SLOTS_UNBOUNDED;
	o->eviction = policy_find("lru");
	o->lookup = PLAN_LOOKUP_PREFIX;
	o->offload = PLAN_OFFLOAD_THROUGH;
	o->bucket_blocks = 500;
	o->evict = WATERMARKS_OFF;
	o->admit = 1;
	o->tallies = true;
}

int plan_options_check(const struct plan_options *o, const struct shape *shape,
		       struct error *err)
{
	const char *layout = choice_name(choice_layout, o->layout);

	if (o->layout == PLAN_LAYOUT_SLOTS)
		return 0;
	if (shape->pieces > 1)
		return fail(err,
			    "pieces=%u divides the slots of a file into regions, and layout=%s has no slots: use layout=slots, or leave out pieces=",
			    shape->pieces, layout);
	if (o->discard)
		return fail(err,
			    "discard=1 trims slots before they are written again, and layout=%s unlinks files: use layout=slots, or leave out discard=",
			    layout);
	return 0;
}

static uint64_t power_of_two(uint64_t n)
{
	uint64_t power = 1;

	while (power < n)
		power *= 2;
	return power;
}

static size_t request_bytes(const struct plan *p)
{
	return (p->request_mask + 1) * sizeof(*p->requests);
}

static size_t step_bytes(const struct plan *p)
{
	return (p->step_mask + 1) * sizeof(*p->steps);
}

int plan_alloc(struct plan *p, uint64_t requests, uint64_t steps,
	       const struct mem *mem, struct error *err)
{
	memset(p, 0, sizeof(*p));
	p->request_mask = power_of_two(requests) - 1;
	p->step_mask = power_of_two(steps) - 1;
	p->requests = mem->alloc(request_bytes(p));
	p->steps = mem->alloc(step_bytes(p));
	if (p->requests && p->steps)
		return 0;
	plan_free(p, mem);
	return fail(err,
		    "not enough memory for the plan of %" PRIu64
		    " requests and %" PRIu64
		    " steps: cut the trace with max_requests=",
		    requests, steps);
}

void plan_free(struct plan *p, const struct mem *mem)
{
	mem->free(p->requests, request_bytes(p));
	mem->free(p->steps, step_bytes(p));
	memset(p, 0, sizeof(*p));
}
