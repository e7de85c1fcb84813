/*
 * What is wrong with a trace although each of its lines is right.
 */
#ifndef MOONCAKE_DOUBTS_H
#define MOONCAKE_DOUBTS_H

#include "trace/load/builder.h"

/*
 * Are the times in timestamp_unit=? @first_ns is the earliest timestamp, and
 * arrivals count from it. -1 with @err filled where they can't be, a remark
 * where they might not.
 */
int doubt_times(struct trace *t, const struct trace_options *o,
		int64_t first_ns, struct error *err);

/* Do the rows of sessions hold what session_rows= says? Else a remark. */
void doubt_rows(struct builder *b);

#endif
