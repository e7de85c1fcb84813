/*
 * The plan: what every lookup of a trace makes storage do, in trace order.
 * It depends on the order of requests alone, never on when I/O completes, so
 * it is made before the I/O: a whole pass at once, or a request at a time.
 */
#ifndef MOONCAKE_PLAN_H
#define MOONCAKE_PLAN_H

#include <stdbool.h>

#include "trace/base/mem.h"
#include "trace/cache/policy.h"
#include "trace/load/trace.h"

enum plan_lookup {
	PLAN_LOOKUP_PREFIX, /* hits are the cached run from the start */
	PLAN_LOOKUP_BLOCK,  /* every hash id on its own */
};

enum plan_offload {
	PLAN_OFFLOAD_THROUGH, /* a miss is written to storage at once */
	PLAN_OFFLOAD_EVICT,   /* a block is written when memory evicts it */
};

extern const struct choice choice_lookup[];
extern const struct choice choice_offload[];

#define PLAN_SLOTS_UNBOUNDED UINT64_MAX

struct plan_options {
	uint64_t slots; /* capacity, >= 1, or PLAN_SLOTS_UNBOUNDED */
	const struct policy *eviction;
	enum plan_lookup lookup;
	enum plan_offload offload;
	uint64_t memory_blocks;	  /* blocks of the DRAM tier, 0 is none */
	uint32_t admit;		  /* write from the N-th lookup on, >= 1 */
	uint32_t warmup_requests; /* left out of the statistics */
};

/* Unbounded, lru, prefix, through, no memory tier, admit 1, no warm-up. */
void plan_options_init(struct plan_options *o);

/*
 * One read or write of a slot. @need orders it: the number of operations on
 * the same slot, counted from the planner's first pass on (modulo 2^32), that
 * must have completed before this one may be issued. For a write that is all
 * operations planned before it; for a read, those up to and including the
 * write that filled the slot. So the write that filled a slot is operation
 * need - 1 for its reads, and that number is the generation of the content.
 */
struct plan_step {
	uint32_t write : 1;
	uint32_t slot : 31;
	uint32_t block;
	uint32_t need;
};

/* What the content of the step's slot is numbered: see @need. */
static inline uint32_t plan_generation(const struct plan_step *step)
{
	return step->write ? step->need : step->need - 1;
}

struct plan_request {
	uint64_t first_step; /* its reads, then its writes, each in order;
				 * the same in every pass */
	uint32_t nr_reads;
	uint32_t nr_writes;
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
	uint64_t requests_with_hits; /* storage or memory */
	uint64_t requests_with_hits_beyond_first;
	uint64_t requests_with_reads;
	uint64_t requests_with_writes;
	uint64_t hottest_block_hits;
	uint64_t unique_blocks;
	uint64_t slots_used;	  /* slots that ever held a block */
	uint64_t slots_rewritten; /* writes to a slot that held a block */
	uint64_t input_tokens;
	uint64_t output_tokens;
	uint64_t span_ns; /* first to last arrival */
};

struct plan {
	struct plan_request *requests;
	struct plan_step *steps;
	uint64_t nr_steps; /* room for */
	uint32_t nr_requests;
	uint32_t lookup_steps; /* that a lookup has room for */
};

/* Room for any one pass over @t; -1 and @err when there is no memory. */
int plan_alloc(struct plan *p, const struct trace *t,
	       const struct plan_options *o, const struct mem *mem,
	       struct error *err);
void plan_free(struct plan *p, const struct mem *mem);

/*
 * The cache in front of storage, and the state of every slot. It lives on
 * from pass to pass, so the second pass over a trace begins warm.
 */
struct planner;

struct planner *planner_create(const struct trace *t,
			       const struct plan_options *o,
			       const struct mem *mem, struct error *err);
void planner_free(struct planner *pl);

/* Slots that steps of this planner can name: no more than unique blocks. */
uint64_t planner_slots(const struct planner *pl);

/* Can a slot be written more than once? Not where every block has its own. */
bool planner_reuses_slots(const struct planner *pl);

/*
 * One pass over the trace. Fills @p, if not NULL, and @stats, if not NULL;
 * statistics are of this pass alone. Allocates nothing.
 */
void planner_pass(struct planner *pl, struct plan *p, struct plan_stats *stats);

/*
 * The same in small: request @r of a pass, into @p. A pass is all requests of
 * the trace, one after the other from the first.
 */
void planner_request(struct planner *pl, struct plan *p, uint32_t r);

#endif
