/* Characters, blanks and integers of a line, from where reading is. */
#ifndef MOONCAKE_TEXT_H
#define MOONCAKE_TEXT_H

#include <stdbool.h>

#include "trace/source/digits.h"

#define INTEGER_DIGITS 18 /* that surely fit in 64 bits */

/* Where reading is: the line's end stops everything that goes on. */
struct text {
	const char *at;
	unsigned int nested; /* values in values so far */
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

/* Digits and nothing else: their number. @value goes on from what it was. */
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

/* An integer from 0 on, of no more digits than surely fit. What follows it is
 * the caller's matter: a fraction or an exponent is nothing that he takes. */
static inline bool take_integer(struct text *s, uint64_t *value)
{
	bool zero = *s->at == '0';
	unsigned int digits;

	*value = 0;
	digits = take_digits(s, value);
	return digits && digits <= INTEGER_DIGITS && !(zero && digits > 1);
}

/*
 * take_integer() for most ids: up to 15 digits, without a loop. The number of
 * them, or 0 if it is none of these.
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
