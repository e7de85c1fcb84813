/*
 * A line as a row, read by its bytes: lines as traces have them, some ten
 * times as fast as with json-c. A line is taken only where all of it is
 * understood, and then the row is the one that row_json.c would make of it;
 * every other line is left to that, also those that are bad.
 */
#ifndef MOONCAKE_ROW_FAST_H
#define MOONCAKE_ROW_FAST_H

#include "trace/source/row.h"

/*
 * Fills the row that was begun, whose session points into the line. Behind the
 * line must be an end of line and LINES_SLACK bytes in all that may be read.
 * False: not taken, and the row is to be begun anew.
 */
bool row_fast_read(const struct trace_options *o, const char *line, size_t len,
		   struct row_buffer *b);

#endif
