/*
 * Memory that is about to be filled: a fault for each page would cost more
 * than what is put there.
 */
#ifndef MOONCAKE_PAGES_H
#define MOONCAKE_PAGES_H

#include <stddef.h>

/* Makes the whole pages there ready to be written. Less is done for few of
 * them, and where the kernel does not know how (before Linux 5.14). */
void pages_ready(void *from, size_t bytes);

/* The same, in huge pages where they fit, for access at random; not for
 * memory that realloc() will move, which could no longer be remapped. */
void pages_ready_huge(void *from, size_t bytes);

#endif
