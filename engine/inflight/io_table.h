/*
 * What each io_u of the core stands for, found by the address of the io_u: its
 * own members that could say so (index, engine_data) lie in one union, of which
 * every engine uses another member.
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
	uint64_t before;	       /* bytes of the I/O in front of them */
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

/* Makes a table with room for @ios at least. Returns 0, or -1 when there is no
 * memory. */
int io_table_init(struct io_table *t, unsigned int ios);
void io_table_exit(struct io_table *t);

/* Does what io_table_find() does for an io_u that is not at its home entry. */
struct issued_io *io_table_seek(struct io_table *t, const void *io_u);

/* Returns the entry at which the search for @io_u begins. */
static inline struct io_entry *io_table_home(const struct io_table *t,
					     const void *io_u)
{
	uint64_t hash = (uintptr_t)io_u * UINT64_C(0x9e3779b97f4a7c15);

	return &t->entries[hash >> t->shift];
}

/*
 * Returns the entry of @io_u, which is empty at first, or NULL when there is no
 * memory for one more. It is valid until the next call with an io_u that is
 * new. The engine calls this some three times for each I/O, so the usual case
 * costs no call.
 */
static inline struct issued_io *io_table_find(struct io_table *t,
					      const void *io_u)
{
	struct io_entry *home = io_table_home(t, io_u);

	return home->io_u == io_u ? &home->io : io_table_seek(t, io_u);
}

#endif
