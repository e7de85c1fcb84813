#include <inttypes.h>
#include <stdio.h>

#include "trace/base/duration.h"

void duration_text(uint64_t ns, char *text, size_t size)
{
	uint64_t s = (ns + 500000000) / 1000000000;

	if (s >= 3600)
		snprintf(text, size,
			 "%" PRIu64 " h %" PRIu64 " min %" PRIu64 " s",
			 s / 3600, s / 60 % 60, s % 60);
	else if (s >= 60)
		snprintf(text, size, "%" PRIu64 " min %" PRIu64 " s", s / 60,
			 s % 60);
	else if (ns >= 1000000000)
		snprintf(text, size, "%.3g s", ns / 1e9);
	else
		snprintf(text, size, "%.3g ms", ns / 1e6);
}
