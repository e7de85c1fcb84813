/*
 * Where a trace comes from. A source (trace/file for a file, trace/workload for
 * the built-in generators) gives rows, one for each request in the order in
 * which they stand there; trace/load makes a trace of them.
 */
#ifndef MOONCAKE_SOURCE_H
#define MOONCAKE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/base/choice.h"
#include "trace/base/error.h"

enum trace_partial {
	TRACE_PARTIAL_STORE, /* keep the last, partly filled block */
	TRACE_PARTIAL_SKIP,  /* leave its lookup out, as most engines do */
};

enum trace_bad_lines {
	TRACE_BAD_LINES_FAIL,
	TRACE_BAD_LINES_SKIP, /* leave the line out and count it */
};

enum trace_unit {
	TRACE_UNIT_MS,
	TRACE_UNIT_S,
};

enum trace_session_rows {
	TRACE_ROWS_WHOLE, /* a row holds all ids of its request */
	TRACE_ROWS_NEW,	  /* those that it adds to its session's row before */
};

extern const struct choice choice_partial[];
extern const struct choice choice_bad_lines[];
extern const struct choice choice_unit[];
extern const struct choice choice_session_rows[];

static inline int64_t trace_unit_ns(enum trace_unit unit)
{
	return unit == TRACE_UNIT_MS ? 1000000 : 1000000000;
}

struct trace_options {
	const char *source;    /* path (.jsonl, .jsonl.gz) or "builtin:NAME" */
	uint64_t max_requests; /* 0: all */
	uint32_t block_tokens; /* tokens that one hash id stands for */
	enum trace_unit unit;  /* of the timestamps and delays */
	enum trace_partial partial;
	enum trace_bad_lines bad_lines;
	enum trace_session_rows session_rows;
	uint32_t sessions; /* users of a closed loop; 0: as stamped */
	bool untimed;	   /* nobody looks at the times: rows may lack them */
	uint32_t shard;	   /* 1-based; 1 of 1 is everything */
	uint32_t shards;
	/*
	 * Called again and again by the thread that loads the trace. Once it
	 * returns true, loading fails soon, whatever the source is, also a FIFO
	 * that nobody writes to or a device without an end. After a signal it
	 * is called at once even where loading waits for the source and the
	 * handler restarts system calls. NULL: loading never stops.
	 */
	bool (*stop)(void);
};

/* Sets every option to its default, and source to NULL. */
void trace_options_init(struct trace_options *o);

/* One request as the source has it, before blocks are numbered. A row that is
 * all 0 has neither session nor delay, and arrives at 0. */
struct trace_row {
	int64_t timestamp_ns;
	const char *untimed; /* why there is no timestamp ("missing"), or NULL */
	int64_t delay_ns;    /* >= 0 */
	bool delayed;	     /* it has a delay */
	const char *session; /* name; NULL: none. No NUL need follow it */
	size_t session_length;
	uint64_t input_length;
	uint64_t output_length;
	const uint64_t *hash_ids;
	size_t nr_hash_ids;
};

/* Timestamps and delays lie within this, so that sums of two fit. */
#define TRACE_TIME_MAX_NS (INT64_C(1) << 62)

/*
 * What becomes of a row. A sink that finds a row bad leaves its reason in the
 * error that it was made with; a source that knows lines adds which it was.
 */
enum trace_sink_result {
	TRACE_SINK_FAILED = -1, /* the error says why */
	TRACE_SINK_MORE = 0,
	TRACE_SINK_ENOUGH = 1,
	TRACE_SINK_BAD_ROW = 2,
};

/*
 * Takes one row. Returns an enum trace_sink_result: the source stops at any
 * other than TRACE_SINK_MORE, but leaves out a bad row where bad lines are
 * skipped.
 */
typedef int (*trace_sink)(void *arg, const struct trace_row *row);

/* A trace beyond these limits is refused: indexes and plan steps would have no
 * room for it, or a line would take more memory than any request needs. */
struct trace_limits {
	size_t line_bytes;
	uint64_t requests;
	uint64_t lookups;
	uint64_t blocks;
};

extern const struct trace_limits trace_limits_default;

/* Fills @err as fail() does, behind "trace=SOURCE, line N: ". With @line 0 the
 * line is left out. Always returns -1. */
int fail_at(struct error *err, const char *source, uint64_t line,
	    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
