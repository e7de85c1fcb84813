/* Lengths of time for people. */
#ifndef MOONCAKE_SPAN_H
#define MOONCAKE_SPAN_H

#include <stdint.h>

#define SPAN_TEXT 48

/*
 * Writes a length of time, as "2 d 3 h", "1 h 5 min", "58 min 57 s", "12.5 s",
 * "61.114 ms" or "0 ms": in two units from minutes up, below that with at most
 * three decimals.
 */
void span_text(char text[SPAN_TEXT], uint64_t ns);

#endif
