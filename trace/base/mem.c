#include <stdlib.h>
#include <sys/mman.h>

#include "trace/base/mem.h"
#include "trace/base/pages.h"

static void *private_alloc(size_t bytes)
{
	void *ptr = calloc(1, bytes ? bytes : 1);

	if (ptr)
		pages_ready_huge(ptr, bytes);
	return ptr;
}

static void private_free(void *ptr, size_t bytes)
{
	(void)bytes;
	free(ptr);
}

static void *map_shared(void *hint, size_t bytes)
{
	void *ptr = mmap(hint, bytes ? bytes : 1, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return ptr == MAP_FAILED ? NULL : ptr;
}

static void *shared_alloc(size_t bytes)
{
	return map_shared(NULL, bytes);
}

static void shared_free(void *ptr, size_t bytes)
{
	if (ptr)
		munmap(ptr, bytes ? bytes : 1);
}

/*
 * Returns where a mapping could be that begins with a huge page, or NULL. Of
 * shared memory only such a one has any.
 */
static void *room_for_huge(size_t bytes)
{
	size_t all = bytes + PAGES_HUGE;
	void *room =
		mmap(NULL, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED)
		return NULL;
	munmap(room, all);
	return (void *)(((uintptr_t)room + PAGES_HUGE - 1) & -PAGES_HUGE);
}

static void *table_alloc(size_t bytes)
{
	void *ptr;

	if (bytes < MEM_TABLE_MIN || bytes > MEM_TABLE_MAX)
		return shared_alloc(bytes);
	ptr = map_shared(room_for_huge(bytes), bytes);
	if (ptr)
		pages_huge_shared(ptr, bytes);
	return ptr;
}

const struct mem mem_private = { private_alloc, private_free };
const struct mem mem_shared = { shared_alloc, shared_free };
const struct mem mem_shared_table = { table_alloc, shared_free };
