/*
 * Traces made by hand or at random for tests of plan and curve.
 */
#ifndef MOONCAKE_SMALL_TRACE_H
#define MOONCAKE_SMALL_TRACE_H

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "trace/load/trace.h"

#define SMALL_REQUESTS	128
#define SMALL_LOOKUPS	2048
#define SMALL_TOKENS	16

struct small_trace {
	struct trace t;
	struct trace_request requests[SMALL_REQUESTS];
	uint32_t lookups[SMALL_LOOKUPS];
};

static inline void small_begin(struct small_trace *s)
{
	memset(s, 0, sizeof(*s));
	s->t.requests = s->requests;
	s->t.lookups = s->lookups;
	s->t.block_tokens = SMALL_TOKENS;
}

/* A second after the one before, with @missing tokens in its last block. */
static inline void small_request(struct small_trace *s, const uint32_t *blocks,
				 uint32_t nr, uint32_t missing)
{
	struct trace_request *rq = &s->requests[s->t.nr_requests];

	rq->arrival_ns = s->t.nr_requests++ * INT64_C(1000000000);
	rq->first_lookup = s->t.nr_lookups;
	rq->input_length = nr * SMALL_TOKENS - (nr ? missing : 0);
	rq->output_length = 7;
	for (uint32_t i = 0; i < nr; i++) {
		s->lookups[s->t.nr_lookups++] = blocks[i];
		if (blocks[i] >= s->t.nr_blocks)
			s->t.nr_blocks = blocks[i] + 1;
	}
}

/* Written as "0 1 2, 0 3": blocks by order of first appearance. */
static inline void small_parse(struct small_trace *s, const char *text)
{
	uint32_t blocks[64], nr = 0;

	small_begin(s);
	for (;;) {
		if (*text >= '0' && *text <= '9') {
			blocks[nr++] = strtoul(text, (char **)&text, 10);
			continue;
		}
		if (*text == ',' || !*text) {
			small_request(s, blocks, nr, 0);
			nr = 0;
		}
		if (!*text++)
			return;
	}
}

static inline uint32_t small_random(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(*seed >> 33) % below;
}

/*
 * Requests that begin like earlier ones, some with the same block twice, some
 * without any.
 */
static inline void small_at_random(struct small_trace *s, uint64_t seed)
{
	uint32_t blocks[16], names[64], nr_names = 0;
	uint32_t different = 4 + small_random(&seed, 36);

	memset(names, 0xff, sizeof(names));
	small_begin(s);
	for (int r = 0; r < 50; r++) {
		uint32_t nr = small_random(&seed, 13);
		uint32_t id = small_random(&seed, different);

		for (uint32_t i = 0; i < nr; i++) {
			if (names[id] == UINT32_MAX)
				names[id] = nr_names++;
			blocks[i] = names[id];
			id = small_random(&seed, 4) ? (id + 1) % different :
			     small_random(&seed, different);
		}
		small_request(s, blocks, nr, small_random(&seed, SMALL_TOKENS));
	}
}

#endif
