/*
 * What each io_u of the core stands for, found by the io_u's address: its
 * index, engine_data and the like lie in one union, of which every engine
 * uses another member.
 */
#ifndef MOONCAKE_IO_TABLE_H
#define MOONCAKE_IO_TABLE_H

#include <stdint.h>

struct running_object;

/* An I/O that was issued to the core. */
struct issued_io {
	struct running_object *object; /* NULL: none of ours */
	uint64_t offset;	       /* in the object, of its first byte */
	uint64_t len;		       /* bytes of the object */
	uint64_t before;	       /* bytes in front of them that are not */
};

struct io_entry {
	const void *io_u; /* NULL: not in use */
	struct issued_io io;
};

struct io_table {
	struct io_entry *entries;
	unsigned int bits;  /* 2^bits of them */
	unsigned int shift; /* 64 - bits */
	unsigned int used;
};

/* Room for @ios at least; 0, or -1 when there is no memory. */
int io_table_init(struct io_table *t, unsigned int ios);
void io_table_exit(struct io_table *t);

/* For an io_u that is not where it belongs: elsewhere, or new. */
struct issued_io *io_table_seek(struct io_table *t, const void *io_u);

static inline struct io_entry *io_table_home(const struct io_table *t,
					     const void *io_u)
{
	uint64_t hash = (uintptr_t)io_u * UINT64_C(0x9e3779b97f4a7c15);

	return &t->entries[hash >> t->shift];
}

/*
 * The entry of @io_u, an empty one at first. Valid until the next call with
 * an io_u that is new. NULL when there is no memory for one more. Called some
 * three times for each I/O, so the usual case costs no call.
 */
static inline struct issued_io *io_table_find(struct io_table *t,
					      const void *io_u)
{
	struct io_entry *home = io_table_home(t, io_u);

	return home->io_u == io_u ? &home->io : io_table_seek(t, io_u);
}

#endif
