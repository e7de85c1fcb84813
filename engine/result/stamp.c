#include <string.h>

#include "engine/result/pattern.h"
#include "engine/result/stamp.h"
#include "trace/base/hash.h"
#include "trace/source/source.h"

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

/* Returns the seed from which all bytes of a slot's content are made. */
static uint64_t seed_of(const struct stamp *s)
{
	return stamp_make(s->run, s->hash_id, s->generation, 0).checksum;
}

/* Returns where the last stamp begins that is not behind the first byte of the
 * I/O. */
static uint64_t first_place(const struct stamp_places *p)
{
	return p->offset - p->offset % p->stride;
}

/* Returns how many bytes the stamp at @at of the object has: 0 where there is
 * no room for it. */
static uint64_t stamp_room(const struct stamp_places *p, uint64_t at)
{
	return at + sizeof(struct stamp) <= p->end ? sizeof(struct stamp) : 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Returns how many bytes of the stamp at @at the I/O has. *@from is where they
 * begin in the object. */
static uint64_t stamp_bytes(const struct stamp_places *p, uint64_t at,
			    uint64_t *from)
{
	uint64_t end = least(at + stamp_room(p, at), p->offset + p->len);

	*from = at < p->offset ? p->offset : at;
	return end > *from ? end - *from : 0;
}

void stamp_write(const struct stamp *s, void *buf, const struct stamp_places *p,
		 bool data)
{
	uint64_t at, from, len;

	if (data)
		pattern_fill(buf, p->len, seed_of(s), s->offset);
	for (at = first_place(p); at < p->offset + p->len; at += p->stride) {
		struct stamp piece;

		len = stamp_bytes(p, at, &from);
		if (!len)
			continue;
		piece = stamp_at(s, at - p->offset);
		memcpy((char *)buf + (from - p->offset),
		       (const char *)&piece + (from - at), len);
	}
}

/* Are the bytes between the stamps right? If not, *@where is the offset of the
 * first wrong one in the slot. */
static bool data_right(const struct stamp *s, const void *buf,
		       const struct stamp_places *p, uint64_t *where)
{
	uint64_t at, begin, end, len, io_end = p->offset + p->len;

	for (at = first_place(p); at < io_end; at += p->stride) {
		begin = at + stamp_room(p, at);
		begin = begin < p->offset ? p->offset : begin;
		end = least(at + p->stride, io_end);
		if (begin >= end)
			continue;
		begin -= p->offset;
		end -= p->offset;
		len = pattern_check((const char *)buf + begin, end - begin,
				    seed_of(s), s->offset + begin);
		if (len == end - begin)
			continue;
		*where = s->offset + begin + len;
		return false;
	}
	return true;
}

enum stamp_result stamp_check(const struct stamp *s, const void *buf,
			      const struct stamp_places *p, bool data,
			      uint64_t *where, struct stamp *found)
{
	uint64_t at, from, len;

	for (at = first_place(p); at < p->offset + p->len; at += p->stride) {
		struct stamp piece;
		const char *read;

		len = stamp_bytes(p, at, &from);
		if (!len)
			continue;
		piece = stamp_at(s, at - p->offset);
		read = (const char *)buf + (from - p->offset);
		if (!memcmp(read, (const char *)&piece + (from - at), len))
			continue;
		*where = s->offset + (from - p->offset);
		*found = (struct stamp){ 0 };
		memcpy(found, read, len);
		return STAMP_WRONG;
	}
	if (data && !data_right(s, buf, p, where))
		return STAMP_DATA_WRONG;
	return STAMP_RIGHT;
}
