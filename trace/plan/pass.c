#include <string.h>

#include "trace/plan/planner.h"

/*
 * Returns how many tokens no tier had. The last block of a request may be
 * partly filled, and with session_rows=new the last one of each of its
 * session's rows; so blocks may hold less than their number says.
 */
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
	uint32_t nr_hits = run->nr_reads + run->nr_memory_hits;

	st->requests++;
	st->lookups += run->nr_lookups;
	st->hits += run->nr_reads;
	st->memory_hits += run->nr_memory_hits;
	st->misses += run->nr_lookups - run->nr_cached;
	st->skipped += run->nr_cached - nr_hits;
	st->writes += run->nr_writes;
	st->slots_rewritten += run->nr_rewrites;
	st->trims += run->pl->opt.discard ? run->nr_rewrites : 0;
	st->probes += run->nr_probes;
	st->unique_blocks += run->nr_first;
	if (run->hottest > st->hottest_block_hits)
		st->hottest_block_hits = run->hottest;
	st->requests_with_hits += nr_hits > 0;
	st->requests_with_hits_beyond_first += run->hit_beyond_first;
	st->requests_with_reads += run->nr_reads > 0;
	st->requests_with_writes += run->nr_writes > 0;
	st->input_tokens += rq->input_length;
	st->output_tokens += rq->output_length;
}

/* Returns where the steps of a request with so many lookups begin: at the start
 * of the ring where its end has no room for all of them. */
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
	uint32_t nr_store_steps = run->nr_writes + run->nr_files;

	memcpy(&run->steps[run->nr_reads], run->pl->store_steps,
	       nr_store_steps * sizeof(*run->steps));
	p->next_step = first + run->nr_reads + nr_store_steps;
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
	struct plan_run run = {
		.pl = pl,
		.stats = stats ? stats : &pl->unasked,
		.tallies = stats && pl->opt.tallies,
		.nr_lookups = nr_lookups,
		.steps = p ? &p->steps[first & p->step_mask] : NULL,
	};

	planner_look_up(&run, rq);
	count_request(&run, rq);
	if (p)
		put_request(&run, p, number, first, rq);
}

/* Begins the statistics anew, but slots that the warm-up has rewritten stay
 * counted. */
static void begin_statistics(struct planner *pl, struct plan_stats *st,
			     bool tallied)
{
	if (tallied && pl->opt.tallies)
		tally_clear(&pl->tally);
	*st = (struct plan_stats){ .slots_rewritten = st->slots_rewritten };
}

/* Completes the statistics, which began with request @first. */
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

static void begin_pass(struct planner *pl)
{
	if (pl->future.after && pl->warm)
		pl->storage.policy->begin_pass(pl->storage.state);
	pl->warm = true;
}

static uint32_t warmup_of(const struct planner *pl)
{
	uint32_t nr_requests = pl->trace->nr_requests;

	return pl->opt.warmup_requests < nr_requests ? pl->opt.warmup_requests :
						       nr_requests;
}

/* Plans the next request of a pass, whose first @warmup are not in the
 * statistics. */
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
