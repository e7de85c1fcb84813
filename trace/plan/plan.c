#include <inttypes.h>
#include <string.h>

#include "trace/plan/planner.h"

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
}

int plan_options_check(const struct plan_options *o, const struct shape *shape,
		       struct error *err)
{
	const char *layout = choice_name(choice_layout, o->layout);

	if (o->layout == PLAN_LAYOUT_SLOTS)
		return 0;
	if (shape->pieces > 1)
		return fail(err,
			    "pieces=%u divides the slots of a file into "
			    "regions, and layout=%s has no slots: use "
			    "layout=slots, or leave out pieces=",
			    shape->pieces, layout);
	if (o->discard)
		return fail(err,
			    "discard=1 trims slots before they are written "
			    "again, and layout=%s unlinks files: use "
			    "layout=slots, or leave out discard=",
			    layout);
	return 0;
}

/*
 * A lookup is one step at most, but for a block that is read, goes into
 * memory and pushes out another that has to be written.
 */
static uint32_t lookup_steps(const struct plan_options *o)
{
	return o->memory_blocks && o->offload == PLAN_OFFLOAD_EVICT ? 2 : 1;
}

/* A bucket opened for every so many, and the last one for fewer; evicted are
 * those, and all that there were before. */
static uint64_t bucket_steps(const struct plan_options *o, uint32_t nr_blocks,
			     uint64_t writes)
{
	uint32_t wanted = buckets_wanted(nr_blocks, o->bucket_blocks);
	uint64_t opened = writes / o->bucket_blocks + 1;

	return 2 * opened +
	       places_count(o->slots / o->bucket_blocks, wanted, o->evict);
}

uint64_t plan_file_steps(const struct plan_options *o, uint32_t nr_blocks,
			 uint64_t writes)
{
	switch (o->layout) {
	case PLAN_LAYOUT_FILES:
		return writes + places_count(o->slots, nr_blocks, o->evict);
	case PLAN_LAYOUT_BUCKETS:
		return bucket_steps(o, nr_blocks, writes);
	case PLAN_LAYOUT_SLOTS:
		break;
	}
	return 0;
}

int plan_alloc(struct plan *p, const struct trace *t,
	       const struct plan_options *o, const struct mem *mem,
	       struct error *err)
{
	memset(p, 0, sizeof(*p));
	p->nr_requests = t->nr_requests;
	p->lookup_steps = lookup_steps(o);
	p->nr_steps = p->lookup_steps * t->nr_lookups +
		      plan_file_steps(o, t->nr_blocks, t->nr_lookups);
	p->requests = mem->alloc(p->nr_requests * sizeof(*p->requests));
	p->steps = mem->alloc(p->nr_steps * sizeof(*p->steps));
	if (p->requests && p->steps)
		return 0;
	plan_free(p, mem);
	return fail(err,
		    "not enough memory for the plan of %" PRIu64
		    " lookups: cut the trace with max_requests=",
		    t->nr_lookups);
}

void plan_free(struct plan *p, const struct mem *mem)
{
	mem->free(p->requests, p->nr_requests * sizeof(*p->requests));
	mem->free(p->steps, p->nr_steps * sizeof(*p->steps));
	memset(p, 0, sizeof(*p));
}
