#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "trace/base/span.h"

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)

static void decimal(char *text, uint64_t ns, uint64_t unit, const char *name)
{
	uint64_t thousandths = ns / (unit / 1000);
	size_t n;

	n = snprintf(text, SPAN_TEXT, "%" PRIu64 ".%03" PRIu64,
		     thousandths / 1000, thousandths % 1000);
	while (text[n - 1] == '0')
		n--;
	if (text[n - 1] == '.')
		n--;
	snprintf(text + n, SPAN_TEXT - n, " %s", name);
}

void span_text(char text[SPAN_TEXT], uint64_t ns)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
	uint64_t seconds = ns / NS_PER_S + (ns % NS_PER_S >= NS_PER_S / 2);
	int i = 0;

	if (ns < NS_PER_S) {
		decimal(text, ns, NS_PER_MS, "ms");
		return;
	}
	if (ns / NS_PER_S < 60) {
		decimal(text, ns, NS_PER_S, "s");
		return;
	}
	while (seconds < units[i].seconds)
		i++;
	snprintf(text, SPAN_TEXT, "%" PRIu64 " %s %" PRIu64 " %s",
		 seconds / units[i].seconds, units[i].name,
		 seconds % units[i].seconds / units[i + 1].seconds,
		 units[i + 1].name);
}
