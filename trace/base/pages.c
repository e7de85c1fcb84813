#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trace/base/pages.h"

#ifndef MADV_POPULATE_WRITE /* since glibc 2.34 */
#define MADV_POPULATE_WRITE 23
#endif

#ifndef MADV_COLLAPSE /* since glibc 2.37 */
#define MADV_COLLAPSE 25
#endif

#define FEW (64 * 1024)
#define HUGE (2 * PAGES_HUGE) /* one fits in, wherever it begins */

/* Gives the kernel advice about the whole pages of a range. Errors of advice
 * are ignored, and errno stays as it was. */
static void advise(void *from, size_t bytes, int advice)
{
	uintptr_t page = sysconf(_SC_PAGESIZE);
	uintptr_t first = ((uintptr_t)from + page - 1) & -page;
	uintptr_t end = ((uintptr_t)from + bytes) & -page;
	int before = errno;

	if (end > first)
		madvise((void *)first, end - first, advice);
	errno = before;
}

void pages_ready(void *from, size_t bytes)
{
	if (bytes >= FEW)
		advise(from, bytes, MADV_POPULATE_WRITE);
}

void pages_huge(void *from, size_t bytes)
{
	advise(from, bytes, MADV_HUGEPAGE);
}

void pages_ready_huge(void *from, size_t bytes)
{
	if (bytes >= HUGE)
		pages_huge(from, bytes);
	pages_ready(from, bytes);
}

/* Most kernels put shared memory into huge pages only when asked to, and only
 * where there is a page to be put into each. */
void pages_huge_shared(void *from, size_t bytes)
{
	volatile char *at = from, *end = at + bytes;

	for (; at < end; at += PAGES_HUGE)
		*at = 0;
	advise(from, bytes, MADV_COLLAPSE);
}
