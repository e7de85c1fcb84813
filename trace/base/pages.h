/*
 * Memory that is about to be filled: a fault for each page would cost more
 * than what is put there.
 */
#ifndef MOONCAKE_PAGES_H
#define MOONCAKE_PAGES_H

#include <stddef.h>

/* Makes the whole pages in that range ready to be written. Nothing happens for
 * a small range, or where the kernel can't do it (before Linux 5.14). */
void pages_ready(void *from, size_t bytes);

/* Huge pages where they fit, for memory that is accessed at random. Of a whole
 * mapping, before it grows: one that is huge in parts is two for the kernel,
 * and mremap() refuses those. */
void pages_huge(void *from, size_t bytes);

/* Both. Not for memory that realloc() may move: it would have to copy it. */
void pages_ready_huge(void *from, size_t bytes);

#endif
