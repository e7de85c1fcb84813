/* The sessions of a trace while its rows are read: names of sessions become
 * numbers, and each row gets to know the row of its session before it. */
#ifndef MOONCAKE_SESSIONS_H
#define MOONCAKE_SESSIONS_H

#include "trace/session/turns.h"
#include "trace/source/source.h"

/* What is kept of a row that became a request, in the order of lines. */
struct session_row {
	uint32_t session;
	uint32_t before;  /* its session's row before, or TRACE_NO_REQUEST */
	int64_t delay_ns; /* from that one's end, by delay or timestamps */
	bool timed;	  /* it has a timestamp */
	bool dated;	  /* its arrival follows from a timestamp; otherwise it
			   * counts from the start of the trace */
};

struct session {
	char *name; /* NULL: its only row has no session_id */
	uint32_t name_length;
	uint32_t latest; /* its latest row */
};

struct sessions {
	struct session_row *rows; /* NULL: there are no sessions so far */
	struct session *list;
	uint32_t *table; /* session + 1 by hash of its name, 0 is free */
	uint64_t nr_rows, max_rows;
	uint64_t nr, max;    /* sessions */
	uint64_t table_size; /* a power of two, or 0 */
};

void sessions_free(struct sessions *s);

/* Frees what only further rows would need. None can be added afterwards. */
void sessions_forget_names(struct sessions *s);

/* Returns the number of the row that @row would follow, or TRACE_NO_REQUEST. */
uint32_t sessions_before(const struct sessions *s, const struct trace_row *row);

/*
 * Adds the next row, as @add says, but finds its session and the row before it
 * by itself. The caller limits the number of rows, which sessions can't exceed.
 * Returns 0, or -1 when there is no memory.
 */
int sessions_add(struct sessions *s, const struct trace_row *row,
		 struct session_row add);

#endif
