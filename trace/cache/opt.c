#include "trace/cache/policy.h"

/* A binary heap of the cached places, with the furthest next use on top. */
struct entry {
	uint64_t next_use;
	uint32_t place;
};

struct opt {
	size_t bytes;
	uint32_t nr;
	uint32_t *index; /* of each cached place in the heap */
	struct entry heap[];
};

static void *opt_create(uint32_t nr_places, const struct mem *mem)
{
	size_t bytes = sizeof(struct opt) +
		       (size_t)nr_places * sizeof(struct entry) +
		       (size_t)nr_places * sizeof(uint32_t);
	struct opt *opt = mem->alloc(bytes);

	if (!opt)
		return NULL;
	opt->bytes = bytes;
	opt->index = (uint32_t *)(opt->heap + nr_places);
	return opt;
}

static void opt_destroy(void *state, const struct mem *mem)
{
	struct opt *opt = state;

	if (opt)
		mem->free(opt, opt->bytes);
}

static void opt_set(struct opt *opt, uint32_t at, struct entry entry)
{
	opt->heap[at] = entry;
	opt->index[entry.place] = at;
}

/* Moves the hole @at up to where @entry belongs, and puts it there. */
static void opt_raise(struct opt *opt, uint32_t at, struct entry entry)
{
	while (at) {
		uint32_t parent = (at - 1) / 2;

		if (opt->heap[parent].next_use >= entry.next_use)
			break;
		opt_set(opt, at, opt->heap[parent]);
		at = parent;
	}
	opt_set(opt, at, entry);
}

/* Does the same, but down. */
static void opt_lower(struct opt *opt, uint32_t at, struct entry entry)
{
	for (;;) {
		uint64_t child = 2 * (uint64_t)at + 1;

		if (child >= opt->nr)
			break;
		if (child + 1 < opt->nr &&
		    opt->heap[child + 1].next_use > opt->heap[child].next_use)
			child++;
		if (opt->heap[child].next_use <= entry.next_use)
			break;
		opt_set(opt, at, opt->heap[child]);
		at = child;
	}
	opt_set(opt, at, entry);
}

static void opt_insert(void *state, uint32_t place, uint64_t next_use)
{
	struct opt *opt = state;

	opt_raise(opt, opt->nr++, (struct entry){ next_use, place });
}

static void opt_touch(void *state, uint32_t place, uint64_t next_use)
{
	struct opt *opt = state;
	uint32_t at = opt->index[place];
	struct entry entry = { next_use, place };

	if (next_use > opt->heap[at].next_use)
		opt_raise(opt, at, entry);
	else
		opt_lower(opt, at, entry);
}

static uint32_t opt_evict(void *state)
{
	struct opt *opt = state;
	uint32_t victim = opt->heap[0].place;

	opt->nr--;
	if (opt->nr)
		opt_lower(opt, 0, opt->heap[opt->nr]);
	return victim;
}

const struct policy policy_opt = {
	.name = "opt",
	.help = "clairvoyant: the block whose next use is furthest goes first (the upper bound)",
	.needs_future = true,
	.create = opt_create,
	.destroy = opt_destroy,
	.insert = opt_insert,
	.touch = opt_touch,
	.evict = opt_evict,
};
