#include <stdlib.h>

#include "trace/report/report.h"
#include "trace/report/table.h"

/* The capacities that are printed. */
struct points {
	const struct report *report;
	const struct curve *curve;
	uint32_t *slots;
	size_t nr;
};

static const char *const names[] = {
	"capacity", "capacity_bytes", "hits", "hit_rate", "skipped", "writes",
};

#define NR_NAMES (sizeof(names) / sizeof(*names))

static const char *point_column(size_t column)
{
	return names[column];
}

static struct value point_value(const void *of, size_t row, size_t column)
{
	const struct points *p = of;
	const struct curve *c = p->curve;
	uint32_t slots = p->slots[row];

	switch (column) {
	case 0:
		return value_count(slots);
	case 1:
		return value_bytes(slots * p->report->shape->slot_bytes);
	case 2:
		return value_count(c->hits[slots]);
	case 3:
		return value_share(
			c->lookups ? (double)c->hits[slots] / c->lookups : 0);
	case 4:
		return value_count(c->cached[slots] - c->hits[slots]);
	default:
		return value_count(curve_writes(c, slots));
	}
}

/* Is it one of 1, 2, 5, 10, 20, 50 and so on? */
static bool is_round(uint32_t slots)
{
	while (slots % 10 == 0)
		slots /= 10;
	return slots == 1 || slots == 2 || slots == 5;
}

static bool changes(const struct curve *c, uint32_t slots)
{
	return c->hits[slots] != c->hits[slots - 1] ||
	       c->cached[slots] != c->cached[slots - 1];
}

/* Chooses the capacities to print: as text a few round ones, as CSV and JSON
 * all where the curve rises. */
static int choose_points(struct points *p, struct error *err)
{
	const struct curve *c = p->curve;
	const struct arguments *a = p->report->arguments;
	bool all = a->csv || a->json;

	p->slots = malloc((c->max_slots + UINT64_C(1)) * sizeof(*p->slots));
	if (!p->slots)
		return fail(err,
			    "not enough memory to print the curve: cut the trace with --max-requests");
	for (uint32_t slots = 1; slots <= c->max_slots; slots++)
		if (slots == c->max_slots || slots == 1 ||
		    (all ? changes(c, slots) : is_round(slots)))
			p->slots[p->nr++] = slots;
	return 0;
}

int report_curve(FILE *out, const struct report *r, const struct curve *c,
		 struct error *err)
{
	struct points p = { .report = r, .curve = c };
	struct table t = { 0, NR_NAMES, point_column, point_value, &p };

	if (choose_points(&p, err))
		return -1;
	t.rows = p.nr;
	table_print(out, &t, r->arguments->json, r->arguments->csv);
	free(p.slots);
	return 0;
}
