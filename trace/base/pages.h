/* Memory that is about to be filled. Without this, a page fault for each page
 * would cost more than writing the page. */
#ifndef MOONCAKE_PAGES_H
#define MOONCAKE_PAGES_H

#include <stddef.h>
#include <stdint.h>

#define PAGES_HUGE (UINT64_C(2) << 20) /* bytes of a huge page */

/*
 * Makes the whole pages in that range ready to be written. Does nothing for a
 * small range, or where the kernel can't do it (before Linux 5.14). Never
 * fails, and leaves errno as it was.
 */
void pages_ready(void *from, size_t bytes);

/*
 * Asks for huge pages where they fit, for memory that is accessed at random.
 * The range must be a whole mapping, and this must be called before it grows:
 * one that is huge in parts is two mappings for the kernel, and mremap()
 * refuses those.
 */
void pages_huge(void *from, size_t bytes);

/*
 * Does both. Not for memory that realloc() may move: it would have to copy it.
 */
void pages_ready_huge(void *from, size_t bytes);

/*
 * Puts new shared memory, which must begin where a huge page can, into huge
 * pages, as far as whole ones fit in and the kernel can do it (Linux 6.1).
 * These are there at once, which takes less time than faults of small pages.
 */
void pages_huge_shared(void *from, size_t bytes);

#endif
