/*
 * Fails one allocation of a program that has this loaded by LD_PRELOAD: the one
 * with the number NO_MEMORY_AT, from 1 on, among those that the file whose name
 * contains NO_MEMORY_IN makes. What libraries allocate for it works. The file
 * NO_MEMORY_LOG then gets the address in that file of the one that failed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CALLER __builtin_return_address(0)

extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t n, size_t bytes);
extern void *__libc_realloc(void *old, size_t bytes);

static void note(const Dl_info *where, void *caller)
{
	int fd = open(getenv("NO_MEMORY_LOG"), O_WRONLY | O_CREAT | O_APPEND,
		      0644);

	dprintf(fd, "%#lx\n", (long)((char *)caller - (char *)where->dli_fbase));
	close(fd);
}

static bool fails(void *caller)
{
	static _Atomic long count;
	const char *in = getenv("NO_MEMORY_IN"), *at = getenv("NO_MEMORY_AT");
	Dl_info where;

	if (!in || !at || !dladdr(caller, &where) ||
	    !strstr(where.dli_fname, in) ||
	    atomic_fetch_add(&count, 1) + 1 != atol(at))
		return false;
	note(&where, caller);
	errno = ENOMEM;
	return true;
}

void *malloc(size_t bytes)
{
	return fails(CALLER) ? NULL : __libc_malloc(bytes);
}

void *calloc(size_t n, size_t bytes)
{
	return fails(CALLER) ? NULL : __libc_calloc(n, bytes);
}

void *realloc(void *old, size_t bytes)
{
	return fails(CALLER) ? NULL : __libc_realloc(old, bytes);
}

char *strdup(const char *text)
{
	size_t bytes = strlen(text) + 1;
	char *copy = fails(CALLER) ? NULL : __libc_malloc(bytes);

	return copy ? memcpy(copy, text, bytes) : NULL;
}

int asprintf(char **text, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (fails(CALLER))
		return -1;
	va_start(ap, fmt);
	n = vasprintf(text, fmt, ap);
	va_end(ap);
	return n;
}

void *mmap(void *at, size_t bytes, int prot, int flags, int fd, off_t offset)
{
	void *(*real)(void *, size_t, int, int, int, off_t) =
		dlsym(RTLD_NEXT, "mmap");

	return fails(CALLER) ? MAP_FAILED :
			       real(at, bytes, prot, flags, fd, offset);
}
