/* Arrays that grow as they are filled. */
#ifndef MOONCAKE_ARRAY_H
#define MOONCAKE_ARRAY_H

#include <stdint.h>
#include <stdlib.h>

/* The array with room for @need items of @item bytes each; @room says for how
 * many there is. NULL: no memory, and the old array is kept. */
static inline void *array_grow(void *array, uint64_t *room, uint64_t need,
			       size_t item)
{
	uint64_t more = *room ? *room : 1024;

	if (array && need <= *room)
		return array;
	while (more < need)
		more *= 2;
	array = realloc(array, more * item);
	if (array)
		*room = more;
	return array;
}

#endif
