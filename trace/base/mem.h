/*
 * Memory of two kinds behind one pair of calls. Plans and replay state are
 * made before fio forks its jobs, so what the jobs share must come from a
 * shared mapping; mooncake-plan and the unit tests use plain memory.
 */
#ifndef MOONCAKE_MEM_H
#define MOONCAKE_MEM_H

#include <stddef.h>

struct mem {
	/* Returns zeroed memory of that many bytes, or NULL with errno set. */
	void *(*alloc)(size_t bytes);
	/*
	 * Frees what alloc returned; @bytes must be the same. NULL is allowed.
	 */
	void (*free)(void *ptr, size_t bytes);
};

extern const struct mem mem_private; /* calloc */
extern const struct mem mem_shared;  /* mmap, seen by processes forked later */

#endif
