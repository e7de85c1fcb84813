/* Finds what is wrong with a trace although each of its lines is right. */
#ifndef MOONCAKE_DOUBTS_H
#define MOONCAKE_DOUBTS_H

#include "trace/load/builder.h"

/*
 * Asks whether the times can be in timestamp_unit=, where @first_ns is the
 * earliest timestamp and arrivals count from it. Returns 0, or -1 with @err
 * filled where they can't be. Where they might not be, it leaves a remark in
 * the trace.
 */
int doubt_times(struct trace *t, const struct trace_options *o,
		int64_t first_ns, struct error *err);

/* Asks whether the rows of sessions hold what session_rows= says, and leaves a
 * remark in the trace where they don't seem to. */
void doubt_rows(struct builder *b);

#endif
