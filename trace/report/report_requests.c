#include <stdlib.h>

#include "trace/report/report.h"
#include "trace/report/table.h"

struct rows {
	const struct trace *trace;
	struct plan_stats *requests; /* of each request alone */
};

static const char *const names[] = {
	"request",     "arrival_ms", "lookups", "hits",
	"memory_hits", "skipped",    "writes",	"evictions",
};

#define NR_NAMES (sizeof(names) / sizeof(*names))

static const char *request_column(size_t column)
{
	return names[column];
}

static struct value request_value(const void *of, size_t row, size_t column)
{
	const struct rows *rows = of;
	const struct plan_stats *st = &rows->requests[row];
	const uint64_t counts[NR_NAMES] = {
		row,
		0,
		st->lookups,
		st->hits,
		st->memory_hits,
		st->skipped,
		st->writes,
		st->evictions,
	};

	if (column == 1)
		return value_real(rows->trace->requests[row].arrival_ns / 1e6);
	return value_count(counts[column]);
}

static int count(struct rows *rows, const struct plan_options *o,
		 struct error *err)
{
	const struct trace *t = rows->trace;
	struct planner *pl = planner_create(t, o, &mem_private, err);

	if (!pl)
		return -1;
	rows->requests =
		calloc(t->nr_requests + UINT64_C(1), sizeof(*rows->requests));
	if (!rows->requests) {
		planner_free(pl);
		return fail(err,
			    "not enough memory for a row a request: cut the trace with --max-requests");
	}
	for (uint32_t r = 0; r < t->nr_requests; r++)
		planner_count(pl, r, &rows->requests[r]);
	planner_free(pl);
	return 0;
}

int report_requests(FILE *out, const struct report *r, const struct sweep *s,
		    struct error *err)
{
	struct rows rows = { .trace = r->trace };
	struct table t = { r->trace->nr_requests, NR_NAMES, request_column,
			   request_value, &rows };
	struct plan_options o;

	if (s->nr != 1)
		return fail(err,
			    "--requests is of one cache: give one value instead of a list");
	o = run_plan_options(s->runs, r->arguments, r->shape);
	if (count(&rows, &o, err))
		return -1;
	table_print(out, &t, r->arguments->json, r->arguments->csv);
	free(rows.requests);
	return 0;
}
