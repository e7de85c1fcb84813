/* Works out when the requests of a replay arrive. */
#ifndef MOONCAKE_ARRIVALS_H
#define MOONCAKE_ARRIVALS_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/load/trace.h"

/* In percent: a millionfold. Beyond it timestamps say nothing any more. */
#define ARRIVALS_SCALE_MAX 100000000U

/*
 * Makes an array of when each request arrives, in nanoseconds from the start of
 * the trace divided by @scale percent. With @spread, requests that share a
 * timestamp are spread evenly up to the next one; those of the last timestamp
 * over the mean gap between timestamps. *@pass_ns is what a further pass over
 * the trace adds to each: the span and one mean gap. The caller frees the
 * array. Returns 0, or -1 with @err filled.
 */
int arrivals_make(int64_t **arrivals, int64_t *pass_ns, const struct trace *t,
		  bool spread, uint32_t scale, struct error *err);

#endif
