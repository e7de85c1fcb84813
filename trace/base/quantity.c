#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "trace/base/quantity.h"

/*
 * Returns what a suffix such as "k", "KB" or "kib" stands for, or 0. As in fio,
 * with the kb_base=1024 that it has by default, "k" and "kb" are 1024 and "kib"
 * is 1000.
 */
static uint64_t multiplier(const char *suffix)
{
	static const char letters[] = "kmgtp";
	const char *letter;
	uint64_t base = 1024, product = 1;

	if (!*suffix)
		return 1;
	letter = strchr(letters, tolower((unsigned char)*suffix));
	if (!letter)
		return 0;
	if (!strcasecmp(suffix + 1, "ib"))
		base = 1000;
	else if (suffix[1] && strcasecmp(suffix + 1, "b"))
		return 0;
	for (; letter >= letters; letter--)
		product *= base;
	return product;
}

bool quantity_parse(uint64_t *value, const char *text)
{
	unsigned long long number;
	uint64_t times;
	char *suffix;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	number = strtoull(text, &suffix, 10);
	times = multiplier(suffix);
	return !errno && times &&
	       !__builtin_mul_overflow((uint64_t)number, times, value);
}

bool percent_parse(uint32_t *percent, const char *text)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long number = strtoul(text, NULL, 10);

	if (!digits || (text[digits] && strcmp(text + digits, "%")) ||
	    number < 1 || number > 100)
		return false;
	*percent = number;
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
