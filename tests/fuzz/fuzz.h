/* What the fuzzers share: a claim that must hold, and an input as a file. */
#ifndef MOONCAKE_FUZZ_H
#define MOONCAKE_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void must(bool cond, const char *what)
{
	if (cond)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

/* Returns the path of a file in memory that holds the bytes. It is the same
 * file each time. */
static inline const char *file_of(const void *data, size_t size)
{
	static char path[32];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("input", 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	return path;
}

#endif
