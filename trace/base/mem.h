/*
 * Memory of several kinds behind one pair of calls. Plans and replay state are
 * made before fio forks its jobs, so what the jobs share must come from a
 * shared mapping; mooncake-plan and the unit tests use plain memory.
 */
#ifndef MOONCAKE_MEM_H
#define MOONCAKE_MEM_H

#include <stddef.h>
#include <stdint.h>

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

/*
 * The same for tables that are accessed at random, where to find the page can
 * take longer than to read from it. One of MEM_TABLE_MIN to MEM_TABLE_MAX bytes
 * has huge pages if the kernel gives any. Those take their memory at once; with
 * a larger one the first I/O would have to wait for that.
 */
#define MEM_TABLE_MIN (UINT64_C(2) << 20)
#define MEM_TABLE_MAX (UINT64_C(256) << 20)
extern const struct mem mem_shared_table;

#endif
