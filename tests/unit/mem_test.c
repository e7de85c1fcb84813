/*
 * Memory that jobs share: a child sees what its parent writes, and the other
 * way round; tables have it all at once, where huge pages can be.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace/base/mem.h"
#include "trace/base/pages.h"
#include "unit.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

#define PAGE ((size_t)sysconf(_SC_PAGESIZE))

static size_t pages_of(size_t bytes)
{
	return (bytes + PAGE - 1) / PAGE;
}

/* Returns how many pages of a mapping take memory. */
static size_t resident(void *ptr, size_t bytes)
{
	unsigned char *in = malloc(pages_of(bytes));
	size_t n = 0;

	CHECK(in && !mincore(ptr, bytes, in));
	for (size_t i = 0; i < pages_of(bytes); i++)
		n += in[i] & 1;
	free(in);
	return n;
}

/* Can the kernel fill pages before they are used? (Linux 5.14) */
static bool fills_pages(void)
{
	size_t bytes = 64 * PAGE, n;
	char *ptr = mem_shared.alloc(bytes);

	pages_ready(ptr, bytes);
	n = resident(ptr, bytes);
	mem_shared.free(ptr, bytes);
	return n;
}

static void check_shared(const struct mem *mem, size_t bytes)
{
	char *ptr = mem->alloc(bytes);
	int status = -1;
	pid_t child;

	CHECK(ptr != NULL);
	for (size_t i = 0; i < bytes; i += PAGE)
		CHECK_EQ(ptr[i], 0);
	CHECK_EQ(ptr[bytes - 1], 0);
	ptr[0] = 1;
	child = fork();
	if (!child) {
		ptr[bytes - 1] = 2;
		_exit(ptr[0]);
	}
	CHECK_EQ(waitpid(child, &status, 0), child);
	CHECK_EQ(WEXITSTATUS(status), 1);
	CHECK_EQ(ptr[bytes - 1], 2);
	mem->free(ptr, bytes);
}

static void jobs_share(void)
{
	check_shared(&mem_shared, 2);
	check_shared(&mem_shared, MEM_TABLE_MIN);
	check_shared(&mem_shared_table, 2);
	check_shared(&mem_shared_table, MEM_TABLE_MIN);
	check_shared(&mem_shared_table, 2 * MEM_TABLE_MIN + 1);
}

/* @ready: all of it takes memory, else nothing does. */
static void check_ready(const struct mem *mem, size_t bytes, bool ready)
{
	void *ptr = mem->alloc(bytes);

	CHECK(ptr != NULL);
	CHECK_EQ(resident(ptr, bytes),
		 ready && fills_pages() ? pages_of(bytes) : 0);
	CHECK(!ready || (uintptr_t)ptr % PAGES_HUGE == 0);
	mem->free(ptr, bytes);
}

static void tables_are_ready(void)
{
	check_ready(&mem_shared, MEM_TABLE_MIN, false);
	check_ready(&mem_shared_table, MEM_TABLE_MIN - 1, false);
	check_ready(&mem_shared_table, MEM_TABLE_MIN, true);
	check_ready(&mem_shared_table, 3 * MEM_TABLE_MIN - PAGE, true);
	check_ready(&mem_shared_table, MEM_TABLE_MAX, true);
	check_ready(&mem_shared_table, MEM_TABLE_MAX + 1, false);
}

/* Returns how much shared memory this process has in huge pages, in KiB. */
static long in_huge_pages(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "r");
	char line[256];
	long kib = 0;

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "ShmemPmdMapped: %ld kB", &kib);
	if (file)
		fclose(file);
	return kib;
}

/* Does the kernel give shared memory huge pages? (Linux 6.1) */
static bool has_huge_pages(void)
{
	size_t bytes = 2 * PAGES_HUGE;
	char *ptr = mem_shared.alloc(bytes);
	char *first = ptr + (-(uintptr_t)ptr & (PAGES_HUGE - 1));
	bool can;

	/* The offset of a page in its mapping must fit, too. */
	first = mmap(first, PAGES_HUGE, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	memset(first, 1, PAGES_HUGE);
	can = !madvise(first, PAGES_HUGE, MADV_COLLAPSE) && in_huge_pages();
	mem_shared.free(ptr, bytes);
	return can;
}

static void tables_have_huge_pages(void)
{
	size_t bytes = 2 * PAGES_HUGE;
	bool can = has_huge_pages();
	long kib = -in_huge_pages();
	void *ptr = mem_shared_table.alloc(bytes);

	kib += in_huge_pages();
	mem_shared_table.free(ptr, bytes);
	/* Memory may have come to be in small pieces only. */
	if (can && has_huge_pages())
		CHECK_EQ(kib, bytes / 1024);
}

int main(void)
{
	RUN(jobs_share);
	RUN(tables_are_ready);
	RUN(tables_have_huge_pages);
	UNIT_END();
}
