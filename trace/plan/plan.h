/*
 * The plan: what every lookup of a trace makes storage do, in trace order.
 * It depends on the order of requests alone, never on when I/O completes, so
 * it is made before the I/O: a whole pass at once, or a request at a time.
 */
#ifndef MOONCAKE_PLAN_H
#define MOONCAKE_PLAN_H

#include <stdbool.h>

#include "trace/base/mem.h"
#include "trace/cache/places.h"
#include "trace/cache/policy.h"
#include "trace/load/trace.h"
#include "trace/model/shape.h"

enum plan_lookup {
	PLAN_LOOKUP_PREFIX, /* hits are the cached run from the start */
	PLAN_LOOKUP_BLOCK,  /* every hash id on its own */
};

enum plan_offload {
	PLAN_OFFLOAD_THROUGH, /* a miss is written to storage at once */
	PLAN_OFFLOAD_EVICT,   /* a block is written when memory evicts it */
};

/* What a store does to its drive. */
enum plan_layout {
	PLAN_LAYOUT_SLOTS,   /* slots of files that are there, rewritten */
	PLAN_LAYOUT_FILES,   /* a file an object, from write to eviction */
	PLAN_LAYOUT_BUCKETS, /* objects packed into files that go whole */
};

/* What it costs to find out whether an object is there. */
enum plan_probe {
	PLAN_PROBE_NONE,
	PLAN_PROBE_STAT, /* one a lookup until the first miss */
	PLAN_PROBE_LIST, /* the folder is listed once a request */
};

extern const struct choice choice_lookup[];
extern const struct choice choice_offload[];
extern const struct choice choice_layout[];
extern const struct choice choice_probe[];

#define PLAN_SLOTS_UNBOUNDED UINT64_MAX

struct plan_options {
	uint64_t slots; /* capacity, >= 1, or PLAN_SLOTS_UNBOUNDED */
	const struct policy *eviction;
	enum plan_lookup lookup;
	enum plan_offload offload;
	enum plan_layout layout;
	uint32_t bucket_blocks;	 /* of PLAN_LAYOUT_BUCKETS: a bucket's, >= 1 */
	struct watermarks evict; /* of slots, or of buckets */
	enum plan_probe probe;
	uint32_t discard; /* 1: a slot is trimmed before it is rewritten */
	uint64_t memory_blocks;	  /* blocks of the DRAM tier, 0 is none */
	uint32_t admit;		  /* write from the N-th lookup on, >= 1 */
	uint32_t warmup_requests; /* left out of the statistics */
	bool tallies; /* how often each block is a hit is counted, which takes
		       * a byte for each; else unique_blocks and
		       * hottest_block_hits are 0 */
};

/*
 * Sets every option to its default: an unbounded capacity, eviction=lru one
 * block at a time, lookup=prefix, offload=through, layout=slots, buckets of 500
 * blocks, no probes, no memory tier, admit=1, no warm-up, tallies.
 */
void plan_options_init(struct plan_options *o);

/* Refuses options that the layout can't have. Returns 0, or -1 with @err
 * filled, which calls options by the engine's names. */
int plan_options_check(const struct plan_options *o, const struct shape *shape,
		       struct error *err);

/*
 * What a step does to its place: a slot, and with buckets the bucket that the
 * slot is in. A read and a write are of one block. The others are of files:
 * with layout=files an eviction takes the slot's block away, with its files;
 * with layout=buckets it takes a bucket away, and opening makes a new one in
 * the place of one that is gone, before anything is written into it.
 * With layout=slots an eviction is no step: the slot is written again.
 */
enum plan_kind { PLAN_READ, PLAN_WRITE, PLAN_OPEN, PLAN_EVICT };

#define PLAN_ROUND (UINT32_C(1) << 30)

/*
 * One operation. @need orders it against others on the same place. All counts
 * go from the planner's first pass on, and are modulo 2^32. A content can be
 * read without end, so once the count is PLAN_ROUND above @need of its reads it
 * goes back to that. No more operations than that are planned and not done at a
 * time.
 *
 * layout=slots and files: the place is the slot. @need is the number of
 * operations on it that must have completed before this one may be issued. For
 * a write and an eviction that is all operations planned before; for a read,
 * those up to and including the write that filled the slot. So the write that
 * filled it is operation need - 1 for its reads, and that number is the
 * generation of the content. With discard, a write whose need is not 0 follows
 * a trim of its slot, in the same place of the order.
 *
 * layout=buckets: the place is the bucket, slot / planner_bucket_blocks(), and
 * @slot of opening and eviction is the bucket's first. Opening and eviction need
 * all operations planned before on the bucket, of whatever kind, so they may be
 * issued when that many have completed. That of an opened bucket's writes is
 * the number of operations up to and including the opening: they may be issued
 * when at least that many have completed, in any order. That number is the
 * generation of the bucket and of all that is in it. A read needs the write of
 * its own slot, whose @need is one less than its own, and nothing else.
 *
 * So a place is never reused, and no file unlinked, under a read or a write,
 * and what a step waits for stands before it in the plan.
 */
struct plan_step {
	uint32_t write : 1; /* with @file, the kind: see plan_kind() */
	uint32_t slot : 31;
	uint32_t block : 31; /* read, written or evicted; of a bucket's
				 * eviction the generation; else 0 */
	uint32_t file : 1;
	uint32_t need;
};

static inline enum plan_kind plan_kind(const struct plan_step *step)
{
	return step->file << 1 | step->write;
}

/* Returns the generation of the content that the step reads or writes: see
 * @need. With buckets, opening one has a generation too. */
static inline uint32_t plan_generation(const struct plan_step *step)
{
	if (plan_kind(step) == PLAN_OPEN)
		return step->need + 1;
	return step->write ? step->need : step->need - 1;
}

/*
 * Returns which of the buckets that were in a place one after the other a step
 * of any kind is about. Place and number together make a name that no other
 * bucket has.
 */
static inline uint32_t plan_bucket_number(const struct plan_step *step)
{
	uint32_t generation = plan_kind(step) == PLAN_EVICT ?
				      step->block :
				      plan_generation(step);

	return generation & (UINT32_MAX >> 1);
}

/*
 * The steps of a request begin with its reads. Then come its writes, and among
 * them, each before the first write that it makes room for, the @nr_files
 * openings and evictions that they cause: nr_reads + nr_writes + nr_files in
 * all.
 */
struct plan_request {
	uint64_t first_step; /* see plan_steps() */
	uint32_t nr_reads;
	uint32_t nr_writes;
	uint32_t nr_files;
	uint32_t nr_probes;   /* of the files; for PLAN_PROBE_STAT of its
				 * first lookups that memory has not */
	uint32_t miss_tokens; /* tokens that no tier had: to be computed */
};

struct plan_stats {
	uint64_t requests;
	uint64_t lookups;
	uint64_t hits; /* reads */
	uint64_t memory_hits;
	uint64_t misses;     /* in neither tier, skipped not among them */
	uint64_t skipped;    /* cached, but behind the first miss */
	uint64_t evictions;  /* from storage */
	uint64_t unadmitted; /* misses without a write because of admit */
	uint64_t writes;
	uint64_t buckets_opened;
	uint64_t buckets_evicted;
	uint64_t probes;
	uint64_t trims;
	uint64_t requests_with_hits; /* storage or memory */
	uint64_t requests_with_hits_beyond_first;
	uint64_t requests_with_reads;
	uint64_t requests_with_writes;
	uint64_t hottest_block_hits;
	uint64_t unique_blocks;
	uint64_t blocks_held;	  /* by storage, at the end */
	uint64_t slots_used;	  /* slots that ever held a block */
	uint64_t slots_rewritten; /* writes to a slot that held a block */
	uint64_t input_tokens;
	uint64_t output_tokens;
	uint64_t span_ns; /* first to last arrival */
};

/*
 * What is planned and still of use: a window on the endless row of requests,
 * numbered from 0 on, pass after pass, and on their steps, which lie one after
 * the other. Requests and steps lie in a ring each, so what is done makes room
 * for what comes next.
 */
struct plan {
	struct plan_request *requests; /* number n at n & request_mask */
	uint64_t request_mask;
	struct plan_step *steps;
	uint64_t step_mask;
	uint64_t next_step; /* of the next request, counted from the first */
};

/* Makes room for so many requests and steps, both rounded up to powers of two.
 * Returns 0, or -1 with @err filled when there is no memory. */
int plan_alloc(struct plan *p, uint64_t requests, uint64_t steps,
	       const struct mem *mem, struct error *err);
void plan_free(struct plan *p, const struct mem *mem);

/*
 * Returns the steps of a request of this plan, which lie one behind the other.
 */
static inline struct plan_step *plan_steps(const struct plan *p,
					   const struct plan_request *rq)
{
	return &p->steps[rq->first_step & p->step_mask];
}

/*
 * The cache in front of storage, and the state of every slot. It lives on
 * from pass to pass, so the second pass over a trace begins warm.
 */
struct planner;

/*
 * Makes a planner for the trace, which must outlive it. Returns NULL with @err
 * filled when there is no memory, or when the options don't go together; then
 * @err calls them by the engine's names.
 */
struct planner *planner_create(const struct trace *t,
			       const struct plan_options *o,
			       const struct mem *mem, struct error *err);

void planner_free(struct planner *pl);

/* Returns how many slots steps of this planner can name: no more than there are
 * blocks, but for what is left of the last bucket. */
uint64_t planner_slots(const struct planner *pl);

/* Returns how many slots a bucket has, at most as many as there are blocks, or
 * 0 without buckets. */
uint32_t planner_bucket_blocks(const struct planner *pl);

/* Returns how many bytes it takes to know when each block is looked up next: 0
 * where nothing is evicted, or by a policy that need not know. */
uint64_t planner_future_bytes(const struct planner *pl);

/* Can a slot be written more than once? Not where every block has its own. */
bool planner_reuses_slots(const struct planner *pl);

/*
 * Return how many steps a plan must have room for: those of any one request, so
 * that planning can go on once all before it is done, and those of a whole
 * pass.
 */
uint64_t planner_request_steps(const struct planner *pl);
uint64_t planner_pass_steps(const struct planner *pl);

/*
 * Plans one pass over the trace. Fills @p, if it is not NULL, from request 0
 * on; it must have room for the pass. Fills @stats, if it is not NULL, with the
 * statistics of this pass alone. Allocates nothing.
 */
void planner_pass(struct planner *pl, struct plan *p, struct plan_stats *stats);

/* Plans request @number alone, into @p. Requests must be planned one after the
 * other; a pass is all requests of the trace. */
void planner_request(struct planner *pl, struct plan *p, uint64_t number);

/* Does the same for request @r of the first pass. @stats gets the statistics of
 * that pass, as planner_pass() gives them, when its last request is planned. */
void planner_first_request(struct planner *pl, struct plan *p, uint32_t r,
			   struct plan_stats *stats);

/* Has @p room for the steps of request @number? Steps from number @used on are
 * still of use: @used is the first_step of a request, or next_step. */
bool planner_has_room(const struct planner *pl, const struct plan *p,
		      uint64_t number, uint64_t used);

/* Plans request @r of a pass, but into no plan, and adds what it does to the
 * counts of @stats. */
void planner_count(struct planner *pl, uint32_t r, struct plan_stats *stats);

#endif
