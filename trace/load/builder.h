/*
 * Makes a trace of rows: numbers their hash ids densely, in order of first
 * appearance, and gathers what sessions need. Requests stay in the order of
 * their lines, with arrivals as the rows state them; arrange.c goes on from
 * there.
 */
#ifndef MOONCAKE_BUILDER_H
#define MOONCAKE_BUILDER_H

#include "trace/load/trace.h"
#include "trace/session/sessions.h"
#include "trace/source/ids.h"

struct builder {
	struct trace *t;
	const struct trace_options *o;
	const struct trace_limits *limits;
	struct error *err;
	uint64_t max_requests; /* room in t->requests, and so on */
	uint64_t max_lookups;
	struct ids ids;	  /* to t->hash_ids */
	bool plain_dated; /* a row without a session had a timestamp */
	int64_t plain_ns; /* when the latest of them arrives */
	uint32_t undated; /* the first requests, whose arrival is that of
			      * the first one with a timestamp */
	struct sessions sessions;
	uint64_t later_rows; /* rows that follow one of their session */
	uint64_t sharing;    /* of these, those that begin like it */
};

/* Prepares to fill the empty trace @t. All that is passed must stay until
 * builder_free(); @err is what builder_add() fills. */
void builder_init(struct builder *b, struct trace *t,
		  const struct trace_options *o,
		  const struct trace_limits *limits, struct error *err);

/*
 * Adds a row: this is a trace_sink, and @arg is the builder. Without sessions
 * it has enough once there are max_requests; with them it takes all, since
 * their order is not known yet.
 */
int builder_add(void *arg, const struct trace_row *row);

/* Frees what only further rows would need. */
void builder_end(struct builder *b);

/* Frees all memory but that of the trace. */
void builder_free(struct builder *b);

#endif
