/* Doubly linked lists inside an array. A link is named by its index, so a list
 * works wherever the array is mapped, and costs 8 bytes an entry. */
#ifndef MOONCAKE_CHAIN_H
#define MOONCAKE_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

struct link {
	uint32_t prev;
	uint32_t next;
};

/* Makes the link @head, which must be of the same array, the head of an empty
 * list. */
static inline void chain_init(struct link *links, uint32_t head)
{
	links[head].prev = head;
	links[head].next = head;
}

static inline bool chain_empty(const struct link *links, uint32_t head)
{
	return links[head].next == head;
}

static inline void chain_insert_after(struct link *links, uint32_t at,
				      uint32_t new)
{
	uint32_t next = links[at].next;

	links[new].prev = at;
	links[new].next = next;
	links[next].prev = new;
	links[at].next = new;
}

static inline void chain_append(struct link *links, uint32_t head, uint32_t new)
{
	chain_insert_after(links, links[head].prev, new);
}

static inline void chain_remove(struct link *links, uint32_t old)
{
	uint32_t prev = links[old].prev, next = links[old].next;

	links[prev].next = next;
	links[next].prev = prev;
}

#endif
