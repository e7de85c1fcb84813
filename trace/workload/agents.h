/*
 * The generator behind agentic traffic: sessions of an agent whose every turn
 * sends the whole context again and adds to it, with think times, contexts
 * that are broken or compacted, and sub-agents that the agent waits for.
 * Tables such as those of agentic.c say what a workload is like.
 */
#ifndef MOONCAKE_AGENTS_H
#define MOONCAKE_AGENTS_H

#include "trace/workload/builtin.h"
#include "trace/workload/random.h"

/* One kind of session. */
struct agent_class {
	uint32_t sessions; /* of this kind; 0 for sub-agents */
	uint32_t prefix;   /* tokens of tools and system that all begin with */
	uint32_t context;  /* tokens at which it is compacted */
	const struct quantile *turns;	 /* requests of a session, >= 1 */
	const struct quantile *first;	 /* input tokens of the first */
	const struct quantile *added;	 /* tokens that a turn adds, >= 1 */
	const struct quantile *think_ms; /* from the end of a turn to the next */
	const struct quantile *compacted; /* permille of the context left */
};

#define AGENT_CLASSES 9

struct agents {
	uint64_t seed;
	uint32_t window_ms;  /* in which sessions begin, evenly */
	uint32_t max_length; /* input tokens, whole blocks */
	/* Of 1000 turns after the first, these keep less than all of it: */
	uint32_t reworded;		 /* the last block or two */
	uint32_t broken;		 /* @kept, and the rest is sent anew */
	uint32_t compact;		 /* @kept, and a summary of the rest */
	const struct quantile *kept;	 /* tokens */
	const struct quantile *serve_ms; /* from arrival to the last token */
	const struct quantile *output;	 /* output tokens */
	/* So many of 1000 sessions run sub-agents, @subs at once. */
	uint32_t with_subs;
	const struct quantile *subs;
	const struct agent_class *sub;
	const struct agent_class *classes[AGENT_CLASSES]; /* ended by NULL */
};

/* Gives every request to @sink in the order of arrival. Returns 0, what the
 * sink returned to stop it, or -ENOMEM. */
int agents_generate(const struct agents *a, trace_sink sink, void *arg);

/* Does the same for coding agents: agentic.c. */
int agentic_generate(trace_sink sink, void *arg);

#endif
