/* Arrays that grow as they are filled. */
#ifndef MOONCAKE_ARRAY_H
#define MOONCAKE_ARRAY_H

#include <stdint.h>
#include <stdlib.h>

#include "trace/base/pages.h"

#define ARRAY_LARGE (512 * 1024) /* bytes */
#define ARRAY_STEP 16 /* a large array grows by this part of its size */

/*
 * Returns the array, perhaps moved, with room for at least @need items of @item
 * bytes each, and notes in *@room how many it has room for. An array that is
 * NULL is made. Returns NULL when there is no memory; the caller still owns the
 * old array then.
 *
 * A large array grows by a small part of its size: realloc() can mostly do that
 * without moving it, and room that nobody has used yet costs memory, too.
 */
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

/* Returns the array with room for @nr items, as many as are there, and no more;
 * it may have been moved. */
static inline void *array_trim(void *array, uint64_t nr, size_t item)
{
	void *trimmed = realloc(array, nr ? nr * item : 1);

	return trimmed ? trimmed : array;
}

#endif
