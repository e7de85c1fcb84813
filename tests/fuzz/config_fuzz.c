/*
 * Feeds bytes as a config.json through all that reads one, and holds the
 * result against what every model must be.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trace/model/model.h"
#include "trace/model/shape.h"

static void must(bool cond, const char *what)
{
	if (cond)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

static void check_model(const struct model *m)
{
	uint32_t parts = 0;
	char text[256];

	for (int kind = 0; kind < MODEL_PARTS; kind++) {
		const struct model_part *part = &m->parts[kind];

		if (!part->layers)
			continue;
		parts++;
		must(part->layers <= m->layers, "no more layers than there are");
		must(part->heads && part->k, "a part keeps something");
		must(part->every && !((part->k + part->v) % part->every),
		     "a token's share is whole");
	}
	must(parts, "something is kept");
	model_formula(m, text, sizeof(text));
	must(*text && *model_attention(m), "it can be told");
}

/* Sizes too large for a file are refused, and nothing else. */
static void check_shape(const char *path)
{
	struct error err = { "" };
	struct shape_options o;
	struct shape l;

	shape_options_init(&o);
	o.model = path;
	if (shape_resolve(&l, &o, &err))
		must(strstr(err.text, "2^64") || strstr(err.text, "any file"),
		     "a model has a size");
	else
		must(l.bytes_per_token && l.block_bytes <= l.slot_bytes,
		     "a block fits its slot");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static char path[32];
	struct error err = { "" };
	struct model m;

	if (fd < 0) {
		fd = memfd_create("config", 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (ftruncate(fd, 0) || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	if (model_from_config(&m, path, &err)) {
		must(!strncmp(err.text, "model=/proc", 11), "it is named");
		return 0;
	}
	check_model(&m);
	check_shape(path);
	return 0;
}
