#include <inttypes.h>
#include <stdlib.h>

#include "trace/base/hash.h"
#include "trace/load/builder.h"

#define TABLE_MIN 4096
#define PREFETCH 8 /* lookups ahead: about a miss of the CPU cache */

void builder_init(struct builder *b, struct trace *t,
		  const struct trace_options *o,
		  const struct trace_limits *limits, struct error *err)
{
	*b = (struct builder){ .t = t, .o = o, .limits = limits, .err = err };
}

void builder_free(struct builder *b)
{
	free(b->table);
}

static int no_memory(struct builder *b)
{
	return fail_at(b->err, b->o->source, 0,
		       "out of memory at "
		       "request %" PRIu64 "; cut the trace with "
		       "max_requests=",
		       (uint64_t)b->t->nr_requests + 1);
}

static int too_many(struct builder *b, const char *what, uint64_t limit)
{
	return fail_at(b->err, b->o->source, 0,
		       "the trace has more than "
		       "%" PRIu64 " %s, the most there is room for; cut "
		       "it with max_requests=%" PRIu32,
		       limit, what, b->t->nr_requests);
}

/* The array with room for @need items, or NULL and the old one is kept. */
static void *grow(void *array, uint64_t *room, uint64_t need, size_t item)
{
	uint64_t more = *room ? *room : 1024;

	if (array && need <= *room)
		return array;
	while (more < need)
		more *= 2;
	array = realloc(array, more * item);
	if (array)
		*room = more;
	return array;
}

static int room_for_row(struct builder *b, const struct trace_row *row)
{
	struct trace *t = b->t;
	uint64_t lookups = t->nr_lookups + row->nr_hash_ids;
	struct trace_request *requests;
	uint32_t *numbers;

	if (t->nr_requests >= b->limits->requests)
		return too_many(b, "requests", b->limits->requests);
	if (lookups > b->limits->lookups)
		return too_many(b, "lookups", b->limits->lookups);
	requests = grow(t->requests, &b->max_requests, t->nr_requests + 1ull,
			sizeof(*requests));
	if (!requests)
		return no_memory(b);
	t->requests = requests;
	numbers = grow(t->lookups, &b->max_lookups, lookups, sizeof(*numbers));
	if (!numbers)
		return no_memory(b);
	t->lookups = numbers;
	return 0;
}

static uint64_t first_place(const struct builder *b, uint64_t id)
{
	return hash64(id) & (b->table_size - 1);
}

/* The place in the table of an id, or the free place where it belongs. */
static uint32_t *table_find(struct builder *b, uint64_t id)
{
	uint64_t i = first_place(b, id);

	while (b->table[i] && b->t->hash_ids[b->table[i] - 1] != id)
		i = (i + 1) & (b->table_size - 1);
	return &b->table[i];
}

static int table_grow(struct builder *b)
{
	uint64_t size = b->table_size ? b->table_size * 2 : TABLE_MIN;
	uint32_t *table = calloc(size, sizeof(*table));
	uint32_t i;

	if (!table)
		return no_memory(b);
	free(b->table);
	b->table = table;
	b->table_size = size;
	for (i = 0; i < b->t->nr_blocks; i++)
		*table_find(b, b->t->hash_ids[i]) = i + 1;
	return 0;
}

static int add_block(struct builder *b, uint64_t id, uint32_t *place)
{
	struct trace *t = b->t;
	uint64_t *hash_ids;

	if (t->nr_blocks >= b->limits->blocks)
		return too_many(b, "blocks", b->limits->blocks);
	hash_ids = grow(t->hash_ids, &b->max_blocks, t->nr_blocks + 1ull,
			sizeof(*hash_ids));
	if (!hash_ids)
		return no_memory(b);
	t->hash_ids = hash_ids;
	hash_ids[t->nr_blocks++] = id;
	*place = t->nr_blocks;
	if (t->nr_blocks * 2ull < b->table_size)
		return 0;
	return table_grow(b);
}

static void prefetch(const struct builder *b, const struct trace_row *row,
		     size_t i)
{
	if (i < row->nr_hash_ids)
		__builtin_prefetch(&b->table[first_place(b, row->hash_ids[i])]);
}

static int add_lookups(struct builder *b, const struct trace_row *row)
{
	uint32_t *to = b->t->lookups + b->t->nr_lookups;
	uint32_t *place, block;
	size_t i;

	for (i = 0; i < row->nr_hash_ids; i++) {
		prefetch(b, row, i + PREFETCH);
		place = table_find(b, row->hash_ids[i]);
		block = *place ? *place - 1 : b->t->nr_blocks;
		if (!*place && add_block(b, row->hash_ids[i], place))
			return -1;
		to[i] = block;
	}
	return 0;
}

int builder_add(void *arg, const struct trace_row *row)
{
	struct builder *b = arg;
	struct trace *t = b->t;

	if (room_for_row(b, row) || (!b->table && table_grow(b)) ||
	    add_lookups(b, row))
		return -1;
	if (!t->nr_requests)
		b->first_ns = row->timestamp_ns;
	t->requests[t->nr_requests++] = (struct trace_request){
		.arrival_ns = row->timestamp_ns - b->first_ns,
		.first_lookup = t->nr_lookups,
		.nr_lookups = row->nr_hash_ids,
		.input_length = row->input_length,
		.output_length = row->output_length,
	};
	t->nr_lookups += row->nr_hash_ids;
	return t->nr_requests == b->o->max_requests;
}
