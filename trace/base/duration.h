/* Spans of time as one would say them. */
#ifndef MOONCAKE_DURATION_H
#define MOONCAKE_DURATION_H

#include <stddef.h>
#include <stdint.h>

/* "1 h 2 min 3 s", "58 min 57 s", "12.5 s", "61.1 ms" into @text of @size
 * bytes; 32 are enough. */
void duration_text(uint64_t ns, char *text, size_t size);

#endif
