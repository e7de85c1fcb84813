#include <stdlib.h>

#include "engine/inflight/io_table.h"

/*
 * The table has four entries for each I/O. The core's io_us lie at equal
 * distances; with only two entries for each some distances make many of them
 * fall together, and a search took ten steps.
 */
int io_table_init(struct io_table *t, unsigned int ios)
{
	*t = (struct io_table){ .bits = 4 };
	while ((1U << t->bits) < 4 * ios)
		t->bits++;
	t->shift = 64 - t->bits;
	t->entries = calloc(1U << t->bits, sizeof(*t->entries));
	return t->entries ? 0 : -1;
}

void io_table_exit(struct io_table *t)
{
	free(t->entries);
	*t = (struct io_table){ 0 };
}

/* Returns the entry of @io_u, or the free one where it belongs. */
static struct io_entry *probe(const struct io_table *t, const void *io_u)
{
	uint32_t mask = (1U << t->bits) - 1;
	uint32_t i = io_table_home(t, io_u) - t->entries;

	while (t->entries[i].io_u && t->entries[i].io_u != io_u)
		i = (i + 1) & mask;
	return &t->entries[i];
}

static int grow(struct io_table *t)
{
	struct io_table larger;
	uint32_t i;

	if (io_table_init(&larger, 1U << t->bits >> 1))
		return -1;
	for (i = 0; i < 1U << t->bits; i++)
		if (t->entries[i].io_u)
			*probe(&larger, t->entries[i].io_u) = t->entries[i];
	larger.used = t->used;
	free(t->entries);
	*t = larger;
	return 0;
}

struct issued_io *io_table_seek(struct io_table *t, const void *io_u)
{
	struct io_entry *entry = probe(t, io_u);

	if (entry->io_u)
		return &entry->io;
	if (3 * (t->used + 1) > 1U << t->bits) {
		if (grow(t))
			return NULL;
		entry = probe(t, io_u);
	}
	t->used++;
	entry->io_u = io_u;
	return &entry->io;
}
