/* Arrays that grow as they are filled. */
#ifndef MOONCAKE_ARRAY_H
#define MOONCAKE_ARRAY_H

#include <stdint.h>
#include <stdlib.h>

#include "trace/base/pages.h"

#define ARRAY_LARGE (512 * 1024) /* bytes */
#define ARRAY_STEP 16 /* a large array grows by one part of so many */

/* The array with room for @need items of @item bytes each; @room says for how
 * many there is. NULL: no memory, and the old array is kept. A large one grows
 * by little at a time: realloc() then moves no bytes, and what waits to be
 * used is memory too. */
static inline void *array_grow(void *array, uint64_t *room, uint64_t need,
			       size_t item)
{
	uint64_t more = *room ? *room : 1024;

	if (array && need <= *room)
		return array;
	while (more < need)
		more += more * item < ARRAY_LARGE ? more : more / ARRAY_STEP;
	array = realloc(array, more * item);
	if (!array)
		return NULL;
	pages_ready((char *)array + *room * item, (more - *room) * item);
	*room = more;
	return array;
}

#endif
