/* What io_us stand for, found by their addresses. */
#include "engine/inflight/io_table.c"

#include "unit.h"

#define MANY 5000

/* Addresses at distances as the core has them, and closer together. */
static const void *address(uint32_t distance, uint32_t number)
{
	return (const char *)0x1000 + (uintptr_t)distance * number;
}

/* Each entry keeps what was put there, however few the table was made for. */
static void any_number(void)
{
	static const uint32_t distances[] = { 1, 64, 512, 4096, 65536 };
	struct io_table t;

	for (uint32_t d = 0; d < 5; d++) {
		CHECK(!io_table_init(&t, 1));
		for (uint32_t i = 0; i < MANY; i++) {
			struct issued_io *io =
				io_table_find(&t, address(distances[d], i));

			CHECK(io && !io->object && !io->offset && !io->len);
			io->offset = i + 1;
		}
		CHECK_EQ(t.used, MANY);
		CHECK(3 * t.used <= 1U << t.bits);
		for (uint32_t i = 0; i < MANY; i++)
			CHECK_EQ(io_table_find(&t, address(distances[d], i))
					 ->offset,
				 i + 1);
		CHECK_EQ(t.used, MANY);
		io_table_exit(&t);
	}
}

int main(void)
{
	RUN(any_number);
	UNIT_END();
}
