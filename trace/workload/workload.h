/*
 * The generator behind the built-in traces: sessions of one or more turns,
 * each turn a request whose first blocks are those of the turn before it.
 * Tables say what a workload is like; each workload has a file of them.
 */
#ifndef MOONCAKE_WORKLOAD_H
#define MOONCAKE_WORKLOAD_H

#include "trace/workload/builtin.h"
#include "trace/workload/random.h"

/* One kind of session. */
struct session_class {
	uint32_t prefix_blocks; /* full blocks that begin all of its requests */
	uint32_t second;   /* permille of sessions that have a second turn */
	uint32_t further;  /* permille of later turns that have a next one */
	uint32_t edited;   /* permille of later turns that keep only a part */
	uint32_t question; /* see document_turns */
	/*
	 * A turn keeps the whole input of the turn before it and adds to it,
	 * or, where this is set, asks anew about one document: it keeps the
	 * first turn's input without its last @question tokens.
	 */
	bool document_turns;
	const struct quantile *first;  /* input tokens of a first turn */
	const struct quantile *added;  /* tokens after those kept, >= 1 */
	const struct quantile *gap_ms; /* from one turn to the next */
	const struct quantile *output; /* output tokens */
};

#define WORKLOAD_CLASSES 4

struct workload {
	uint64_t seed;
	uint32_t requests;
	uint32_t ticks; /* requests arrive at whole ticks, evenly */
	uint32_t tick_ms;
	bool every_tick;     /* there is no tick without a request */
	uint32_t max_length; /* input tokens, whole blocks */
	struct {
		const struct session_class *class;
		uint32_t weight;     /* share of the new sessions, relative */
	} mix[WORKLOAD_CLASSES + 1]; /* ended by a NULL class */
};

/* Gives every request to @sink in the order of arrival. Returns 0, what the
 * sink returned to stop it, or -ENOMEM. */
int workload_generate(const struct workload *w, trace_sink sink, void *arg);

/* Do the same for one workload, each in a file of its name. */
int conversation_generate(trace_sink sink, void *arg);
int toolagent_generate(trace_sink sink, void *arg);
int synthetic_generate(trace_sink sink, void *arg);

/* What chat is like, in conversation.c: toolagent.c needs it for the half of
 * its requests that are chat. */
extern const struct quantile chat_first[], chat_added[], chat_gap_ms[],
	chat_output[];

#endif
