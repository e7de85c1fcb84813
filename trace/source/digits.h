/* Decimal digits, handled eight at a time in one 64-bit word. */
#ifndef MOONCAKE_DIGITS_H
#define MOONCAKE_DIGITS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* Loads eight characters as a word, the first in its lowest byte. */
static inline uint64_t load8(const char *s)
{
	uint64_t word;

	memcpy(&word, s, sizeof(word));
	return le64toh(word);
}

/* Loads eight characters, and maps '0' to '9' to 0 to 9. */
static inline uint64_t load_digits(const char *s)
{
	return load8(s) ^ 0x3030303030303030;
}

/* Returns a bit in each byte of a word of load_digits() that is no digit, its
 * highest. Bytes behind the first such one may have it, too. */
static inline uint64_t other_characters(uint64_t word)
{
	return ((word + 0x7676767676767676) | word) & 0x8080808080808080;
}

/* Returns all bits of the first 0 to 7 characters of a word. */
static inline uint64_t first_bytes(unsigned int n)
{
	return (UINT64_C(1) << 8 * n) - 1;
}

/* Returns how many digits a word of load_digits() begins with, 0 to 8. */
static inline unsigned int leading_digits(uint64_t word)
{
	uint64_t other = other_characters(word);

	return other ? __builtin_ctzll(other) / 8 : 8;
}

/* Returns the value of a word of eight digits: adds up pairs, then fours, then
 * all. */
static inline uint64_t eight_digits(uint64_t word)
{
	word = word * 10 + (word >> 8);
	return (((word & 0x000000ff000000ff) * 0x000f424000000064 +
		 ((word >> 16) & 0x000000ff000000ff) * 0x0000271000000001)) >>
	       32;
}

/* Returns the value of the first @n digits of a word, 1 to 8. */
static inline uint64_t first_digits(uint64_t word, unsigned int n)
{
	return eight_digits(word << 8 * (8 - n));
}

#endif
