#include "trace/plan/planner.h"

/* Is every block written when it is looked up for the first time? */
static bool in_order(const struct plan_options *o)
{
	return o->admit == 1 &&
	       !(o->memory_blocks && o->offload == PLAN_OFFLOAD_EVICT);
}

static size_t orders_bytes(const struct planner *pl)
{
	return pl->buckets.places.nr * sizeof(*pl->orders);
}

int storage_init(struct planner *pl)
{
	const struct plan_options *o = &pl->opt;
	uint32_t nr_blocks = pl->trace->nr_blocks;
	int ret;

	if (storage_in_buckets(pl)) {
		ret = buckets_init(&pl->buckets, o->eviction, nr_blocks,
				   o->slots / o->bucket_blocks,
				   o->bucket_blocks, o->evict, pl->mem);
	} else {
		ret = cache_init(&pl->storage, o->eviction, nr_blocks,
				 in_order(o), o->slots, o->evict, pl->mem);
	}
	if (ret)
		return -1;
	pl->orders = pl->mem->alloc(orders_bytes(pl));
	return pl->orders ? 0 : -1;
}

void storage_exit(struct planner *pl)
{
	pl->mem->free(pl->orders, orders_bytes(pl));
	buckets_exit(&pl->buckets, pl->mem);
	cache_exit(&pl->storage, pl->mem);
}

/* Returns how many places may be given back when @n are taken: as many as are
 * taken, and perhaps one burst before that. */
static uint64_t given_back(const struct places *p, uint64_t n)
{
	return n ? n + (p->nr - p->left) : 0;
}

uint64_t storage_file_steps(const struct planner *pl, uint64_t writes)
{
	uint64_t opened;

	switch (pl->opt.layout) {
	case PLAN_LAYOUT_FILES:
		return given_back(&pl->storage.places, writes);
	case PLAN_LAYOUT_BUCKETS:
		opened = writes ? writes / pl->buckets.bucket_blocks + 1 : 0;
		return opened + given_back(&pl->buckets.places, opened);
	case PLAN_LAYOUT_SLOTS:
		break;
	}
	return 0;
}

static void evict_bucket(struct plan_run *run)
{
	struct planner *pl = run->pl;
	uint32_t bucket = buckets_evict(&pl->buckets);
	struct order *order = &pl->orders[bucket];

	run->stats->evictions += pl->buckets.bucket_blocks;
	run->stats->buckets_evicted++;
	storage_add(run, PLAN_EVICT, bucket * pl->buckets.bucket_blocks,
		    order->filled - 1, order->ops++);
}

static void open_bucket(struct plan_run *run)
{
	struct planner *pl = run->pl;
	struct order *order;
	uint32_t bucket;

	for (uint32_t n = buckets_excess(&pl->buckets); n; n--)
		evict_bucket(run);
	bucket = buckets_open(&pl->buckets);
	order = &pl->orders[bucket];
	run->stats->buckets_opened++;
	storage_add(run, PLAN_OPEN, bucket * pl->buckets.bucket_blocks, 0,
		    order->ops++);
	/* Its writes need the opening, and each read needs its own write. */
	order->filled = order->ops + 1;
}

static void write_to_bucket(struct plan_run *run, uint32_t block)
{
	struct planner *pl = run->pl;
	struct order *order;
	uint32_t slot;

	if (buckets_full(&pl->buckets))
		open_bucket(run);
	slot = buckets_insert(&pl->buckets, block);
	run->nr_rewrites += pl->buckets.open_again;
	order = &pl->orders[slot / pl->buckets.bucket_blocks];
	storage_add(run, PLAN_WRITE, slot, block, order->filled - 1);
	storage_count(order);
}

void storage_write(struct plan_run *run, uint32_t block, uint64_t next_use)
{
	if (storage_in_buckets(run->pl))
		write_to_bucket(run, block);
	else
		storage_write_slot(run, block, next_use);
}
