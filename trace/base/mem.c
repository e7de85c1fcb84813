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

static void *shared_alloc(size_t bytes)
{
	void *ptr = mmap(NULL, bytes ? bytes : 1, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return ptr == MAP_FAILED ? NULL : ptr;
}

static void shared_free(void *ptr, size_t bytes)
{
	if (ptr)
		munmap(ptr, bytes ? bytes : 1);
}

const struct mem mem_private = { private_alloc, private_free };
const struct mem mem_shared = { shared_alloc, shared_free };
