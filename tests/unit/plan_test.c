/*
 * Plans of small traces: by hand, against a planner that knows nothing but
 * the rules, and replayed step by step.
 */
#include <stdlib.h>

#include "small_plan.h"

#define BLOCKS	64
#define PASSES	3

/* The rules, as slowly as you like. */

struct held {
	bool in;
	uint64_t inserted, used, uses;
};

struct oracle {
	const struct trace *t;
	const struct plan_options *o;
	struct held storage[BLOCKS], memory[BLOCKS];
	uint32_t lookups[BLOCKS];	/* in all passes */
	uint32_t latest[BLOCKS];	/* lookup in this pass */
	uint64_t now;			/* all passes */
	uint64_t at;			/* lookup of this pass */
	/* of this pass, after warm-up */
	struct plan_stats st;
	uint32_t hits[BLOCKS];
	bool seen[BLOCKS];
	/* of the request */
	uint32_t reads[64], writes[64];
	uint32_t nr_reads, nr_writes;
};

static uint32_t held_blocks(const struct held *tier)
{
	uint32_t nr = 0;

	for (int b = 0; b < BLOCKS; b++)
		nr += tier[b].in;
	return nr;
}

static uint64_t next_use(const struct oracle *or, uint32_t block)
{
	for (uint64_t i = or->at + 1; i < or->t->nr_lookups; i++)
		if (or->t->lookups[i] == block)
			return i;
	return or->t->nr_lookups + or->latest[block];
}

/* Is @a to go rather than @b? */
static bool goes(const struct oracle *or, const char *policy,
		 const struct held *tier, uint32_t a, uint32_t b)
{
	if (!strcmp(policy, "fifo"))
		return tier[a].inserted < tier[b].inserted;
	if (!strcmp(policy, "opt"))
		return next_use(or, a) > next_use(or, b);
	if (!strcmp(policy, "lfu") && tier[a].uses != tier[b].uses)
		return tier[a].uses < tier[b].uses;
	return tier[a].used < tier[b].used;
}

static uint32_t evict(const struct oracle *or, const char *policy,
		      struct held *tier)
{
	uint32_t victim = BLOCKS;

	for (uint32_t b = 0; b < BLOCKS; b++)
		if (tier[b].in &&
		    (victim == BLOCKS || goes(or, policy, tier, b, victim)))
			victim = b;
	tier[victim].in = false;
	return victim;
}

static void insert(struct oracle *or, struct held *tier, uint32_t block)
{
	tier[block] = (struct held){ true, or->now, or->now++, 1 };
}

static void use(struct oracle *or, struct held *tier, uint32_t block)
{
	tier[block].used = or->now++;
	tier[block].uses++;
}

static void write_block(struct oracle *or, uint32_t block)
{
	if (or->lookups[block] < or->o->admit) {
		or->st.unadmitted++;
		return;
	}
	if (held_blocks(or->storage) == or->o->slots) {
		evict(or, or->o->eviction->name, or->storage);
		or->st.evictions++;
	}
	insert(or, or->storage, block);
	or->writes[or->nr_writes++] = block;
}

static void to_memory(struct oracle *or, uint32_t block)
{
	uint32_t victim = BLOCKS;

	if (!or->o->memory_blocks)
		return;
	if (held_blocks(or->memory) == or->o->memory_blocks)
		victim = evict(or, "lru", or->memory);
	insert(or, or->memory, block);
	if (victim < BLOCKS && or->o->offload == PLAN_OFFLOAD_EVICT &&
	    !or->storage[victim].in)
		write_block(or, victim);
}

/* Looks up a block. Returns whether a tier had it. */
static bool oracle_lookup(struct oracle *or, uint32_t block, bool broken)
{
	bool in_memory = or->memory[block].in;
	bool stored = or->storage[block].in;

	or->lookups[block]++;
	or->latest[block] = or->at;
	or->seen[block] = true;
	if (!in_memory && !stored) {
		or->st.misses++;
		if (!or->o->memory_blocks ||
		    or->o->offload == PLAN_OFFLOAD_THROUGH)
			write_block(or, block);
		to_memory(or, block);
		return false;
	}
	if (in_memory)
		use(or, or->memory, block);
	else
		use(or, or->storage, block);
	if (broken) {
		or->st.skipped++;
		return true;
	}
	or->hits[block]++;
	if (in_memory) {
		or->st.memory_hits++;
		return true;
	}
	or->st.hits++;
	or->reads[or->nr_reads++] = block;
	to_memory(or, block);
	return true;
}

/* Looks up a request. Returns how many tokens no tier had. */
static uint32_t oracle_request(struct oracle *or, const struct trace_request *rq)
{
	uint32_t nr = trace_lookups_of(or->t, rq - or->t->requests);
	uint64_t hits = or->st.hits + or->st.memory_hits;
	bool broken = false, beyond = false;
	uint32_t missing = 0;

	or->nr_reads = or->nr_writes = 0;
	for (uint32_t i = 0; i < nr; i++) {
		uint64_t before = or->st.hits + or->st.memory_hits;
		uint32_t begin = i * or->t->block_tokens;
		uint32_t end = begin + or->t->block_tokens;

		or->at = rq->first_lookup + i;
		if (!oracle_lookup(or, or->t->lookups[or->at], broken)) {
			broken = or->o->lookup == PLAN_LOOKUP_PREFIX;
			missing += (end < rq->input_length ?
				    end : rq->input_length) - begin;
		}
		if (i && or->st.hits + or->st.memory_hits > before)
			beyond = true;
	}
	or->st.requests++;
	or->st.lookups += nr;
	or->st.writes += or->nr_writes;
	or->st.requests_with_hits += or->st.hits + or->st.memory_hits > hits;
	or->st.requests_with_hits_beyond_first += beyond;
	or->st.requests_with_reads += or->nr_reads > 0;
	or->st.requests_with_writes += or->nr_writes > 0;
	or->st.input_tokens += rq->input_length;
	or->st.output_tokens += rq->output_length;
	return missing;
}

static void oracle_forget(struct oracle *or)
{
	memset(&or->st, 0, sizeof(or->st));
	memset(or->hits, 0, sizeof(or->hits));
	memset(or->seen, 0, sizeof(or->seen));
}

/* A plan replayed. */

struct device {
	uint32_t ops[BLOCKS];		/* on each slot */
	uint32_t filled[BLOCKS];	/* after which operation */
	uint32_t block[BLOCKS];		/* what it holds */
	uint64_t slots;
};

/* Does the step if its order lets it. */
static bool try_step(struct device *d, const struct plan_step *step)
{
	uint32_t slot = step->slot;

	CHECK(slot < d->slots);
	if (step->write) {
		if (step->need != d->ops[slot])
			return false;
		d->filled[slot] = d->ops[slot] + 1;
		d->block[slot] = step->block;
		CHECK_EQ(plan_generation(step), d->filled[slot] - 1);
	} else {
		if (step->need > d->ops[slot])
			return false;
		CHECK_EQ(step->need, d->filled[slot]);
		CHECK_EQ(d->block[slot], step->block);
		CHECK_EQ(plan_generation(step), d->filled[slot] - 1);
	}
	d->ops[slot]++;
	return true;
}

static void replay_request(struct device *d, const struct plan *p, uint32_t r)
{
	const struct plan_request *rq = &p->requests[r];
	uint32_t nr = rq->nr_reads + rq->nr_writes, left = nr;
	bool done[64] = { false };

	while (left) {
		uint32_t before = left;

		for (uint32_t i = 0; i < nr; i++)
			if (!done[i] &&
			    try_step(d, &plan_steps(p, rq)[i])) {
				done[i] = true;
				left--;
			}
		CHECK(left < before);
		if (left == before)
			return;
	}
}

static void same_steps(const struct oracle *or, const struct plan *p,
		       uint32_t r)
{
	const struct plan_request *rq = &p->requests[r];
	const struct plan_step *steps = plan_steps(p, rq);

	CHECK_EQ(rq->nr_reads, or->nr_reads);
	CHECK_EQ(rq->nr_writes, or->nr_writes);
	if (unit_why[0])
		return;
	for (uint32_t i = 0; i < rq->nr_reads; i++) {
		CHECK_EQ(steps[i].write, 0);
		CHECK_EQ(steps[i].block, or->reads[i]);
	}
	for (uint32_t i = 0; i < rq->nr_writes; i++) {
		CHECK_EQ(steps[rq->nr_reads + i].write, 1);
		CHECK_EQ(steps[rq->nr_reads + i].block, or->writes[i]);
	}
}

static void same_statistics(struct oracle *or, const struct plan_stats *st,
			    uint64_t evictions)
{
	uint32_t slots_used = held_blocks(or->storage);

	for (int b = 0; b < BLOCKS && or->o->tallies; b++) {
		or->st.unique_blocks += or->seen[b];
		if (or->hits[b] > or->st.hottest_block_hits)
			or->st.hottest_block_hits = or->hits[b];
	}
	or->st.slots_used = or->st.blocks_held = slots_used;
	or->st.slots_rewritten = evictions;
	if (or->st.requests)
		or->st.span_ns = (or->st.requests - 1) * UINT64_C(1000000000);
	for (size_t i = 0; i < sizeof(*st) / sizeof(uint64_t); i++)
		CHECK_EQ(((const uint64_t *)st)[i],
			 ((const uint64_t *)&or->st)[i]);
}

static void one_request(struct oracle *or, struct device *d,
			const struct plan *p, uint32_t r)
{
	const struct trace_request *rq = &or->t->requests[r];
	const struct plan_request *planned = &p->requests[r];
	uint32_t missing = oracle_request(or, rq);

	CHECK_EQ(planned->miss_tokens, missing);
	CHECK((planned->first_step & p->step_mask) + planned->nr_reads +
		      planned->nr_writes <= p->step_mask + 1);
	same_steps(or, p, r);
	replay_request(d, p, r);
}

/* Two that plan the same, of which one makes no steps. */
struct planners {
	struct planner *all, *counting;
};

static void pass_in_small(struct oracle *or, struct device *d,
			  struct planners *pl, struct plan *p)
{
	planner_pass(pl->counting, NULL, NULL);
	for (uint32_t r = 0; r < or->t->nr_requests; r++) {
		planner_request(pl->all, p, r);
		one_request(or, d, p, r);
	}
}

static void one_pass(struct oracle *or, struct device *d, struct planners *pl,
		     struct plan *p, uint32_t warmup)
{
	uint64_t evictions = 0;
	struct plan_stats st, counted;

	planner_pass(pl->all, p, &st);
	planner_pass(pl->counting, NULL, &counted);
	CHECK(!memcmp(&st, &counted, sizeof(st)));
	oracle_forget(or);
	for (uint32_t r = 0; r < or->t->nr_requests; r++) {
		if (r == warmup) {
			evictions = or->st.evictions;
			oracle_forget(or);
		}
		one_request(or, d, p, r);
	}
	evictions += or->st.evictions;
	if (warmup >= or->t->nr_requests)
		oracle_forget(or);
	same_statistics(or, &st, evictions);
}

static void against_rules(const struct plan_options *o, const struct mem *mem)
{
	static struct oracle or;
	struct device d = { .slots = 0 };
	struct planners pl;
	struct plan p;

	memset(&or, 0, sizeof(or));
	or.t = &small.t;
	or.o = o;
	pl.all = planner_create(&small.t, o, mem, &err);
	pl.counting = planner_create(&small.t, o, mem, &err);
	CHECK(pl.all && pl.counting &&
	      !plan_alloc(&p, small.t.nr_requests, planner_pass_steps(pl.all),
			  mem, &err));
	d.slots = planner_slots(pl.all);
	CHECK(d.slots <= o->slots && d.slots <= small.t.nr_blocks);
	for (int pass = 0; pass < PASSES; pass++) {
		one_pass(&or, &d, &pl, &p, pass ? 0 : o->warmup_requests);
		pass_in_small(&or, &d, &pl, &p);
	}
	plan_free(&p, mem);
	planner_free(pl.counting);
	planner_free(pl.all);
}

static void every_tier(struct plan_options *o, uint64_t *seed)
{
	o->slots = small_random(seed, 5) ?
		   1 + small_random(seed, small.t.nr_blocks) :
		   PLAN_SLOTS_UNBOUNDED;
	o->warmup_requests = small_random(seed, 3) ? 0 :
			     small_random(seed, small.t.nr_requests + 9);
	for (o->offload = 0; o->offload < 2; o->offload++) {
		o->memory_blocks = 0;
		o->tallies = small_random(seed, 2);
		against_rules(o, &mem_private);
		o->memory_blocks = 1 + small_random(seed, 12);
		against_rules(o, &mem_shared);
	}
}

static void random_traces(void)
{
	struct plan_options o;
	uint64_t seed = 4711;

	plan_options_init(&o);
	for (int round = 0; round < 12; round++) {
		small_at_random(&small, round + 1);
		for (size_t i = 0; policies[i]; i++) {
			o.eviction = policies[i];
			for (o.lookup = 0; o.lookup < 2; o.lookup++)
				for (o.admit = 1; o.admit < 4; o.admit++)
					every_tier(&o, &seed);
		}
	}
}

/* By hand. */

static void hits_then_misses(void)
{
	struct plan_options o;

	plan_options_init(&o);
	begin("0 1 2, 0 1 3, 0 4", &o);
	CHECK_STR(steps_of(0), "w0.0=0 w1.0=1 w2.0=2");
	CHECK_STR(steps_of(1), "r0.1=0 r1.1=1 w3.0=3");
	CHECK_STR(steps_of(2), "r0.1=0 w4.0=4");
	CHECK_EQ(plan.requests[1].miss_tokens, SMALL_TOKENS);
	CHECK_EQ(stats.hits, 3);
	CHECK_EQ(stats.hottest_block_hits, 2);
	CHECK_EQ(stats.requests_with_hits, 2);
	CHECK_EQ(stats.requests_with_hits_beyond_first, 1);
	CHECK_EQ(stats.span_ns, 2000000000);
	end();
}

static void slot_reused(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.slots = 2;
	begin("0 1, 0, 2, 1, 2", &o);
	CHECK_STR(steps_of(1), "r0.1=0");
	CHECK_STR(steps_of(2), "w1.1=2");	/* in the place of 1 */
	CHECK_STR(steps_of(3), "w0.2=1");	/* after 0's write and read */
	CHECK_STR(steps_of(4), "r1.2=2");
	CHECK_EQ(stats.evictions, 2);
	CHECK_EQ(stats.slots_rewritten, 2);
	CHECK_EQ(stats.slots_used, 2);
	end();
}

/* The read is stored before the write that it needs. */
static void twice_in_a_request(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.lookup = PLAN_LOOKUP_BLOCK;
	begin("0 1 0", &o);
	CHECK_STR(steps_of(0), "r0.1=0 w0.0=0 w1.0=1");
	end();
	o.lookup = PLAN_LOOKUP_PREFIX;
	begin("0 1 0", &o);
	CHECK_STR(steps_of(0), "w0.0=0 w1.0=1");
	CHECK_EQ(stats.skipped, 1);
	end();
}

static void more_blocks_than_slots(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.slots = 1;
	begin("0 1 2, 2 0", &o);
	CHECK_STR(steps_of(0), "w0.0=0 w0.1=1 w0.2=2");
	CHECK_STR(steps_of(1), "r0.3=2 w0.4=0");
	end();
}

static void skipped_is_touched(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.slots = 3;
	begin("0 1 2, 3 1, 4, 1", &o);	/* 3 takes 0's place, 4 that of 2 */
	CHECK_EQ(stats.skipped, 1);
	CHECK_STR(steps_of(2), "w2.1=4");
	CHECK_STR(steps_of(3), "r1.1=1");
	end();
}

static void second_pass_is_warm(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.slots = 2;
	o.warmup_requests = 1;
	begin("0 1, 1, 2", &o);
	CHECK_EQ(stats.requests, 2);
	CHECK_EQ(stats.lookups, 2);
	CHECK_EQ(stats.unique_blocks, 2);
	CHECK_EQ(stats.hits, 1);
	CHECK_EQ(stats.span_ns, 1000000000);
	planner_pass(planner, &plan, &stats);
	CHECK_EQ(stats.requests, 3);
	CHECK_STR(steps_of(0), "w1.2=0 w0.2=1");
	CHECK_STR(steps_of(1), "r0.3=1");
	CHECK_STR(steps_of(2), "w1.3=2");
	end();
}

/* Memory pushes out 0, which storage lacks: the request that did it writes. */
static void eviction_writes(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.offload = PLAN_OFFLOAD_EVICT;
	o.memory_blocks = 1;
	begin("0, 0, 1, 0", &o);
	CHECK_STR(steps_of(0), "");
	CHECK_STR(steps_of(1), "");
	CHECK_STR(steps_of(2), "w0.0=0");
	CHECK_STR(steps_of(3), "r0.1=0 w1.0=1");
	CHECK_EQ(stats.memory_hits, 1);
	CHECK_EQ(stats.hits, 1);
	CHECK_EQ(stats.misses, 2);
	end();
}

static void empty(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.memory_blocks = 3;
	o.eviction = policy_find("opt");
	begin("", &o);
	CHECK_EQ(stats.requests, 1);
	CHECK_EQ(plan.requests[0].nr_reads + plan.requests[0].nr_writes, 0);
	end();
	small_begin(&small);
	planner = planner_create(&small.t, &o, &mem_private, &err);
	planner_pass(planner, NULL, &stats);
	planner_pass(planner, NULL, NULL);
	CHECK_EQ(stats.requests, 0);
	CHECK_EQ(stats.span_ns, 0);
	CHECK_EQ(planner_slots(planner), 0);
	planner_free(planner);
}

/* Errors. */

static void without_memory(void)
{
	struct plan_options o;

	plan_options_init(&o);
	o.eviction = policy_find("opt");
	o.slots = 2;
	o.admit = 2;
	o.memory_blocks = 2;
	CHECK_EQ(failures_without_memory(&o), 18);
	for (int room = 0; room < 2; room++) {
		allocations_left = room;
		CHECK_EQ(plan_alloc(&plan, 5, 9, scarce_memory(), &err), -1);
		CHECK_HAS(err.text, "not enough memory for the plan");
	}
}

static void too_many_blocks(void)
{
	struct plan_options o;

	plan_options_init(&o);
	small_parse(&small, "0");
	small.t.nr_blocks = UINT32_C(1) << 31;
	CHECK(!planner_create(&small.t, &o, &mem_private, &err));
	CHECK_HAS(err.text, "2147483648 different blocks");
	CHECK_HAS(err.text, "max_requests=");
}

int main(void)
{
	RUN(hits_then_misses);
	RUN(slot_reused);
	RUN(twice_in_a_request);
	RUN(more_blocks_than_slots);
	RUN(skipped_is_touched);
	RUN(second_pass_is_warm);
	RUN(eviction_writes);
	RUN(empty);
	RUN(random_traces);
	RUN(without_memory);
	RUN(too_many_blocks);
	UNIT_END();
}
