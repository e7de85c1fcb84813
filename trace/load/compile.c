#define _GNU_SOURCE /* mkostemp */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/load/compiled.h"

static void fill_options(struct compiled_header *h,
			 const struct trace_options *o)
{
	size_t len = strlen(o->source), max = sizeof(h->source) - 1;

	h->max_requests = o->max_requests;
	h->block_tokens = o->block_tokens;
	h->unit = o->unit;
	h->partial = o->partial;
	h->skips_bad_lines = o->bad_lines;
	h->session_rows = o->session_rows;
	h->sessions = o->sessions;
	h->shard = o->shard;
	h->shards = o->shards;
	h->untimed = o->untimed;
	snprintf(h->source, sizeof(h->source), "%s",
		 o->source + (len > max ? len - max : 0));
}

static void fill_header(struct compiled_header *h, const struct trace *t,
			const struct trace_options *o)
{
	*h = (struct compiled_header){
		.order = COMPILED_ORDER,
		.version = COMPILED_VERSION,
		.nr_lookups = t->nr_lookups,
		.nr_requests = t->nr_requests,
		.nr_blocks = t->nr_blocks,
		.nr_sessions = t->nr_sessions,
		.nr_users = t->nr_users,
		.bad_lines = t->bad_lines,
	};
	memcpy(h->magic, COMPILED_MAGIC, sizeof(h->magic));
	snprintf(h->remark, sizeof(h->remark), "%s", t->remark);
	fill_options(h, o);
	h->bytes = compiled_parts(h).end;
}

/* Copies turns member by member, so that what lies between stays 0. */
static void fill_turns(struct trace_turn *to, const struct trace *t)
{
	for (uint32_t i = 0; i < t->nr_requests; i++) {
		to[i].session = t->turns[i].session;
		to[i].user = t->turns[i].user;
		to[i].before = t->turns[i].before;
		to[i].delay_ns = t->turns[i].delay_ns;
	}
}

/* Fills the file, which is all 0 so far. */
static void fill(char *map, const struct compiled_header *h,
		 const struct trace *t)
{
	struct compiled_parts parts = compiled_parts(h);
	struct compiled_header *header = (struct compiled_header *)map;

	memcpy(map, h, sizeof(*h));
	memcpy(map + sizeof(*h), t->lookups,
	       t->nr_lookups * sizeof(*t->lookups));
	memcpy(map + parts.requests, t->requests,
	       t->nr_requests * sizeof(*t->requests));
	if (t->turns && h->nr_sessions)
		fill_turns((struct trace_turn *)(map + parts.turns), t);
	header->checksum = compiled_checksum(map + COMPILED_CHECKED_FROM,
					     h->bytes - COMPILED_CHECKED_FROM);
}

/* Reserves the space first, since writing to a mapping can't report a full
 * disk. */
static int fill_file(int fd, const struct compiled_header *h,
		     const struct trace *t)
{
	int failed = posix_fallocate(fd, 0, h->bytes);
	char *map;

	if (failed) {
		errno = failed;
		return -1;
	}
	map = mmap(NULL, h->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		return -1;
	fill(map, h, t);
	failed = msync(map, h->bytes, MS_SYNC);
	munmap(map, h->bytes);
	return failed;
}

static int write_file(int fd, const struct compiled_header *h,
		      const struct trace *t, const char *part, const char *path)
{
	mode_t mask = umask(0);
	int ret;

	umask(mask);
	ret = fill_file(fd, h, t);
	if (!ret)
		ret = fchmod(fd, 0666 & ~mask);
	if (close(fd))
		ret = -1;
	return ret ? ret : rename(part, path);
}

/* May the file be replaced? A misspelled name must not cost a trace or a
 * device. */
static bool may_replace(const char *path)
{
	struct stat st;

	return stat(path, &st) || compiled_recognise(path) ||
	       (S_ISREG(st.st_mode) && !st.st_size);
}

int compiled_write(const struct trace *t, const struct trace_options *o,
		   const char *path, struct error *err)
{
	struct compiled_header h;
	char *part;
	int fd, ret = -1;

	if (!may_replace(path))
		return fail(err,
			    "--output=%s: this is there, and no compiled trace; remove it, or give another name",
			    path);
	fill_header(&h, t, o);
	part = malloc(strlen(path) + sizeof(".XXXXXX"));
	if (!part)
		return fail(err, "--output=%s: out of memory", path);
	sprintf(part, "%s.XXXXXX", path);
	fd = mkostemp(part, O_CLOEXEC);
	if (fd >= 0)
		ret = write_file(fd, &h, t, part, path);
	if (ret) {
		fail(err, "--output=%s: %s", path, strerror(errno));
		if (fd >= 0)
			unlink(part);
	}
	free(part);
	return ret;
}
