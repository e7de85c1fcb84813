/*
 * Makes a trace of rows: numbers hash ids of any spread densely, in order of
 * first appearance, and gathers what sessions need. Requests stay in the order
 * of their lines, with arrivals as the rows state them: arrange.c goes on.
 */
#ifndef MOONCAKE_BUILDER_H
#define MOONCAKE_BUILDER_H

#include "trace/source/ids.h"
#include "trace/session/sessions.h"
#include "trace/load/trace.h"

struct builder {
	struct trace *t;
	const struct trace_options *o;
	const struct trace_limits *limits;
	struct error *err;
	uint64_t max_requests; /* room in t->requests, and so on */
	uint64_t max_lookups;
	struct ids ids;	  /* its list is t->hash_ids */
	bool plain_dated; /* a row without a session had a timestamp */
	int64_t plain_ns; /* when the latest of them arrives */
	uint32_t undated; /* the first requests, whose arrival is that of
			      * the first one with a timestamp */
	struct sessions sessions;
	uint64_t later_rows; /* rows that follow one of their session */
	uint64_t sharing;    /* of these, those that begin like it */
};

/* Fills the empty trace @t. */
void builder_init(struct builder *b, struct trace *t,
		  const struct trace_options *o,
		  const struct trace_limits *limits, struct error *err);

/* The trace_sink, @arg is the builder. Without sessions it has enough once
 * max_requests are there; with them the order is not known yet. */
int builder_add(void *arg, const struct trace_row *row);

/* Gives back what only further rows would need. */
void builder_end(struct builder *b);

/* Gives back all memory but the trace. */
void builder_free(struct builder *b);

#endif
