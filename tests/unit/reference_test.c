/*
 * Every row of the reference figures of the conversation trace. Without them
 * there is nothing to test.
 */
#include <stdlib.h>
#include <unistd.h>

#include "trace/base/choice.h"
#include "trace/plan/plan.h"
#include "unit.h"

#define TRACE		"../shared/traces/conversation_trace.jsonl"
#define REFERENCE	"../shared/reference/"
#define COLUMNS		16

/* A row of a file, by the names in its first line. */
struct row {
	char head[256], line[256];
	char *names[COLUMNS], *values[COLUMNS];
	int nr;
};

static struct trace whole, without_partial;
static struct error err;

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

static void options_of(struct plan_options *o, const struct row *row)
{
	const char *slots = get(row, "capacity_slots");
	const char *memory = get(row, "memory_blocks");

	o->lookup = choice_find(choice_lookup, get(row, "lookup"))->value;
	if (get(row, "eviction"))
		o->eviction = policy_find(get(row, "eviction"));
	if (get(row, "offload"))
		o->offload = choice_find(choice_offload,
					 get(row, "offload"))->value;
	if (memory)
		o->memory_blocks = strtoull(memory, NULL, 10);
	if (strcmp(slots, "unbounded"))
		o->slots = strtoull(slots, NULL, 10);
	if (get(row, "evict_high")) {
		o->evict.high = strtoul(get(row, "evict_high"), NULL, 10);
		o->evict.low = strtoul(get(row, "evict_low"), NULL, 10);
		o->bucket_blocks = strtoul(get(row, "bucket_blocks"), NULL, 10);
	}
}

/* The layouts that a row holds for: buckets of so many blocks, or both others. */
static void layouts_of(const struct plan_options *o, const struct row *row,
		       enum plan_layout *first, enum plan_layout *last)
{
	bool buckets = get(row, "bucket_blocks") && o->bucket_blocks;

	*first = buckets ? PLAN_LAYOUT_BUCKETS : PLAN_LAYOUT_SLOTS;
	*last = buckets ? PLAN_LAYOUT_BUCKETS : PLAN_LAYOUT_FILES;
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

static void check_row(const struct row *row, const struct trace *t,
		      uint32_t admit)
{
	enum plan_layout first, last;
	struct plan_options o;
	struct plan_stats st;
	struct planner *pl;

	plan_options_init(&o);
	o.admit = admit;
	options_of(&o, row);
	layouts_of(&o, row, &first, &last);
	for (o.layout = first; o.layout <= last; o.layout++) {
		pl = planner_create(t, &o, &mem_private, &err);
		CHECK(pl);
		if (!pl)
			return;
		planner_pass(pl, NULL, &st);
		planner_free(pl);
		same_counts(row, &st);
	}
}

static void check_file(const char *path, const struct trace *t, uint32_t admit,
		       int rows)
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
		check_row(&row, t, admit);
		nr++;
	}
	CHECK_EQ(nr, rows);
	fclose(file);
}

static void conversation_cache(void)
{
	check_file(REFERENCE "conversation_cache.csv", &whole, 1, 56);
}

static void conversation_admit2(void)
{
	check_file(REFERENCE "conversation_admit2.csv", &whole, 2, 8);
}

static void conversation_partial_skip(void)
{
	check_file(REFERENCE "conversation_partial_skip.csv",
		   &without_partial, 1, 4);
}

static void conversation_tiers(void)
{
	check_file(REFERENCE "conversation_tiers.csv", &whole, 1, 24);
}

static void conversation_buckets(void)
{
	check_file(REFERENCE "conversation_buckets.csv", &whole, 1, 32);
}

static void conversation_watermarks(void)
{
	check_file(REFERENCE "conversation_watermarks.csv", &whole, 1, 24);
}

static void load(void)
{
	struct trace_options o;

	trace_options_init(&o);
	o.source = TRACE;
	CHECK_EQ(trace_load(&whole, &o, &err), 0);
	o.partial = TRACE_PARTIAL_SKIP;
	CHECK_EQ(trace_load(&without_partial, &o, &err), 0);
}

int main(void)
{
	if (access(REFERENCE "conversation_cache.csv", R_OK) ||
	    access(TRACE, R_OK)) {
		puts("skip - reference: no " REFERENCE " or " TRACE);
		return 0;
	}
	RUN(load);
	if (!unit_failed) {
		RUN(conversation_cache);
		RUN(conversation_admit2);
		RUN(conversation_partial_skip);
		RUN(conversation_tiers);
		RUN(conversation_buckets);
		RUN(conversation_watermarks);
	}
	trace_free(&whole);
	trace_free(&without_partial);
	UNIT_END();
}
