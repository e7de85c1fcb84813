/* Bytes that follow from a seed and from where they lie, so that any part of
 * them can be made or checked by itself. */
#ifndef MOONCAKE_PATTERN_H
#define MOONCAKE_PATTERN_H

#include <stdint.h>

/* Fills @buf with the @len bytes that begin at @offset. */
void pattern_fill(void *buf, uint64_t len, uint64_t seed, uint64_t offset);

/* Returns how many of the @len bytes from @offset on are right before the first
 * wrong one, which is @len when all are right. */
uint64_t pattern_check(const void *buf, uint64_t len, uint64_t seed,
		       uint64_t offset);

#endif
