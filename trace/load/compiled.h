/*
 * A compiled trace: what loading made of a trace, in a file that is mapped
 * instead of being read. It takes 4 bytes a lookup and 20 a request, and 24
 * more a request with sessions, which is 4 to 5 bytes a lookup for traces as
 * they are:
 *
 *	struct compiled_header	counts, and the options it was made with
 *	lookups			uint32_t each, as in struct trace
 *	requests		struct trace_request each
 *	turns			struct trace_turn each, if there are sessions
 *
 * Each part begins at a multiple of 8 bytes; what lies between is 0. Numbers
 * are in the byte order of the machine that compiled. Hash ids are gone: two
 * blocks that differ are told apart by their numbers.
 */
#ifndef MOONCAKE_COMPILED_H
#define MOONCAKE_COMPILED_H

#include "trace/load/trace.h"

#define COMPILED_VERSION 2
#define COMPILED_ORDER 0x01020304

/* Of a file of another version only the first three members are looked at. */
struct compiled_header {
	char magic[8]; /* COMPILED_MAGIC */
	uint32_t order;
	uint32_t version;
	uint64_t checksum; /* of everything behind it: compiled_checksum() */
	uint64_t bytes;	   /* of the whole file */
	uint64_t nr_lookups;
	uint32_t nr_requests;
	uint32_t nr_blocks;
	uint32_t nr_sessions; /* 0: no turns */
	uint32_t nr_users;
	uint64_t bad_lines;
	/* struct trace_options, as far as they decide what is here */
	uint64_t max_requests;
	uint32_t block_tokens;
	uint32_t unit;
	uint32_t partial;
	uint32_t skips_bad_lines;
	uint32_t session_rows;
	uint32_t sessions;
	uint32_t shard;
	uint32_t shards;
	uint32_t untimed;
	uint32_t reserved; /* 0 */
	char source[256];  /* its end, if it is longer; for people */
	char remark[TRACE_REMARK_MAX];
};

#define COMPILED_MAGIC "MCtrace" /* and its NUL */

/* Where the parts of a file begin, in bytes. */
struct compiled_parts {
	uint64_t requests;
	uint64_t turns;
	uint64_t end;
};

struct compiled_parts compiled_parts(const struct compiled_header *h);

/* The checksum covers the bytes from here on: all that lie behind it. */
#define COMPILED_CHECKED_FROM (offsetof(struct compiled_header, checksum) + 8)

/* Returns the checksum of @bytes bytes. It goes by words of 8; the last one is
 * filled up with 0. */
uint64_t compiled_checksum(const void *data, size_t bytes);

/* Is the file at @path a compiled trace? Only a regular file is looked into. */
bool compiled_recognise(const char *path);

/*
 * Maps the compiled trace @o->source, whose options must be those that it was
 * made with; max_requests= alone may be less, where there are no sessions. All
 * of the trace stays in the mapping until trace_free(), and its hash_ids are
 * none. Returns 0, or -1 with @err filled.
 */
int compiled_load(struct trace *t, const struct trace_options *o,
		  struct error *err);

/* Writes the trace that was loaded with @o as the file @path. It has another
 * name until it is whole. Returns 0, or -1 with @err filled. */
int compiled_write(const struct trace *t, const struct trace_options *o,
		   const char *path, struct error *err);

#endif
