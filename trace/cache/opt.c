#include "trace/cache/policy.h"

#define CHILDREN 4
#define LATE 64 /* places that need not be in the heap of the next pass */

struct entry {
	uint64_t next_use;
	uint32_t place;
} __attribute__((packed, aligned(4)));

/* A heap of places, with the furthest next use on top. */
struct heap {
	uint32_t nr;
	uint32_t *index; /* of each place, if its entry has that place */
	struct entry *entries;
};

/*
 * What is used again in this pass is in a heap. What is not comes one after the
 * other, each later than those before, and goes from the end: that is a stack.
 * All but the upper ones of the stack are also in the heap of the next pass, by
 * their use there. When a pass begins all that is cached is in the stack, so
 * that there are only those few to look at.
 */
struct opt {
	size_t bytes;
	struct heap now;
	struct heap next;
	struct entry *over; /* the stack */
	uint32_t nr_over;
	uint32_t nr_settled; /* of these, in next */
};

static void *opt_create(uint32_t nr_places, struct ticket_holder holder,
			const struct mem *mem)
{
	size_t bytes = sizeof(struct opt) +
		       (size_t)nr_places * (3 * sizeof(struct entry) +
					    2 * sizeof(uint32_t));
	struct opt *opt = mem->alloc(bytes);

	(void)holder;
	if (!opt)
		return NULL;
	opt->bytes = bytes;
	opt->now.entries = (struct entry *)(opt + 1);
	opt->next.entries = opt->now.entries + nr_places;
	opt->over = opt->next.entries + nr_places;
	opt->now.index = (uint32_t *)(opt->over + nr_places);
	opt->next.index = opt->now.index + nr_places;
	return opt;
}

static void opt_destroy(void *state, const struct mem *mem)
{
	struct opt *opt = state;

	if (opt)
		mem->free(opt, opt->bytes);
}

static void heap_set(struct heap *h, uint32_t at, struct entry entry)
{
	h->entries[at] = entry;
	h->index[entry.place] = at;
}

/* Moves the hole @at up to where @entry belongs, and puts it there. */
static void heap_raise(struct heap *h, uint32_t at, struct entry entry)
{
	while (at) {
		uint32_t parent = (at - 1) / CHILDREN;

		if (h->entries[parent].next_use >= entry.next_use)
			break;
		heap_set(h, at, h->entries[parent]);
		at = parent;
	}
	heap_set(h, at, entry);
}

/* Returns which child of @at has the furthest next use, or no entry's number
 * where it has none. */
static uint64_t furthest_child(const struct heap *h, uint32_t at)
{
	uint64_t child = CHILDREN * (uint64_t)at + 1, best = child, i;

	for (i = child + 1; i < child + CHILDREN && i < h->nr; i++)
		if (h->entries[i].next_use > h->entries[best].next_use)
			best = i;
	return best;
}

/* The same, but down. */
static void heap_lower(struct heap *h, uint32_t at, struct entry entry)
{
	for (;;) {
		uint64_t child = furthest_child(h, at);

		if (child >= h->nr ||
		    h->entries[child].next_use <= entry.next_use)
			break;
		heap_set(h, at, h->entries[child]);
		at = child;
	}
	heap_set(h, at, entry);
}

/* Puts @entry where another one was. */
static void heap_replace(struct heap *h, uint32_t at, struct entry entry)
{
	if (entry.next_use > h->entries[at].next_use)
		heap_raise(h, at, entry);
	else
		heap_lower(h, at, entry);
}

static bool heap_has(const struct heap *h, uint32_t place)
{
	uint32_t at = h->index[place];

	return at < h->nr && h->entries[at].place == place;
}

/* Adds the place, or gives it another next use. */
static void heap_put(struct heap *h, uint32_t place, uint64_t next_use)
{
	struct entry entry = { next_use, place };

	if (heap_has(h, place))
		heap_replace(h, h->index[place], entry);
	else
		heap_raise(h, h->nr++, entry);
}

static void heap_remove(struct heap *h, uint32_t place)
{
	uint32_t at = h->index[place];

	if (heap_has(h, place) && at != --h->nr)
		heap_replace(h, at, h->entries[h->nr]);
}

/* Puts the lowest place of the stack that is not in the heap of the next pass
 * into it. */
static void settle(struct opt *opt)
{
	const struct entry *entry = &opt->over[opt->nr_settled++];

	heap_put(&opt->next, entry->place, (uint32_t)entry->next_use);
}

static void push(struct opt *opt, struct entry entry)
{
	opt->over[opt->nr_over++] = entry;
	if (opt->nr_over - opt->nr_settled > LATE)
		settle(opt);
}

static uint32_t pop(struct opt *opt)
{
	uint32_t place = opt->over[--opt->nr_over].place;

	if (opt->nr_settled > opt->nr_over) {
		opt->nr_settled--;
		heap_remove(&opt->next, place);
	}
	return place;
}

/* Would it go before all of the stack? What a memory tier has held back may
 * not. */
static bool goes_on_top(const struct opt *opt, uint64_t next_use)
{
	return !opt->nr_over || next_use > opt->over[opt->nr_over - 1].next_use;
}

static uint32_t opt_touch(void *state, uint32_t place, uint64_t next_use)
{
	struct opt *opt = state;
	bool over = next_use >> POLICY_NEXT_PASS;

	if (over && goes_on_top(opt, next_use)) {
		heap_remove(&opt->now, place);
		push(opt, (struct entry){ next_use, place });
		return place;
	}
	heap_put(&opt->now, place, next_use);
	if (over)
		heap_put(&opt->next, place, (uint32_t)next_use);
	return place;
}

static uint32_t opt_evict(void *state)
{
	struct opt *opt = state;
	uint32_t place;

	if (!opt->now.nr || !goes_on_top(opt, opt->now.entries[0].next_use))
		return pop(opt);
	place = opt->now.entries[0].place;
	heap_remove(&opt->now, place);
	heap_remove(&opt->next, place);
	return place;
}

static void opt_begin_pass(void *state)
{
	struct opt *opt = state;
	struct heap old = opt->now;

	while (opt->nr_settled < opt->nr_over)
		settle(opt);
	opt->now = opt->next;
	opt->next = old;
	opt->next.nr = 0;
	opt->nr_over = opt->nr_settled = 0;
}

const struct policy policy_opt = {
	.name = "opt",
	.help = "clairvoyant: the block whose next use is furthest goes first (the upper bound)",
	.needs_future = true,
	.tickets = policy_ticket_a_place,
	.create = opt_create,
	.destroy = opt_destroy,
	.insert = opt_touch,
	.touch = opt_touch,
	.evict = opt_evict,
	.begin_pass = opt_begin_pass,
};
