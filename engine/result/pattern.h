/*
 * Bytes that follow from a seed and from where they lie, so that any part of
 * them can be made or checked on its own.
 */
#ifndef MOONCAKE_PATTERN_H
#define MOONCAKE_PATTERN_H

#include <stdint.h>

/* Fills @len bytes that begin at @offset. */
void pattern_fill(void *buf, uint64_t len, uint64_t seed, uint64_t offset);

/* How many of the @len bytes from @offset on are right before the first wrong
 * one; @len when all are right. */
uint64_t pattern_check(const void *buf, uint64_t len, uint64_t seed,
		       uint64_t offset);

#endif
