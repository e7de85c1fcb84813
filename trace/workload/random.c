#include "trace/base/hash.h"
#include "trace/workload/random.h"

static uint64_t random_next(uint64_t *state)
{
	return hash64(*state += 0x9e3779b97f4a7c15ULL);
}

uint32_t random_below(uint64_t *state, uint32_t n)
{
	return ((random_next(state) >> 32) * n) >> 32;
}

bool random_chance(uint64_t *state, uint32_t permille)
{
	return random_below(state, 1000) < permille;
}

uint32_t quantile_at(const struct quantile *q, uint32_t part)
{
	uint64_t into, width;

	while (part >= q[1].permille * (QUANTILE_PARTS / 1000))
		q++;
	into = part - q[0].permille * (QUANTILE_PARTS / 1000);
	width = (q[1].permille - q[0].permille) * (QUANTILE_PARTS / 1000);
	return q[0].value + (q[1].value - q[0].value) * into / width;
}

uint32_t random_quantile(uint64_t *state, const struct quantile *q)
{
	return quantile_at(q, random_below(state, QUANTILE_PARTS));
}
