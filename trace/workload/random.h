/*
 * The random numbers of the generators: splitmix64 from a fixed seed and
 * integer arithmetic only, so that a trace is the same on every machine, bit by
 * bit. Each function moves *@state on; the first state is the seed.
 */
#ifndef MOONCAKE_RANDOM_H
#define MOONCAKE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A distribution: @permille of its values lie below @value, and between two
 * points they are spread evenly. The first point is at 0, the last at 1000.
 */
struct quantile {
	uint32_t permille;
	uint32_t value;
};

#define QUANTILE_PARTS 1000000 /* of a distribution */

/* Returns a number from 0 to @n - 1. */
uint32_t random_below(uint64_t *state, uint32_t n);
/* Returns true in @permille of 1000 calls. */
bool random_chance(uint64_t *state, uint32_t permille);
/* Returns the value below which @part of QUANTILE_PARTS lie; @part is less than
 * all of them. */
uint32_t quantile_at(const struct quantile *q, uint32_t part);
/* Draws a value of the distribution. */
uint32_t random_quantile(uint64_t *state, const struct quantile *q);

#endif
