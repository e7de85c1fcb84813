/* Finds what an observer reports next: a request, or an operation on files. */
#ifndef MOONCAKE_SAMPLE_H
#define MOONCAKE_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/setup/options.h"

struct replay;

struct sample {
	uint64_t number;  /* of the request, or of the operation, from 1 on */
	uint64_t slat_ns; /* from arrival to the first I/O */
	uint64_t clat_ns; /* from there to the last completion */
};

/* Finds the next sample for the observer on that seat. Returns false when there
 * is none yet. */
bool sample_find(struct replay *r, uint32_t seat, enum option_observe observe,
		 struct sample *sample);

#endif
