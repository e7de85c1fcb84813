/*
 * Files of reference figures: comma-separated, names in the first line.
 */
#ifndef MOONCAKE_REFERENCE_ROWS_H
#define MOONCAKE_REFERENCE_ROWS_H

#include <stdlib.h>

#include "trace/plan/plan.h"
#include "unit.h"

#define REFERENCE	"../shared/reference/"
#define COLUMNS		16

/* A row of a file, by the names in its first line. */
struct row {
	char head[256], line[256];
	char *names[COLUMNS], *values[COLUMNS];
	int nr;
};

static int split(char *line, char **parts)
{
	int nr = 0;

	line[strcspn(line, "\r\n")] = '\0';
	while (line && nr < COLUMNS)
		parts[nr++] = strsep(&line, ",");
	return nr;
}

static const char *get(const struct row *row, const char *name)
{
	for (int i = 0; i < row->nr; i++)
		if (!strcmp(row->names[i], name))
			return row->values[i];
	return NULL;
}

static void same(const struct row *row, const char *name, uint64_t value)
{
	const char *expected = get(row, name);

	if (expected)
		CHECK_EQ(value, strtoull(expected, NULL, 10));
}

static void same_counts(const struct row *row, const struct plan_stats *st)
{
	same(row, "lookups", st->lookups);
	same(row, "hits", st->hits);
	same(row, "reads", st->hits);
	same(row, "memory_hits", st->memory_hits);
	same(row, "misses", st->misses);
	same(row, "writes", st->writes);
	same(row, "skipped", st->skipped);
	same(row, "evictions", st->evictions);
	same(row, "unadmitted", st->unadmitted);
}

/* Plans a pass over the trace, whose counts must be those of the row. */
static void same_as_planned(const struct row *row, const struct trace *t,
			    const struct plan_options *o)
{
	struct error err;
	struct planner *pl = planner_create(t, o, &mem_private, &err);
	struct plan_stats st;

	CHECK(pl);
	if (!pl)
		return;
	planner_pass(pl, NULL, &st);
	planner_free(pl);
	same_counts(row, &st);
}

/* Calls @check for each row of the file, of which there must be @rows. */
static void each_row(const char *path,
		     void (*check)(const struct row *row, const void *arg),
		     const void *arg, int rows)
{
	FILE *file = fopen(path, "r");
	struct row row;
	int nr = 0;

	CHECK(file && fgets(row.head, sizeof(row.head), file));
	if (unit_why[0])
		return;
	row.nr = split(row.head, row.names);
	while (fgets(row.line, sizeof(row.line), file)) {
		CHECK_EQ(split(row.line, row.values), row.nr);
		check(&row, arg);
		nr++;
	}
	CHECK_EQ(nr, rows);
	fclose(file);
}

#endif
