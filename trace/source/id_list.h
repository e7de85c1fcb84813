/*
 * The hash id of each block, by the block's number. Most traces number their
 * blocks one after the other, and then a chunk of the list is no more than its
 * first id.
 */
#ifndef MOONCAKE_ID_LIST_H
#define MOONCAKE_ID_LIST_H

#include <stdint.h>
#include <stdlib.h>

#include "trace/base/array.h"

#define ID_CHUNK 64 /* ids */

struct id_chunk {
	uint64_t first;
	uint64_t others; /* 0: each id is the one before plus one; else where
			  * in others all ids of the chunk are, plus one */
};

struct id_list {
	uint64_t nr;
	struct id_chunk *chunks;
	uint64_t chunk_room;
	uint64_t *others;
	uint64_t nr_others;
	uint64_t other_room;
};

/* Returns the id of that number. */
static inline uint64_t id_list_at(const struct id_list *l, uint64_t number)
{
	const struct id_chunk *chunk = &l->chunks[number / ID_CHUNK];

	if (!chunk->others)
		return chunk->first + number % ID_CHUNK;
	return l->others[chunk->others - 1 + number % ID_CHUNK];
}

/* Makes room for @more ids behind those that are there. Returns 0, or -1 when
 * there is no memory. */
static inline int id_list_room(struct id_list *l, uint64_t more)
{
	uint64_t nr_chunks = (l->nr + more) / ID_CHUNK + 1;
	uint64_t nr_others = l->nr_others + more + 2 * ID_CHUNK;
	struct id_chunk *chunks = array_grow(l->chunks, &l->chunk_room,
					     nr_chunks, sizeof(*chunks));
	uint64_t *others;

	if (!chunks)
		return -1;
	l->chunks = chunks;
	others = array_grow(l->others, &l->other_room, nr_others,
			    sizeof(*others));
	if (!others)
		return -1;
	l->others = others;
	return 0;
}

/* Appends an id, for which there must be room. */
static inline void id_list_append(struct id_list *l, uint64_t id)
{
	struct id_chunk *chunk = &l->chunks[l->nr / ID_CHUNK];
	uint64_t at = l->nr++ % ID_CHUNK;

	if (!at)
		*chunk = (struct id_chunk){ .first = id };
	if (!chunk->others && id == chunk->first + at)
		return;
	if (!chunk->others) {
		for (uint64_t i = 0; i < at; i++)
			l->others[l->nr_others + i] = chunk->first + i;
		chunk->others = l->nr_others + 1;
		l->nr_others += ID_CHUNK;
	}
	l->others[chunk->others - 1 + at] = id;
}

/* Appends @n ids, each of which is the one before plus one. */
static inline void id_list_append_run(struct id_list *l, uint64_t id,
				      uint64_t n)
{
	while (n) {
		const struct id_chunk *chunk = &l->chunks[l->nr / ID_CHUNK];
		uint64_t end, left = ID_CHUNK - 1 - l->nr % ID_CHUNK;

		id_list_append(l, id++);
		n--;
		if (chunk->others)
			continue;
		end = n < left ? n : left;
		l->nr += end;
		id += end;
		n -= end;
	}
}

#define ID_UNNUMBERED UINT32_MAX

/*
 * Numbers ids of the list @from anew, in the order in which @numbers, their @n
 * numbers there, name them first: each that @l has not yet is appended to it.
 * @anew has the number in @l by that in @from, or ID_UNNUMBERED. Writes the new
 * numbers to @renumbered, which may be @numbers or lie before it. Returns 0, or
 * -1 when there is no memory.
 */
static inline int id_list_renumber(struct id_list *l,
				   const struct id_list *from, uint32_t *anew,
				   const uint32_t *numbers, uint64_t n,
				   uint32_t *renumbered)
{
	if (id_list_room(l, n))
		return -1;
	for (uint64_t i = 0; i < n; i++) {
		uint32_t number = numbers[i];

		if (anew[number] == ID_UNNUMBERED) {
			anew[number] = l->nr;
			id_list_append(l, id_list_at(from, number));
		}
		renumbered[i] = anew[number];
	}
	return 0;
}

/* Frees the room that nothing is in. */
static inline void id_list_trim(struct id_list *l)
{
	uint64_t nr_chunks = (l->nr + ID_CHUNK - 1) / ID_CHUNK;

	l->chunks = array_trim(l->chunks, nr_chunks, sizeof(*l->chunks));
	l->others = array_trim(l->others, l->nr_others, sizeof(*l->others));
}

static inline void id_list_free(struct id_list *l)
{
	free(l->chunks);
	free(l->others);
	*l = (struct id_list){ 0 };
}

#endif
