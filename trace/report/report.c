#include <inttypes.h>
#include <string.h>

#include "trace/base/span.h"
#include "trace/plan/plan_json.h"
#include "trace/report/report.h"
#include "trace/report/table.h"

#define DAY_NS 86400e9

/* A row of the table, and what its values are made from. */
struct row {
	const struct report *report;
	const struct run *run;
};

static uint64_t written(const struct row *row)
{
	return row->run->stats.writes * row->report->shape->slot_bytes;
}

static struct value capacity(const struct row *row)
{
	if (row->run->what.slots == ARGUMENTS_UNBOUNDED)
		return value_text("unbounded");
	return value_count(row->run->what.slots);
}

static struct value capacity_bytes(const struct row *row)
{
	if (row->run->what.slots == ARGUMENTS_UNBOUNDED)
		return (struct value){ 0 };
	return value_bytes(row->run->what.slots *
			   row->report->shape->slot_bytes);
}

static struct value unbounded_hit_rate(const struct row *row)
{
	if (!row->report->arguments->reach)
		return (struct value){ 0 };
	return value_share(row->run->unbounded_hit_rate);
}

/* Returns how often a block is written on average. */
static struct value write_amplification(const struct row *row)
{
	const struct plan_stats *st = &row->run->stats;

	if (!st->unique_blocks)
		return (struct value){ 0 };
	return value_real((double)st->writes / st->unique_blocks);
}

static struct plan_options options(const struct row *row)
{
	return run_plan_options(row->run, row->report->arguments,
				row->report->shape);
}

static struct value files_created(const struct row *row)
{
	const struct plan_options o = options(row);

	return value_count(
		plan_files_created(&row->run->stats, row->report->shape, &o));
}

static struct value files_unlinked(const struct row *row)
{
	const struct plan_options o = options(row);

	return value_count(
		plan_files_unlinked(&row->run->stats, row->report->shape, &o));
}

static struct value buckets(const struct row *row)
{
	const struct plan_options o = options(row);

	if (o.layout != PLAN_LAYOUT_BUCKETS)
		return (struct value){ 0 };
	return value_count(plan_buckets(row->report->trace, &o));
}

/* Returns how many bytes are written for each byte of the blocks that storage
 * holds at the end. */
static struct value bucket_write_amplification(const struct row *row)
{
	uint64_t held = row->run->stats.blocks_held;

	if (row->report->arguments->settings.plan.layout !=
		    PLAN_LAYOUT_BUCKETS ||
	    !held)
		return (struct value){ 0 };
	return value_real((double)written(row) / held /
			  row->report->shape->block_bytes);
}

static struct value written_a_day(const struct row *row, double unit)
{
	uint64_t span = row->run->stats.span_ns;

	if (!span || !unit)
		return (struct value){ 0 };
	return value_real(written(row) * (DAY_NS / span) / unit);
}

static struct value terabytes_a_day(const struct row *row)
{
	return written_a_day(row, 1e12);
}

static struct value drive_writes_a_day(const struct row *row)
{
	return written_a_day(row, row->report->arguments->drive_bytes);
}

static struct value eviction(const struct row *row)
{
	return value_text(row->run->what.eviction->name);
}

static struct value admit(const struct row *row)
{
	return value_count(row->run->what.admit);
}

static struct value memory_size(const struct row *row)
{
	return value_bytes(row->run->what.memory_size);
}

static struct value hit_rate(const struct row *row)
{
	return value_share(plan_hit_rate(&row->run->stats));
}

static struct value block_bytes(const struct row *row)
{
	return value_bytes(row->report->shape->block_bytes);
}

static struct value slot_bytes(const struct row *row)
{
	return value_bytes(row->report->shape->slot_bytes);
}

static struct value read_bytes(const struct row *row)
{
	return value_bytes(row->run->stats.hits *
			   row->report->shape->slot_bytes);
}

static struct value write_bytes(const struct row *row)
{
	return value_bytes(written(row));
}

static struct value span_ms(const struct row *row)
{
	return value_real(row->run->stats.span_ns / 1e6);
}

static struct value bad_lines(const struct row *row)
{
	return value_count(row->report->trace->bad_lines);
}

/* A figure, which a function computes, or a counter of the statistics. */
struct column {
	const char *name;
	struct value (*get)(const struct row *row);
	size_t counter;
};

#define COUNTER(member) \
	{ \
#member, NULL, offsetof(struct plan_stats, member) \
	}
#define FIGURE(name) \
	{ \
#name, name, 0 \
	}

/* The rows of a sweep have only the first ROW_COLUMNS, which it is read for. */
static const struct column columns[] = {
	FIGURE(eviction),
	FIGURE(admit),
	FIGURE(memory_size),
	FIGURE(capacity),
	FIGURE(capacity_bytes),
	FIGURE(hit_rate),
	FIGURE(unbounded_hit_rate),
	COUNTER(hits),
	COUNTER(memory_hits),
	COUNTER(writes),
	FIGURE(read_bytes),
	FIGURE(write_bytes),
	FIGURE(write_amplification),
	{ "terabytes_written_a_day", terabytes_a_day, 0 },
	FIGURE(drive_writes_a_day),
	COUNTER(requests),
	COUNTER(lookups),
	COUNTER(misses),
	COUNTER(skipped),
	COUNTER(evictions),
	COUNTER(unadmitted),
	FIGURE(files_created),
	FIGURE(files_unlinked),
	FIGURE(buckets),
	COUNTER(blocks_held),
	FIGURE(bucket_write_amplification),
	COUNTER(probes),
	COUNTER(trims),
	COUNTER(requests_with_hits),
	COUNTER(requests_with_hits_beyond_first),
	COUNTER(requests_with_reads),
	COUNTER(requests_with_writes),
	COUNTER(hottest_block_hits),
	COUNTER(unique_blocks),
	COUNTER(slots_used),
	COUNTER(slots_rewritten),
	FIGURE(block_bytes),
	FIGURE(slot_bytes),
	COUNTER(input_tokens),
	COUNTER(output_tokens),
	FIGURE(span_ms),
	FIGURE(bad_lines),
};

#define NR_COLUMNS (sizeof(columns) / sizeof(*columns))
#define ROW_COLUMNS 15

struct runs {
	const struct report *report;
	const struct sweep *sweep;
};

static const char *run_column(size_t column)
{
	return columns[column].name;
}

static struct value run_value(const void *of, size_t nr, size_t column)
{
	const struct runs *runs = of;
	const struct row row = { runs->report, &runs->sweep->runs[nr] };
	const struct column *c = &columns[column];

	if (c->get)
		return c->get(&row);
	return value_count(*(const uint64_t *)((const char *)&row.run->stats +
					       c->counter));
}

/* Says what no row holds: how long the trace is, and who is in it. */
static void print_trace(FILE *out, const struct report *r)
{
	const struct trace *t = r->trace;
	const struct trace_options *o = &r->arguments->settings.trace;
	uint64_t span_ns = trace_span_ns(t);
	char span[SPAN_TEXT], sessions[TRACE_SESSIONS_TEXT];

	fprintf(out, "%s: %" PRIu32 " request%s", o->source, t->nr_requests,
		t->nr_requests == 1 ? "" : "s");
	span_text(span, span_ns);
	if (span_ns || !o->untimed)
		fprintf(out, " over %s", span);
	trace_sessions_text(sessions, t);
	fprintf(out, "%s%s\n\n", *sessions ? ", " : "", sessions);
}

static void print_runs(FILE *out, const struct report *r, const struct sweep *s)
{
	const struct runs runs = { r, s };
	struct table t = { s->nr, NR_COLUMNS, run_column, run_value, &runs };

	if (r->arguments->csv) {
		table_csv(out, &t);
	} else if (s->nr == 1) {
		if (!r->arguments->job_path)
			print_trace(out, r);
		table_list(out, &t, 0);
	} else {
		t.columns = ROW_COLUMNS;
		table_text(out, &t);
	}
}

static int print_json(FILE *out, struct json_object *obj, struct error *err)
{
	const char *text =
		obj ? json_object_to_json_string_ext(obj,
						     JSON_C_TO_STRING_PRETTY |
							     JSON_C_TO_STRING_SPACED |
							     JSON_C_TO_STRING_NOSLASHESCAPE) :
		      NULL;

	if (text)
		fprintf(out, "%s\n", text);
	json_object_put(obj);
	if (text)
		return 0;
	return fail(err, "not enough memory for the JSON output: try --csv");
}

static struct json_object *run_json(const struct report *r,
				    const struct run *run)
{
	struct json_object *options =
		arguments_json(r->arguments, r->shape, &run->what);
	struct plan_options o = run_plan_options(run, r->arguments, r->shape);
	struct json_object *obj =
		plan_json(r->trace, &run->stats, r->shape, &o, options);

	if (r->arguments->reach)
		json_object_object_add(obj, "unbounded_hit_rate",
				       json_object_new_double(
					       run->unbounded_hit_rate));
	return obj;
}

int report_runs(FILE *out, const struct report *r, const struct sweep *s,
		struct error *err)
{
	struct json_object *array;

	if (!r->arguments->json) {
		print_runs(out, r, s);
		return 0;
	}
	if (s->nr == 1)
		return print_json(out, run_json(r, &s->runs[0]), err);
	array = json_object_new_array();
	for (size_t i = 0; i < s->nr; i++)
		json_object_array_add(array, run_json(r, &s->runs[i]));
	return print_json(out, array, err);
}
