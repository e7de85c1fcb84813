#include <string.h>

#include "trace/base/hash.h"
#include "trace/source/source.h"

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

void stamp_write(const struct stamp *s, void *buf, uint64_t len,
		 uint64_t stride)
{
	uint64_t into;

	for (into = 0; into + sizeof(*s) <= len; into += stride) {
		struct stamp piece = stamp_at(s, into);

		memcpy((char *)buf + into, &piece, sizeof(piece));
	}
}

bool stamp_check(const struct stamp *s, const void *buf, uint64_t len,
		 uint64_t stride, uint64_t *at, struct stamp *found)
{
	uint64_t into;

	for (into = 0; into + sizeof(*s) <= len; into += stride) {
		struct stamp piece = stamp_at(s, into);

		if (!memcmp((const char *)buf + into, &piece, sizeof(piece)))
			continue;
		*at = s->offset + into;
		memcpy(found, (const char *)buf + into, sizeof(*found));
		return false;
	}
	return true;
}
