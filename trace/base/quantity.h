/*
 * Numbers as fio takes them (64k is 65536), and lists of them.
 */
#ifndef MOONCAKE_QUANTITY_H
#define MOONCAKE_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A whole number with an optional k, m, g, t or p (of 1024), kib, mib, gib, tib
 * or pib (of 1000, as fio has it), in either case; or false.
 */
bool quantity_parse(uint64_t *value, const char *text);

/* A whole number from 1 to 100 with an optional %, or false. */
bool percent_parse(uint32_t *percent, const char *text);

struct quantities {
	uint64_t *values;
	size_t nr;
};

/* Returns false when there is no memory. */
bool quantities_add(struct quantities *q, uint64_t value);
void quantities_free(struct quantities *q);

#endif
