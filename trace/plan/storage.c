/*
 * What a layout makes of reads and writes of blocks: places, evictions, and
 * the order of the steps on each place.
 */
#include "trace/plan/planner.h"

static bool in_buckets(const struct planner *pl)
{
	return pl->opt.layout == PLAN_LAYOUT_BUCKETS;
}

int storage_init(struct planner *pl)
{
	const struct plan_options *o = &pl->opt;
	uint32_t nr_blocks = pl->trace->nr_blocks;
	int ret;

	if (in_buckets(pl)) {
		ret = buckets_init(&pl->buckets, o->eviction, nr_blocks,
				   o->slots / o->bucket_blocks,
				   o->bucket_blocks, o->evict, pl->mem);
		pl->stored = &pl->buckets.slots;
		pl->nr_orders = pl->buckets.places.nr;
	} else {
		ret = cache_init(&pl->storage, o->eviction, nr_blocks, o->slots,
				 o->evict, pl->mem);
		pl->stored = &pl->storage.slots;
		pl->nr_orders = pl->storage.places.nr;
	}
	if (ret)
		return -1;
	if (pl->counts)
		pl->nr_orders = 1;
	pl->orders = pl->mem->alloc(pl->nr_orders * sizeof(*pl->orders));
	return pl->orders ? 0 : -1;
}

void storage_exit(struct planner *pl)
{
	pl->mem->free(pl->orders, pl->nr_orders * sizeof(*pl->orders));
	buckets_exit(&pl->buckets, pl->mem);
	cache_exit(&pl->storage, pl->mem);
}

/* @n places taken can cause so many to be given back: a burst for every so
 * many, and perhaps one at once. */
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

/* What reads and writes of the slot are ordered on. */
static uint32_t place_of(const struct planner *pl, uint32_t slot)
{
	return in_buckets(pl) ? slot / pl->buckets.bucket_blocks : slot;
}

/* Of a slot, or of a bucket. Nobody asks for it where steps are only counted:
 * one will do for all places. */
static struct order *order_of(struct planner *pl, uint32_t place)
{
	return &pl->orders[pl->counts ? 0 : place];
}

static void set_step(struct plan_step *step, enum plan_kind kind, uint32_t slot,
		     uint32_t block, uint32_t need)
{
	step->write = kind & 1;
	step->file = kind >> 1;
	step->slot = slot;
	step->block = block;
	step->need = need;
}

/* Kept aside: in the plan they follow all reads of the request. */
static void add_store(struct plan_run *run, enum plan_kind kind, uint32_t slot,
		      uint32_t block, uint32_t need)
{
	uint32_t at = run->nr_writes + run->nr_files;

	if (run->steps)
		set_step(&run->pl->stores[at], kind, slot, block, need);
	if (kind == PLAN_WRITE)
		run->nr_writes++;
	else
		run->nr_files++;
}

void storage_touch(struct planner *pl, uint32_t block)
{
	if (in_buckets(pl))
		buckets_touch(&pl->buckets, block);
	else
		cache_touch(&pl->storage, block, planner_next_use(pl, block));
}

void storage_read(struct plan_run *run, uint32_t block)
{
	uint32_t slot = index_find(run->pl->stored, block);
	struct order *order = order_of(run->pl, place_of(run->pl, slot));

	if (run->steps)
		set_step(&run->steps[run->nr_reads], PLAN_READ, slot, block,
			 order->filled);
	order->ops++;
	run->nr_reads++;
}

static void evict_block(struct plan_run *run)
{
	struct planner *pl = run->pl;
	uint32_t slot, block = cache_evict(&pl->storage, &slot);
	struct order *order = order_of(pl, slot);

	run->stats->evictions++;
	if (pl->opt.layout == PLAN_LAYOUT_FILES)
		add_store(run, PLAN_EVICT, slot, block, order->ops++);
}

static void write_to_slot(struct plan_run *run, uint32_t block)
{
	struct planner *pl = run->pl;
	struct order *order;
	uint32_t slot;
	bool again;

	for (uint32_t n = cache_excess(&pl->storage); n; n--)
		evict_block(run);
	again = places_used_before(&pl->storage.places);
	slot = cache_insert(&pl->storage, block, planner_next_use(pl, block));
	run->stats->slots_rewritten += again;
	run->stats->trims += again && pl->opt.discard;
	order = order_of(pl, slot);
	add_store(run, PLAN_WRITE, slot, block, order->ops);
	order->filled = ++order->ops;
}

static void evict_bucket(struct plan_run *run)
{
	struct planner *pl = run->pl;
	uint32_t nr_blocks, bucket = buckets_evict(&pl->buckets, &nr_blocks);
	struct order *order = order_of(pl, bucket);

	run->stats->evictions += nr_blocks;
	run->stats->buckets_evicted++;
	add_store(run, PLAN_EVICT, bucket * pl->buckets.bucket_blocks,
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
	order = order_of(pl, bucket);
	run->stats->buckets_opened++;
	add_store(run, PLAN_OPEN, bucket * pl->buckets.bucket_blocks, 0,
		  order->ops++);
	/* Its writes need the opening, and the read of each its own write. */
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
	run->stats->slots_rewritten += pl->buckets.open_again;
	order = order_of(pl, place_of(pl, slot));
	add_store(run, PLAN_WRITE, slot, block, order->filled - 1);
	order->ops++;
}

void storage_write(struct plan_run *run, uint32_t block)
{
	if (in_buckets(run->pl))
		write_to_bucket(run, block);
	else
		write_to_slot(run, block);
}
