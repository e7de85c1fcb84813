/* Decimal digits, eight at a time in a word. */
#ifndef MOONCAKE_DIGITS_H
#define MOONCAKE_DIGITS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* Eight characters as a word, the first in its lowest byte. */
static inline uint64_t load8(const char *s)
{
	uint64_t word;

	memcpy(&word, s, sizeof(word));
	return le64toh(word);
}

/* Those as digits, '0' to '9' as 0 to 9. */
static inline uint64_t load_digits(const char *s)
{
	return load8(s) ^ 0x3030303030303030;
}

/*
 * The number of digits that a word of eight characters begins with, the first
 * in its lowest byte, where @word has '0' to '9' as 0 to 9.
 */
static inline unsigned int leading_digits(uint64_t word)
{
	uint64_t other =
		((word + 0x7676767676767676) | word) & 0x8080808080808080;

	return other ? __builtin_ctzll(other) / 8 : 8;
}

/* The value of eight digits: pairs, then fours, then all. */
static inline uint64_t eight_digits(uint64_t word)
{
	word = word * 10 + (word >> 8);
	return (((word & 0x000000ff000000ff) * 0x000f424000000064 +
		 ((word >> 16) & 0x000000ff000000ff) * 0x0000271000000001)) >>
	       32;
}

/* The value of the first 1 to 8 of them. */
static inline uint64_t first_digits(uint64_t word, unsigned int n)
{
	return eight_digits(word << 8 * (8 - n));
}

#endif
