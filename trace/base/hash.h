/* The one hash that is used everywhere: for hash ids, stamps and seeds. */
#ifndef MOONCAKE_HASH_H
#define MOONCAKE_HASH_H

#include <stdint.h>

/* Spreads numbers of any pattern over 64 bits, one to one. This is the
 * finaliser of splitmix64. */
static inline uint64_t hash64(uint64_t n)
{
	n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
	n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
	return n ^ (n >> 31);
}

#endif
