#include <string.h>

#include "trace/base/hash.h"
#include "trace/source/source.h"

#include "engine/result/pattern.h"
#include "engine/result/stamp.h"

#define STAMP_MAGIC 0x6d6f6f6e63616b65ULL /* "mooncake" */

static uint64_t checksum(const struct stamp *s)
{
	uint64_t sum = s->magic;

	sum = hash64(sum ^ s->run);
	sum = hash64(sum ^ s->hash_id);
	sum = hash64(sum ^ s->offset);
	return hash64(sum ^ s->generation);
}

struct stamp stamp_make(uint64_t run, uint64_t hash_id, uint64_t generation,
			uint64_t offset)
{
	struct stamp s = {
		.magic = STAMP_MAGIC,
		.run = run,
		.hash_id = hash_id,
		.offset = offset,
		.generation = generation,
	};

	s.checksum = checksum(&s);
	return s;
}

bool stamp_valid(const struct stamp *s)
{
	return s->magic == STAMP_MAGIC && s->checksum == checksum(s);
}

static struct stamp stamp_at(const struct stamp *s, uint64_t into)
{
	return stamp_make(s->run, s->hash_id, s->generation, s->offset + into);
}

/* What all bytes of a content are made from. */
static uint64_t seed_of(const struct stamp *s)
{
	return stamp_make(s->run, s->hash_id, s->generation, 0).checksum;
}

static uint64_t first_place(const struct stamp_places *p)
{
	return (p->stride - p->offset % p->stride) % p->stride;
}

/* Bytes of the stamp at that place of the buffer: none where it has no room. */
static uint64_t stamp_room(const struct stamp_places *p, uint64_t into)
{
	return into + sizeof(struct stamp) <= p->len ? sizeof(struct stamp) : 0;
}

void stamp_write(const struct stamp *s, void *buf, const struct stamp_places *p,
		 bool data)
{
	uint64_t into;

	if (data)
		pattern_fill(buf, p->len, seed_of(s), s->offset);
	for (into = first_place(p); stamp_room(p, into); into += p->stride) {
		struct stamp piece = stamp_at(s, into);

		memcpy((char *)buf + into, &piece, sizeof(piece));
	}
}

/* The bytes from one stamp's end to the next one's begin. */
static bool data_right(const struct stamp *s, const void *buf,
		       const struct stamp_places *p, uint64_t *at)
{
	uint64_t seed = seed_of(s), begin = 0, next = first_place(p), end, len;

	while (begin < p->len) {
		end = stamp_room(p, next) ? next : p->len;
		len = pattern_check((const char *)buf + begin, end - begin,
				    seed, s->offset + begin);
		if (len < end - begin) {
			*at = s->offset + begin + len;
			return false;
		}
		begin = end + stamp_room(p, next);
		next += p->stride;
	}
	return true;
}

enum stamp_result stamp_check(const struct stamp *s, const void *buf,
			      const struct stamp_places *p, bool data,
			      uint64_t *at, struct stamp *found)
{
	uint64_t into;

	for (into = first_place(p); stamp_room(p, into); into += p->stride) {
		struct stamp piece = stamp_at(s, into);

		if (!memcmp((const char *)buf + into, &piece, sizeof(piece)))
			continue;
		*at = s->offset + into;
		memcpy(found, (const char *)buf + into, sizeof(*found));
		return STAMP_WRONG;
	}
	if (data && !data_right(s, buf, p, at))
		return STAMP_DATA_WRONG;
	return STAMP_RIGHT;
}
