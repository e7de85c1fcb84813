#include <string.h>

#include "engine/result/pattern.h"

#define WORD ((uint64_t)sizeof(uint64_t))

/*
 * Returns a word of the pattern: a counter goes through a multiplication and
 * two shifts, after splitmix64, so that every bit of seed and counter reaches
 * every byte.
 */
static inline uint64_t word_at(uint64_t seed, uint64_t number)
{
	uint64_t n = seed + number * UINT64_C(0x9e3779b97f4a7c15);

	n = (n ^ (n >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	return n ^ (n >> 31);
}

static inline unsigned char byte_at(uint64_t seed, uint64_t offset)
{
	return word_at(seed, offset / WORD) >> (offset % WORD * 8);
}

/* Returns how many bytes there are up to the next whole word. */
static uint64_t head(uint64_t offset, uint64_t len)
{
	uint64_t bytes = -offset % WORD;

	return bytes < len ? bytes : len;
}

void pattern_fill(void *buf, uint64_t len, uint64_t seed, uint64_t offset)
{
	unsigned char *to = buf;
	uint64_t i, first = head(offset, len), words = (len - first) / WORD;

	for (i = 0; i < first; i++)
		to[i] = byte_at(seed, offset + i);
	for (i = 0; i < words; i++) {
		uint64_t word = word_at(seed, (offset + first) / WORD + i);

		memcpy(to + first + i * WORD, &word, WORD);
	}
	for (i = first + words * WORD; i < len; i++)
		to[i] = byte_at(seed, offset + i);
}

static uint64_t wrong_byte(const unsigned char *from, uint64_t begin,
			   uint64_t end, uint64_t seed, uint64_t offset)
{
	while (begin < end && from[begin] == byte_at(seed, offset + begin))
		begin++;
	return begin;
}

uint64_t pattern_check(const void *buf, uint64_t len, uint64_t seed,
		       uint64_t offset)
{
	const unsigned char *from = buf;
	uint64_t i, first = head(offset, len), words = (len - first) / WORD;

	i = wrong_byte(from, 0, first, seed, offset);
	if (i < first)
		return i;
	for (i = 0; i < words; i++) {
		uint64_t word;

		memcpy(&word, from + first + i * WORD, WORD);
		if (word != word_at(seed, (offset + first) / WORD + i))
			break;
	}
	return wrong_byte(from, first + i * WORD, len, seed, offset);
}
