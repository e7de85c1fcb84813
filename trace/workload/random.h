/*
 * Random numbers of the generators: splitmix64 from a fixed seed and integer
 * arithmetic only, so that a trace is the same on every machine, bit by bit.
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

/* 0 .. n - 1; the seed is the first @state. */
uint32_t random_below(uint64_t *state, uint32_t n);
bool random_chance(uint64_t *state, uint32_t permille);
/* The value below which @part of QUANTILE_PARTS lie; @part is less than all. */
uint32_t quantile_at(const struct quantile *q, uint32_t part);
uint32_t random_quantile(uint64_t *state, const struct quantile *q);

#endif
