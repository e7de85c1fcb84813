#include <stdlib.h>
#include <string.h>

#include "trace/base/array.h"
#include "trace/base/hash.h"
#include "trace/session/sessions.h"

#define TABLE_MIN 1024

void sessions_forget_names(struct sessions *s)
{
	for (uint64_t i = 0; s->list && i < s->nr; i++)
		free(s->list[i].name);
	free(s->list);
	free(s->table);
	s->list = NULL;
	s->table = NULL;
}

void sessions_free(struct sessions *s)
{
	sessions_forget_names(s);
	free(s->rows);
	*s = (struct sessions){ 0 };
}

static uint64_t hash_name(const char *name, size_t len)
{
	uint64_t hash = len;

	for (size_t i = 0; i < len; i++)
		hash = hash64(hash ^ (unsigned char)name[i]) + i;
	return hash;
}

/* Returns the name's entry in the table, or the free one where it belongs. */
static uint32_t *place_of(const struct sessions *s, const char *name,
			  size_t len)
{
	uint64_t at = hash_name(name, len) & (s->table_size - 1);

	while (s->table[at]) {
		const struct session *found = &s->list[s->table[at] - 1];

		if (found->name_length == len &&
		    !memcmp(found->name, name, len))
			break;
		at = (at + 1) & (s->table_size - 1);
	}
	return &s->table[at];
}

static int grow_table(struct sessions *s)
{
	uint64_t size = s->table_size ? 2 * s->table_size : TABLE_MIN;
	uint32_t *table = calloc(size, sizeof(*table));

	if (!table)
		return -1;
	free(s->table);
	s->table = table;
	s->table_size = size;
	for (uint64_t i = 0; i < s->nr; i++)
		if (s->list[i].name)
			*place_of(s, s->list[i].name, s->list[i].name_length) =
				i + 1;
	return 0;
}

static uint32_t *find(const struct sessions *s, const struct trace_row *row)
{
	if (!row->session || !s->table)
		return NULL;
	return place_of(s, row->session, row->session_length);
}

uint32_t sessions_before(const struct sessions *s, const struct trace_row *row)
{
	const uint32_t *place = find(s, row);

	return place && *place ? s->list[*place - 1].latest : TRACE_NO_REQUEST;
}

/* Adds the session of a row. Returns 0, or -1 when there is no memory. */
static int add_session(struct sessions *s, const struct trace_row *row)
{
	struct session *new;

	new = array_grow(s->list, &s->max, s->nr + 1, sizeof(*new));
	if (!new)
		return -1;
	s->list = new;
	if (row->session && s->nr * 2 >= s->table_size && grow_table(s))
		return -1;
	new = &s->list[s->nr];
	*new = (struct session){ .name_length = row->session_length };
	if (row->session) {
		new->name = malloc(row->session_length + 1);
		if (!new->name)
			return -1;
		memcpy(new->name, row->session, row->session_length);
		*find(s, row) = s->nr + 1;
	}
	s->nr++;
	return 0;
}

int sessions_add(struct sessions *s, const struct trace_row *row,
		 struct session_row add)
{
	const uint32_t *place = find(s, row);
	struct session_row *rows;

	rows = array_grow(s->rows, &s->max_rows, s->nr_rows + 1, sizeof(*rows));
	if (!rows)
		return -1;
	s->rows = rows;
	add.before = TRACE_NO_REQUEST;
	if (place && *place) {
		add.session = *place - 1;
		add.before = s->list[add.session].latest;
	} else if (add_session(s, row)) {
		return -1;
	} else {
		add.session = s->nr - 1;
	}
	s->list[add.session].latest = s->nr_rows;
	s->rows[s->nr_rows++] = add;
	return 0;
}
