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

/* Does both for shared memory, which has huge pages only where one begins at
 * @from. */
void pages_ready_shared(void *from, size_t bytes);

#endif
