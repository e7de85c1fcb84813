/*
 * Numbers as fio takes them (64k is 65536), and lists of them.
 */
#ifndef MOONCAKE_QUANTITY_H
#define MOONCAKE_QUANTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Parses a whole number with an optional suffix in either case: k, m, g, t or
 * p, with or without a b, are powers of 1024; kib, mib, gib, tib and pib are
 * powers of 1000, as fio has it. Returns false where @text is no such number or
 * does not fit.
 */
bool quantity_parse(uint64_t *value, const char *text);

/* Parses a whole number from 1 to 100 with an optional %. Returns false where
 * @text is none. */
bool percent_parse(uint32_t *percent, const char *text);

struct quantities {
	uint64_t *values;
	size_t nr;
};

/* Appends a value. Returns false when there is no memory. */
bool quantities_add(struct quantities *q, uint64_t value);
void quantities_free(struct quantities *q);

#endif
