#include <string.h>

#include "trace/plan/planner.h"

static void store(struct plan_run *run, uint32_t block)
{
	struct planner *pl = run->pl;

	if (pl->lookups && pl->lookups[block] < pl->opt.admit) {
		run->stats->unadmitted++;
		return;
	}
	storage_write(run, block);
}

/* Takes the block into memory, if there is such a tier. */
static void promote(struct plan_run *run, uint32_t block)
{
	struct planner *pl = run->pl;
	uint32_t slot, victim = POLICY_NO_BLOCK;

	if (!pl->memory.places.nr)
		return;
	if (cache_excess(&pl->memory))
		victim = cache_evict(&pl->memory, &slot);
	cache_insert(&pl->memory, block, 0);
	if (victim != POLICY_NO_BLOCK &&
	    pl->opt.offload == PLAN_OFFLOAD_EVICT && !storage_has(pl, victim))
		store(run, victim);
}

static inline void miss(struct plan_run *run, uint32_t block, bool plain)
{
	struct planner *pl = run->pl;

	run->stats->misses++;
	if (plain) {
		storage_write(run, block);
		return;
	}
	if (!pl->memory.places.nr || pl->opt.offload == PLAN_OFFLOAD_THROUGH)
		store(run, block);
	promote(run, block);
}

static void count_hit(struct plan_run *run, uint32_t block, bool first)
{
	struct planner *pl = run->pl;

	if (run->tallies) {
		uint64_t hits = tally_hit(&pl->tally, block);

		if (hits > run->stats->hottest_block_hits)
			run->stats->hottest_block_hits = hits;
	}
	run->hit = true;
	if (!first)
		run->hit_beyond_first = true;
}

/* Is what is cached a hit? Not behind the first miss of a prefix. */
static inline bool count_cached(struct plan_run *run, uint32_t block,
				bool first)
{
	run->nr_cached++;
	if (run->missed && run->pl->opt.lookup == PLAN_LOOKUP_PREFIX) {
		run->stats->skipped++;
		return false;
	}
	count_hit(run, block, first);
	return true;
}

/* Is it a hit, and read? */
static inline bool find_stored(struct plan_run *run, uint32_t block, bool first)
{
	storage_touch(run->pl, block);
	if (!count_cached(run, block, first))
		return false;
	run->stats->hits++;
	storage_read(run, block);
	return true;
}

static void find_in_memory(struct plan_run *run, uint32_t block, bool first,
			   bool stored)
{
	struct planner *pl = run->pl;

	cache_touch(&pl->memory, block, 0);
	/* A hit in memory is no use of storage, but changes the next one. */
	if (stored && pl->future.next)
		storage_touch(pl, block);
	if (count_cached(run, block, first))
		run->stats->memory_hits++;
}

static inline void tally_lookup(struct plan_run *run, uint32_t block)
{
	if (run->tallies && tally_see(&run->pl->tally, block))
		run->stats->unique_blocks++;
}

/*
 * With @plain, a constant, there is nothing but storage that would have to be
 * asked or told. Most plans are so, and what they need not ask is left out.
 */
static inline __attribute__((always_inline)) void look_up(struct plan_run *run,
							  uint32_t block,
							  bool first,
							  bool plain)
{
	struct planner *pl = run->pl;
	bool stored = storage_has(pl, block);
	bool in_memory =
		!plain && pl->memory.places.nr && cache_has(&pl->memory, block);

	if (!plain && pl->lookups)
		pl->lookups[block]++;
	tally_lookup(run, block);
	if (!plain && !run->missed && !in_memory &&
	    pl->opt.probe == PLAN_PROBE_STAT)
		run->nr_probes++;
	run->last_cached = stored || in_memory;
	if (in_memory) {
		find_in_memory(run, block, first, stored);
	} else if (stored) {
		if (find_stored(run, block, first) && !plain)
			promote(run, block);
	} else {
		miss(run, block, plain);
		run->missed = true;
	}
}

/* The last block of a request may be partly filled; with session_rows=new the
 * last one of each of its session's rows, so that blocks hold less than
 * that. */
static uint32_t miss_tokens(const struct plan_run *run,
			    const struct trace_request *rq)
{
	uint64_t tokens = run->pl->trace->block_tokens;
	uint64_t whole = run->nr_lookups * tokens;
	uint64_t cached = run->nr_cached * tokens;

	if (run->last_cached && whole > rq->input_length)
		cached -= whole - rq->input_length;
	return cached < rq->input_length ? rq->input_length - cached : 0;
}

static void count_request(struct plan_run *run, const struct trace_request *rq)
{
	struct plan_stats *st = run->stats;

	st->requests++;
	st->lookups += run->nr_lookups;
	st->writes += run->nr_writes;
	st->probes += run->nr_probes;
	st->requests_with_hits += run->hit;
	st->requests_with_hits_beyond_first += run->hit_beyond_first;
	st->requests_with_reads += run->nr_reads > 0;
	st->requests_with_writes += run->nr_writes > 0;
	st->input_tokens += rq->input_length;
	st->output_tokens += rq->output_length;
}

static bool is_plain(const struct planner *pl)
{
	return !pl->memory.places.nr && !pl->lookups && !pl->future.next &&
	       pl->opt.probe == PLAN_PROBE_NONE;
}

static void look_up_all(struct plan_run *run, const struct trace_request *rq)
{
	struct planner *pl = run->pl;
	const uint32_t *blocks = &pl->trace->lookups[rq->first_lookup];
	uint32_t i;

	if (is_plain(pl)) {
		for (i = 0; i < run->nr_lookups; i++)
			look_up(run, blocks[i], !i, true);
		return;
	}
	if (pl->opt.probe == PLAN_PROBE_LIST)
		run->nr_probes = run->nr_lookups > 0;
	for (i = 0; i < run->nr_lookups; i++) {
		if (pl->future.next)
			future_advance(&pl->future,
				       (uint64_t)rq->first_lookup + i,
				       blocks[i]);
		look_up(run, blocks[i], !i, false);
	}
}

/* Where the steps of a request with so many lookups begin, in one piece. */
static uint64_t first_step(const struct planner *pl, const struct plan *p,
			   uint32_t nr_lookups)
{
	uint64_t at = p->next_step & p->step_mask;
	uint64_t to_end = p->step_mask + 1 - at;

	return p->next_step +
	       (planner_steps(pl, nr_lookups) > to_end ? to_end : 0);
}

bool planner_has_room(const struct planner *pl, const struct plan *p,
		      uint64_t number, uint64_t used)
{
	uint32_t nr_lookups =
		trace_lookups_of(pl->trace, number % pl->trace->nr_requests);

	return first_step(pl, p, nr_lookups) + planner_steps(pl, nr_lookups) <=
	       used + p->step_mask + 1;
}

static void put_request(const struct plan_run *run, struct plan *p,
			uint64_t number, uint64_t first,
			const struct trace_request *rq)
{
	uint32_t nr_stores = run->nr_writes + run->nr_files;

	memcpy(&run->steps[run->nr_reads], run->pl->stores,
	       nr_stores * sizeof(*run->steps));
	p->next_step = first + run->nr_reads + nr_stores;
	p->requests[number & p->request_mask] = (struct plan_request){
		.first_step = first,
		.nr_reads = run->nr_reads,
		.nr_writes = run->nr_writes,
		.nr_files = run->nr_files,
		.nr_probes = run->nr_probes,
		.miss_tokens = miss_tokens(run, rq),
	};
}

static void plan_request(struct planner *pl, struct plan *p, uint64_t number,
			 uint32_t r, struct plan_stats *stats)
{
	const struct trace_request *rq = &pl->trace->requests[r];
	uint32_t nr_lookups = trace_lookups_of(pl->trace, r);
	uint64_t first = p ? first_step(pl, p, nr_lookups) : 0;
	struct plan_stats unasked = { 0 };
	struct plan_run run = {
		.pl = pl,
		.stats = stats ? stats : &unasked,
		.tallies = stats,
		.nr_lookups = nr_lookups,
		.steps = p ? &p->steps[first & p->step_mask] : NULL,
	};

	look_up_all(&run, rq);
	count_request(&run, rq);
	if (p)
		put_request(&run, p, number, first, rq);
}

/* Slots that the warm-up has rewritten stay counted. */
static void begin_statistics(struct planner *pl, struct plan_stats *st,
			     bool tallied)
{
	if (tallied)
		tally_clear(&pl->tally);
	*st = (struct plan_stats){ .slots_rewritten = st->slots_rewritten };
}

/* @first: the request that the statistics begin with. */
static void end_statistics(const struct planner *pl, struct plan_stats *st,
			   uint32_t first)
{
	const struct trace *t = pl->trace;

	st->blocks_held = pl->storage.places.used + pl->buckets.held;
	st->slots_used = pl->storage.places.fresh + pl->buckets.slots_used;
	if (st->requests)
		st->span_ns = t->requests[t->nr_requests - 1].arrival_ns -
			      t->requests[first].arrival_ns;
}

/* The cache is warm, but what it knows is of the pass before. */
static void renew_future(struct planner *pl)
{
	future_rewind(&pl->future, pl->trace);
	for (uint32_t b = 0; b < pl->trace->nr_blocks; b++)
		if (storage_has(pl, b))
			storage_touch(pl, b);
}

static void begin_pass(struct planner *pl)
{
	if (pl->future.next && pl->warm)
		renew_future(pl);
	pl->warm = true;
}

static uint32_t warmup_of(const struct planner *pl)
{
	uint32_t nr_requests = pl->trace->nr_requests;

	return pl->opt.warmup_requests < nr_requests ? pl->opt.warmup_requests :
						       nr_requests;
}

/* The next request of a pass, whose first @warmup are not in the statistics. */
static void pass_request(struct planner *pl, struct plan *p, uint32_t r,
			 uint32_t warmup, struct plan_stats *st)
{
	bool tallied = r || pl->warm;

	if (!r)
		begin_pass(pl);
	if (r == warmup)
		begin_statistics(pl, st, tallied);
	plan_request(pl, p, r, r, st);
	if (r + 1 < pl->trace->nr_requests)
		return;
	if (r < warmup)
		begin_statistics(pl, st, true);
	end_statistics(pl, st, warmup);
}

void planner_pass(struct planner *pl, struct plan *p, struct plan_stats *stats)
{
	struct plan_stats unasked, *st = stats ? stats : &unasked;
	uint32_t warmup = pl->warm ? 0 : warmup_of(pl);

	*st = (struct plan_stats){ 0 };
	for (uint32_t r = 0; r < pl->trace->nr_requests; r++)
		pass_request(pl, p, r, warmup, st);
}

void planner_first_request(struct planner *pl, struct plan *p, uint32_t r,
			   struct plan_stats *stats)
{
	if (!r)
		*stats = (struct plan_stats){ 0 };
	pass_request(pl, p, r, warmup_of(pl), stats);
}

void planner_request(struct planner *pl, struct plan *p, uint64_t number)
{
	uint32_t r = number % pl->trace->nr_requests;

	if (!r)
		begin_pass(pl);
	plan_request(pl, p, number, r, NULL);
}

void planner_count(struct planner *pl, uint32_t r, struct plan_stats *stats)
{
	if (!r)
		begin_pass(pl);
	plan_request(pl, NULL, r, r, stats);
}
