/*
 * Memory that jobs share: a child sees what its parent writes, and the other
 * way round; tables are in huge pages where the kernel can.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace/base/mem.h"
#include "trace/base/pages.h"
#include "unit.h"

#define STEP 4096 /* no more than a page */

static void check_shared(const struct mem *mem, size_t bytes)
{
	char *ptr = mem->alloc(bytes);
	int status = -1;
	pid_t child;

	CHECK(ptr != NULL);
	for (size_t i = 0; i < bytes; i += STEP)
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

/* Returns how much shared memory this process has in huge pages. */
static uint64_t in_huge_pages(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "r");
	char line[256];
	uint64_t kib = 0;

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "ShmemPmdMapped: %" SCNu64 " kB", &kib);
	if (file)
		fclose(file);
	return kib * 1024;
}

/* Returns how much of such memory is in huge pages. */
static uint64_t huge_of(const struct mem *mem, size_t bytes)
{
	void *ptr = mem->alloc(bytes);
	uint64_t huge = in_huge_pages();

	CHECK(ptr != NULL);
	mem->free(ptr, bytes);
	return huge;
}

/* Does the kernel give shared memory huge pages, and has it any? */
static bool gives_huge_pages(void)
{
	char *room = mem_shared.alloc(2 * PAGES_HUGE), *first;
	bool gives;

	/* A huge page is one in its file as well. */
	first = mmap(room + (-(uintptr_t)room & (PAGES_HUGE - 1)), PAGES_HUGE,
		     PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	CHECK(first != MAP_FAILED);
	pages_huge_shared(first, PAGES_HUGE);
	gives = in_huge_pages() == PAGES_HUGE;
	mem_shared.free(room, 2 * PAGES_HUGE);
	return gives;
}

static void tables_have_huge_pages(void)
{
	static const struct {
		uint64_t bytes;
		uint64_t huge;
	} tables[] = {
		{ MEM_TABLE_MIN - 1, 0 },
		{ MEM_TABLE_MIN, PAGES_HUGE },
		{ 3 * PAGES_HUGE - 1, 2 * PAGES_HUGE },
		{ MEM_TABLE_MAX, MEM_TABLE_MAX },
		{ MEM_TABLE_MAX + 1, 0 },
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		uint64_t huge = huge_of(&mem_shared_table, tables[i].bytes);

		/* It may have none left, so it is asked afterwards. */
		if (gives_huge_pages())
			CHECK_EQ(huge, tables[i].huge);
	}
	CHECK_EQ(huge_of(&mem_shared, MEM_TABLE_MIN), 0);
}

int main(void)
{
	RUN(jobs_share);
	RUN(tables_have_huge_pages);
	UNIT_END();
}
