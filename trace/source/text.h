/* Takes characters, blanks and integers from a line. Each function that takes
 * something moves behind it. */
#ifndef MOONCAKE_TEXT_H
#define MOONCAKE_TEXT_H

#include <stdbool.h>

#include "trace/source/digits.h"

#define INTEGER_DIGITS 18 /* that surely fit in 64 bits */

/* A place in a line. What ends the line stops everything that reads on. */
struct text {
	const char *at;
	unsigned int nested; /* arrays and objects that were skipped so far */
};

static inline void skip_blanks(struct text *s)
{
	while (*s->at == ' ' || *s->at == '\t')
		s->at++;
}

static inline bool take(struct text *s, char c)
{
	if (*s->at != c)
		return false;
	s->at++;
	return true;
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const uint64_t tens[] = { 1,	 10,	  100,	    1000,     10000,
				 100000, 1000000, 10000000, 100000000 };

/* Takes all digits that follow, and returns how many there are. They are
 * appended to *@value, which overflows beyond INTEGER_DIGITS. */
static inline unsigned int take_digits(struct text *s, uint64_t *value)
{
	unsigned int digits = 0, n;

	do {
		uint64_t word = load_digits(s->at);

		n = leading_digits(word);
		if (!n)
			break;
		*value = *value * tens[n] + first_digits(word, n);
		s->at += n;
		digits += n;
	} while (n == 8 && digits <= INTEGER_DIGITS);
	return digits;
}

/*
 * Takes an integer from 0 on that surely fits into 64 bits. Returns false where
 * there is none, or one that is longer or has leading zeros. The caller has to
 * look at what follows: a fraction or an exponent is not taken.
 */
static inline bool take_integer(struct text *s, uint64_t *value)
{
	bool zero = *s->at == '0';
	unsigned int digits;

	*value = 0;
	digits = take_digits(s, value);
	return digits && digits <= INTEGER_DIGITS && !(zero && digits > 1);
}

/*
 * Reads an integer as take_integer() does, but without a loop and of up to 15
 * digits, as most ids are. Returns how many digits it has, or 0 where it is no
 * such integer.
 */
static inline unsigned int short_integer(const char *at, uint64_t *value)
{
	uint64_t word = load_digits(at);
	unsigned int n = leading_digits(word), more;

	if (!n || (n > 1 && !(word & 0xff)))
		return 0;
	*value = first_digits(word, n);
	if (n < 8)
		return n;
	word = load_digits(at + 8);
	more = leading_digits(word);
	if (more == 8)
		return 0;
	if (more)
		*value = *value * tens[more] + first_digits(word, more);
	return n + more;
}

#endif
