#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "trace/base/quantity.h"

/* The power of two that "k", "KB", "kib" and their like stand for, or -1. */
static int suffix_shift(const char *suffix)
{
	static const char letters[] = "kmgtp";
	const char *letter;

	if (!*suffix)
		return 0;
	letter = strchr(letters, tolower((unsigned char)*suffix));
	if (!letter || (suffix[1] && strcasecmp(suffix + 1, "b") &&
			strcasecmp(suffix + 1, "ib")))
		return -1;
	return 10 * (letter - letters + 1);
}

bool quantity_parse(uint64_t *value, const char *text)
{
	unsigned long long number;
	char *suffix;
	int shift;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	number = strtoull(text, &suffix, 10);
	shift = suffix_shift(suffix);
	if (errno || shift < 0 || number > UINT64_MAX >> shift)
		return false;
	*value = (uint64_t)number << shift;
	return true;
}

bool quantities_add(struct quantities *q, uint64_t value)
{
	uint64_t *values = realloc(q->values, (q->nr + 1) * sizeof(*values));

	if (!values)
		return false;
	q->values = values;
	q->values[q->nr++] = value;
	return true;
}

void quantities_free(struct quantities *q)
{
	free(q->values);
	*q = (struct quantities){ 0 };
}
