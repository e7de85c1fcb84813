/*
 * What the layouts make of small traces: by hand, against a cache that knows
 * nothing but the rules, and with the steps of many requests done in any order
 * that plan.h allows.
 */
#include <stdlib.h>

#include "small_plan.h"

#define BLOCKS	 64
#define SLOTS	 (2 * BLOCKS)
#define PASSES	 3
#define AT_ONCE	 6 /* requests in flight */
#define MAX_STEPS 512 /* of a request */

/* By hand. */

static void files_are_unlinked_first(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.layout = PLAN_LAYOUT_FILES;
	o.slots = 2;
	begin("0 1, 0, 2, 1, 2", &o);
	CHECK_STR(steps_of(0), "w0.0=0 w1.0=1");
	CHECK_STR(steps_of(1), "r0.1=0");
	CHECK_STR(steps_of(2), "e1.1=1 w1.2=2");
	CHECK_STR(steps_of(3), "e0.2=0 w0.3=1"); /* after the read of 0 */
	CHECK_STR(steps_of(4), "r1.3=2");
	CHECK_EQ(plan.requests[2].nr_writes, 1);
	CHECK_EQ(plan.requests[2].nr_files, 1);
	CHECK_EQ(stats.evictions, 2);
	CHECK_EQ(stats.slots_rewritten, 2);
	CHECK_EQ(stats.blocks_held, 2);
	end();
}

/* 4 slots: from 3 on down to 1, so two go at a time. */
static void a_burst_belongs_to_its_request(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.layout = PLAN_LAYOUT_FILES;
	o.evict = (struct watermarks){ 75, 50 };
	o.slots = 4;
	begin("0 1 2, 3, 4, 5", &o);
	CHECK_STR(steps_of(0), "w0.0=0 w1.0=1 w2.0=2");
	CHECK_STR(steps_of(1), "e0.1=0 e1.1=1 w0.2=3");
	CHECK_STR(steps_of(2), "w1.2=4");
	CHECK_STR(steps_of(3), "e2.1=2 e0.3=3 w2.2=5");
	CHECK_EQ(stats.evictions, 4);
	CHECK_EQ(stats.blocks_held, 2);
	CHECK_EQ(stats.slots_used, 3);
	CHECK_EQ(planner_slots(planner), 3);
	end();
	o.layout = PLAN_LAYOUT_SLOTS;
	begin("0 1 2, 3, 4, 5", &o);
	CHECK_STR(steps_of(1), "w0.1=3");
	CHECK_STR(steps_of(2), "w1.1=4");
	CHECK_STR(steps_of(3), "w2.1=5");
	CHECK_EQ(plan.requests[3].nr_files, 0);
	CHECK_EQ(stats.evictions, 4);
	end();
}

/* Two buckets of two: opening is operation 0, its writes need 1. */
static void buckets_open_fill_and_go(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.layout = PLAN_LAYOUT_BUCKETS;
	o.bucket_blocks = 2;
	o.slots = 5;
	begin("0 1 2, 0, 2 3 4, 4 2, 1", &o);
	CHECK_STR(steps_of(0), "o0.0=0 w0.1=0 w1.1=1 o2.0=0 w2.1=2");
	CHECK_STR(steps_of(1), "r0.2=0");
	/* Bucket 1 is used by then: bucket 0 goes, with 0 and 1 in it, once
	 * its opening, 2 writes and 1 read are done. */
	CHECK_STR(steps_of(2), "r2.2=2 w3.1=3 e0.4=1 o0.5=0 w0.6=4");
	CHECK_STR(steps_of(3), "r0.7=4 r2.2=2");
	CHECK_STR(steps_of(4), "w1.6=1");
	CHECK_EQ(plan.requests[0].nr_writes, 3);
	CHECK_EQ(plan.requests[0].nr_files, 2);
	CHECK_EQ(stats.evictions, 2);
	CHECK_EQ(stats.buckets_opened, 3);
	CHECK_EQ(stats.buckets_evicted, 1);
	CHECK_EQ(stats.blocks_held, 4);
	CHECK_EQ(stats.slots_used, 4);
	CHECK_EQ(stats.slots_rewritten, 2);
	CHECK_EQ(planner_slots(planner), 4);
	CHECK_EQ(planner_bucket_blocks(planner), 2);
	end();
}

/* A bucket keeps its number from the opening to the eviction. */
static void numbers_of_buckets(void)
{
	struct plan_options o;
	const struct plan_step *s;

	plan_options_init(&o);
	o.layout = PLAN_LAYOUT_BUCKETS;
	o.bucket_blocks = 1;
	o.slots = 2;
	begin("0, 1, 0 1, 2, 3", &o);
	CHECK_STR(steps_of(2), "r0.2=0 r1.2=1");
	CHECK_STR(steps_of(3), "e0.3=1 o0.4=0 w0.5=2");
	s = plan.steps;
	for (int i = 0; i < 5; i++)
		CHECK_EQ(plan_bucket_number(&s[i]), 1);
	s = plan_steps(&plan, &plan.requests[3]);
	CHECK_EQ(plan_bucket_number(&s[0]), 1);
	CHECK_EQ(plan_bucket_number(&s[1]), 5);
	CHECK_EQ(plan_bucket_number(&s[2]), 5);
	CHECK_EQ(plan_generation(&s[1]), plan_generation(&s[2]));
	end();
}

static void probes(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.probe = PLAN_PROBE_STAT;
	begin("0 1, 0 1 2 3, 0 4 1, ", &o);
	CHECK_EQ(plan.requests[0].nr_probes, 1);
	CHECK_EQ(plan.requests[1].nr_probes, 3);
	CHECK_EQ(plan.requests[2].nr_probes, 2);
	CHECK_EQ(plan.requests[3].nr_probes, 0);
	CHECK_EQ(stats.probes, 6);
	end();
	o.lookup = PLAN_LOOKUP_BLOCK;
	begin("0 1, 0 1 2 3, 0 4 1, ", &o);
	CHECK_EQ(stats.probes, 6);
	end();
	o.memory_blocks = 1;
	begin("0, 0, 0 1", &o); /* 0 is in memory from then on */
	CHECK_EQ(stats.probes, 2);
	end();
	o.probe = PLAN_PROBE_LIST;
	begin("0 1, 0 1 2 3, 0 4 1, ", &o);
	CHECK_EQ(stats.probes, 3);
	end();
}

static void trims(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.slots = 2;
	o.discard = true;
	o.warmup_requests = 1;
	begin("0 1 2, 3, 3", &o);
	CHECK_EQ(stats.trims, 1);
	CHECK_EQ(stats.slots_rewritten, 2);
	end();
}

/* What is refused. */

static void refused(const struct plan_options *o, const char *why)
{
	err.text[0] = '\0';
	CHECK(!planner_create(&small.t, o, &mem_private, &err));
	CHECK_HAS(err.text, why);
}

static void refusals(void)
{
	struct plan_options o;

	small_parse(&small, "0 1 2");
	plan_options_init(&o);
	o.evict.low = 0;
	refused(&o, "evict_low=0: give percent from 1 to evict_high=100");
	o.evict = (struct watermarks){ 50, 51 };
	refused(&o, "evict_low=51");
	o.evict = (struct watermarks){ 101, 50 };
	refused(&o, "evict_high=101");
	o.evict = WATERMARKS_OFF;
	o.layout = PLAN_LAYOUT_BUCKETS;
	o.slots = 999;
	refused(&o, "at least two buckets, and a capacity of 999 slots has that "
		    "for 1 of 500 blocks");
	o.slots = 1000;
	o.eviction = policy_find("lfu");
	refused(&o, "eviction=lfu chooses among blocks");
	o.eviction = policy_find("opt");
	refused(&o, "use eviction=fifo or lru");
	small.t.nr_blocks = UINT32_C(1) << 30;
	o.eviction = policy_find("lru");
	refused(&o, "max_requests=");
}

/* The rules, as slowly as you like: a slot is a bucket of one. */

struct unit {
	bool in;
	uint64_t opened, used;
	uint32_t blocks;
};

struct oracle {
	const struct plan_options *o;
	uint32_t size; /* of a unit */
	struct unit units[8192];
	uint32_t nr_units;
	uint32_t unit_of[BLOCKS]; /* 1 + it, 0 is none */
	uint32_t lookups[BLOCKS];
	uint64_t now;
	uint64_t hits, writes, evictions, skipped, opened, probes;
};

static uint32_t units_in(const struct oracle *or)
{
	uint32_t nr = 0;

	for (uint32_t i = 0; i < or->nr_units; i++)
		nr += or->units[i].in;
	return nr;
}

static void oracle_evict(struct oracle *or)
{
	bool lru = or->o->eviction == policy_find("lru");
	struct unit *first = NULL;

	for (uint32_t i = 0; i < or->nr_units; i++) {
		struct unit *u = &or->units[i];

		if (u->in && (!first || (lru ? u->used < first->used :
					       u->opened < first->opened)))
			first = u;
	}
	first->in = false;
	or->evictions += first->blocks;
	for (int b = 0; b < BLOCKS; b++)
		if (or->unit_of[b] == first - or->units + 1)
			or->unit_of[b] = 0;
}

static void oracle_write(struct oracle *or, uint32_t block)
{
	struct unit *u = or->nr_units ? &or->units[or->nr_units - 1] : NULL;
	uint64_t units = or->o->slots / or->size;
	uint64_t high = units * or->o->evict.high / 100;
	uint64_t low = units * or->o->evict.low / 100;

	if (or->lookups[block] < or->o->admit)
		return;
	if (!u || u->blocks == or->size) {
		if (units_in(or) >= high)
			while (units_in(or) && units_in(or) + 1 > low)
				oracle_evict(or);
		u = &or->units[or->nr_units++];
		*u = (struct unit){ .in = true, .opened = ++or->now };
		or->opened++;
	}
	u->blocks++;
	u->used = ++or->now;
	or->unit_of[block] = or->nr_units;
	or->writes++;
}

static void oracle_pass(struct oracle *or)
{
	or->hits = or->writes = or->evictions = or->skipped = 0;
	or->opened = or->probes = 0;
	for (uint32_t r = 0; r < small.t.nr_requests; r++) {
		const struct trace_request *rq = &small.t.requests[r];
		bool missed = false;

		for (uint32_t i = 0; i < trace_lookups_of(&small.t, r); i++) {
			uint32_t b = small.t.lookups[rq->first_lookup + i];

			or->lookups[b]++;
			or->probes += !missed;
			if (!or->unit_of[b]) {
				oracle_write(or, b);
				missed = true;
				continue;
			}
			or->units[or->unit_of[b] - 1].used = ++or->now;
			if (missed && or->o->lookup == PLAN_LOOKUP_PREFIX)
				or->skipped++;
			else
				or->hits++;
		}
	}
}

static void same_statistics(const struct oracle *or)
{
	bool buckets = or->o->layout == PLAN_LAYOUT_BUCKETS;

	CHECK_EQ(stats.hits, or->hits);
	CHECK_EQ(stats.writes, or->writes);
	CHECK_EQ(stats.evictions, or->evictions);
	CHECK_EQ(stats.skipped, or->skipped);
	CHECK_EQ(stats.probes, or->probes);
	CHECK_EQ(stats.buckets_opened, buckets ? or->opened : 0);
	CHECK_EQ(stats.buckets_evicted,
		 buckets ? or->evictions / or->size : 0);
}

/* A target, which does what a step says when plan.h lets it. */

struct place {
	uint32_t ops, filled, block, number;
	bool there;
};

static struct place slots[SLOTS], files[SLOTS];
static uint32_t bucket_blocks; /* 0: none */
static uint64_t done[4];       /* steps of each kind */

static bool may_go(const struct plan_step *s)
{
	const struct place *slot = &slots[s->slot];
	const struct place *bucket;

	if (plan_kind(s) == PLAN_READ)
		return slot->filled == s->need;
	if (!bucket_blocks)
		return slot->ops == s->need;
	bucket = &files[s->slot / bucket_blocks];
	if (plan_kind(s) == PLAN_WRITE)
		return (int32_t)(bucket->ops - s->need) >= 0;
	return bucket->ops == s->need;
}

static void to_slot(enum plan_layout layout, const struct plan_step *s)
{
	struct place *slot = &slots[s->slot];

	if (plan_kind(s) == PLAN_WRITE) {
		CHECK(layout == PLAN_LAYOUT_SLOTS || !slot->there);
		slot->filled = slot->ops + 1;
		slot->there = true;
		slot->block = s->block;
	} else {
		CHECK(slot->there);
		CHECK_EQ(slot->block, s->block);
	}
	if (plan_kind(s) == PLAN_READ)
		CHECK_EQ(plan_generation(s), slot->filled - 1);
	if (plan_kind(s) == PLAN_EVICT)
		slot->there = false;
	CHECK(plan_kind(s) != PLAN_OPEN);
	CHECK(!s->file || layout == PLAN_LAYOUT_FILES);
	slot->ops++;
}

static void to_bucket(const struct plan_step *s)
{
	struct place *bucket = &files[s->slot / bucket_blocks];
	struct place *slot = &slots[s->slot];

	if (plan_kind(s) == PLAN_OPEN) {
		CHECK(!bucket->there);
		CHECK(plan_bucket_number(s) > bucket->number);
		bucket->number = plan_bucket_number(s);
		bucket->there = true;
	}
	CHECK(bucket->there);
	CHECK_EQ(bucket->number, plan_bucket_number(s));
	if (plan_kind(s) == PLAN_WRITE) {
		slot->block = s->block;
		slot->filled = s->need + 1;
	} else if (plan_kind(s) == PLAN_READ) {
		CHECK_EQ(slot->block, s->block);
	} else {
		CHECK_EQ(s->slot % bucket_blocks, 0);
	}
	if (plan_kind(s) == PLAN_EVICT)
		bucket->there = false;
	bucket->ops++;
}

/* Does one step, of those from @first to @last that wait and may go. */
static bool do_some(enum plan_layout layout, uint32_t first, uint32_t last,
		    bool waits[][MAX_STEPS], uint64_t *seed)
{
	uint32_t nr = last - first, at = small_random(seed, nr);

	for (uint32_t n = 0; n < nr; n++) {
		uint32_t r = first + (at + n) % nr;
		const struct plan_request *rq = &plan.requests[r];
		uint32_t steps = rq->nr_reads + rq->nr_writes + rq->nr_files;
		uint32_t from = steps ? small_random(seed, steps) : 0;

		for (uint32_t i = 0; i < steps; i++) {
			uint32_t k = (from + i) % steps;
			const struct plan_step *s =
				&plan_steps(&plan, rq)[k];

			if (!waits[r % AT_ONCE][k] || !may_go(s))
				continue;
			waits[r % AT_ONCE][k] = false;
			done[plan_kind(s)]++;
			if (bucket_blocks)
				to_bucket(s);
			else
				to_slot(layout, s);
			return true;
		}
	}
	return false;
}

static bool is_done(uint32_t r, bool waits[][MAX_STEPS])
{
	for (uint32_t k = 0; k < MAX_STEPS; k++)
		if (waits[r % AT_ONCE][k])
			return false;
	return true;
}

static void do_pass(enum plan_layout layout, uint64_t *seed)
{
	static bool waits[AT_ONCE][MAX_STEPS];
	uint32_t first = 0, last = 0;

	memset(done, 0, sizeof(done));
	while (first < small.t.nr_requests) {
		const struct plan_request *rq = &plan.requests[last];

		if (last < small.t.nr_requests && last - first < AT_ONCE) {
			uint32_t nr = rq->nr_reads + rq->nr_writes +
				      rq->nr_files;

			CHECK(nr <= MAX_STEPS);
			CHECK((rq->first_step & plan.step_mask) + nr <=
			      plan.step_mask + 1);
			if (unit_why[0])
				return;
			memset(waits[last++ % AT_ONCE], 1, nr);
			continue;
		}
		if (is_done(first, waits)) {
			first++;
			continue;
		}
		if (!do_some(layout, first, last, waits, seed)) {
			CHECK(!"a step can go");
			return;
		}
	}
	CHECK_EQ(done[PLAN_READ], stats.hits);
	CHECK_EQ(done[PLAN_WRITE], stats.writes);
	CHECK_EQ(done[PLAN_OPEN], stats.buckets_opened);
	if (layout == PLAN_LAYOUT_FILES)
		CHECK_EQ(done[PLAN_EVICT], stats.evictions);
	else
		CHECK_EQ(done[PLAN_EVICT], stats.buckets_evicted);
}

static void against_rules(const struct plan_options *o, uint64_t *seed)
{
	static struct oracle or;

	memset(&or, 0, sizeof(or));
	memset(slots, 0, sizeof(slots));
	memset(files, 0, sizeof(files));
	or.o = o;
	or.size = o->layout == PLAN_LAYOUT_BUCKETS ? o->bucket_blocks : 1;
	planner = planner_create(&small.t, o, &mem_private, &err);
	CHECK(planner &&
	      !plan_alloc(&plan, small.t.nr_requests,
			   planner_pass_steps(planner), &mem_private, &err));
	if (unit_why[0])
		return;
	bucket_blocks = planner_bucket_blocks(planner);
	CHECK(planner_slots(planner) <= SLOTS);
	for (int pass = 0; pass < PASSES && !unit_why[0]; pass++) {
		planner_pass(planner, &plan, &stats);
		oracle_pass(&or);
		same_statistics(&or);
		do_pass(o->layout, seed);
	}
	end();
}

static void random_options(struct plan_options *o, uint64_t *seed)
{
	plan_options_init(o);
	o->probe = PLAN_PROBE_STAT;
	o->eviction = policy_find(small_random(seed, 2) ? "lru" : "fifo");
	o->lookup = small_random(seed, 2);
	o->layout = small_random(seed, 3);
	o->admit = 1 + small_random(seed, 4) / 3;
	o->bucket_blocks = 1 + small_random(seed, 7);
	o->slots = o->layout == PLAN_LAYOUT_BUCKETS ?
			   2 * o->bucket_blocks + small_random(seed, 30) :
			   1 + small_random(seed, 40);
	if (small_random(seed, 4)) {
		o->evict.high = 1 + small_random(seed, 100);
		o->evict.low = 1 + small_random(seed, o->evict.high);
	}
}

static void random_traces(void)
{
	struct plan_options o;
	uint64_t seed = 815;

	for (int round = 0; round < 600 && !unit_why[0]; round++) {
		small_at_random(&small, round + 1);
		random_options(&o, &seed);
		against_rules(&o, &seed);
	}
}

/* Errors. */

static void without_memory(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.layout = PLAN_LAYOUT_BUCKETS;
	CHECK_EQ(failures_without_memory(&o), 11);
}

int main(void)
{
	RUN(files_are_unlinked_first);
	RUN(a_burst_belongs_to_its_request);
	RUN(buckets_open_fill_and_go);
	RUN(numbers_of_buckets);
	RUN(probes);
	RUN(trims);
	RUN(refusals);
	RUN(random_traces);
	RUN(without_memory);
	UNIT_END();
}
