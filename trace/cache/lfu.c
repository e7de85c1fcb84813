#include "trace/base/chain.h"
#include "trace/cache/policy.h"

/*
 * Places with the same number of uses are in one class, in the order of their
 * last use; the classes are in the order of uses. A use moves a place to the
 * next class, so every operation is O(1).
 */
#define LFU_ORDER 0 /* the head of the list of classes; it holds no place */

struct class
{
	uint64_t uses;
	uint32_t next_free;
};

struct lfu {
	size_t bytes;
	uint32_t nr_places;
	uint32_t free; /* first unused class */
	struct class *classes;
	struct link *order; /* of the classes, by uses */
	struct link *links; /* of each place, then a head for each class */
	uint32_t *class_of; /* each place */
};

static uint32_t lfu_head(const struct lfu *lfu, uint32_t class)
{
	return lfu->nr_places + class;
}

/* There is one class more than there are places: a place that moves needs two
 * at a time. */
static void *lfu_create(uint32_t nr_places, struct ticket_holder holder,
			const struct mem *mem)
{
	size_t nr_classes = (size_t)nr_places + 2, nr = nr_places;
	size_t bytes =
		sizeof(struct lfu) +
		nr_classes * (sizeof(struct class) + 2 * sizeof(struct link)) +
		nr * (sizeof(struct link) + sizeof(uint32_t));
	struct lfu *lfu = mem->alloc(bytes);

	(void)holder;
	if (!lfu)
		return NULL;
	lfu->bytes = bytes;
	lfu->nr_places = nr_places;
	lfu->classes = (struct class *)(lfu + 1);
	lfu->order = (struct link *)(lfu->classes + nr_classes);
	lfu->links = lfu->order + nr_classes;
	lfu->class_of = (uint32_t *)(lfu->links + nr + nr_classes);
	chain_init(lfu->order, LFU_ORDER);
	lfu->free = LFU_ORDER + 1;
	for (size_t i = lfu->free; i < nr_classes; i++)
		lfu->classes[i].next_free = i + 1;
	return lfu;
}

static void lfu_destroy(void *state, const struct mem *mem)
{
	struct lfu *lfu = state;

	if (lfu)
		mem->free(lfu, lfu->bytes);
}

/* Returns the class of that many uses, which is right behind @class, and makes
 * it if there is none. */
static uint32_t lfu_class_after(struct lfu *lfu, uint32_t class, uint64_t uses)
{
	uint32_t next = lfu->order[class].next;

	if (next != LFU_ORDER && lfu->classes[next].uses == uses)
		return next;
	next = lfu->free;
	lfu->free = lfu->classes[next].next_free;
	lfu->classes[next].uses = uses;
	chain_init(lfu->links, lfu_head(lfu, next));
	chain_insert_after(lfu->order, class, next);
	return next;
}

static void lfu_put(struct lfu *lfu, uint32_t place, uint32_t class)
{
	chain_append(lfu->links, lfu_head(lfu, class), place);
	lfu->class_of[place] = class;
}

static void lfu_take(struct lfu *lfu, uint32_t place)
{
	uint32_t class = lfu->class_of[place];

	chain_remove(lfu->links, place);
	if (!chain_empty(lfu->links, lfu_head(lfu, class)))
		return;
	chain_remove(lfu->order, class);
	lfu->classes[class].next_free = lfu->free;
	lfu->free = class;
}

static uint32_t lfu_insert(void *state, uint32_t place, uint64_t next_use)
{
	struct lfu *lfu = state;

	(void)next_use;
	lfu_put(lfu, place, lfu_class_after(lfu, LFU_ORDER, 1));
	return place;
}

static uint32_t lfu_touch(void *state, uint32_t place, uint64_t next_use)
{
	struct lfu *lfu = state;
	uint32_t class = lfu->class_of[place];
	uint32_t next;

	(void)next_use;
	next = lfu_class_after(lfu, class, lfu->classes[class].uses + 1);
	lfu_take(lfu, place);
	lfu_put(lfu, place, next);
	return place;
}

static uint32_t lfu_evict(void *state)
{
	struct lfu *lfu = state;
	uint32_t class = lfu->order[LFU_ORDER].next;
	uint32_t victim = lfu->links[lfu_head(lfu, class)].next;

	lfu_take(lfu, victim);
	return victim;
}

const struct policy policy_lfu = {
	.name = "lfu",
	.help = "the block with the fewest uses since insertion goes first, among equals the least recently used",
	.tickets = policy_ticket_a_place,
	.create = lfu_create,
	.destroy = lfu_destroy,
	.insert = lfu_insert,
	.touch = lfu_touch,
	.evict = lfu_evict,
};
