#include <inttypes.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <string.h>

#include "trace/report/table.h"

#define CELL 160

static void human_bytes(char *cell, uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	double amount = bytes;
	int unit = -1;

	while (amount >= 1024 && units[unit + 1]) {
		amount /= 1024;
		unit++;
	}
	if (unit < 0)
		snprintf(cell, CELL, "%" PRIu64 " B", bytes);
	else
		snprintf(cell, CELL, "%.1f %ciB", amount, units[unit]);
}

static void human(char *cell, struct value v)
{
	switch (v.kind) {
	case VALUE_NONE:
		snprintf(cell, CELL, "-");
		break;
	case VALUE_TEXT:
		snprintf(cell, CELL, "%s", v.text);
		break;
	case VALUE_COUNT:
		snprintf(cell, CELL, "%" PRIu64, v.count);
		break;
	case VALUE_BYTES:
		human_bytes(cell, v.count);
		break;
	case VALUE_SHARE:
		snprintf(cell, CELL, "%.2f%%", 100 * v.real);
		break;
	case VALUE_REAL:
		snprintf(cell, CELL, "%.3f", v.real);
		break;
	}
}

static void raw_text(FILE *out, const char *text)
{
	if (!strpbrk(text, ",\"\n")) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static void raw(FILE *out, struct value v)
{
	switch (v.kind) {
	case VALUE_NONE:
		break;
	case VALUE_TEXT:
		raw_text(out, v.text);
		break;
	case VALUE_COUNT:
	case VALUE_BYTES:
		fprintf(out, "%" PRIu64, v.count);
		break;
	case VALUE_SHARE:
	case VALUE_REAL:
		fprintf(out, "%.10g", v.real);
		break;
	}
}

/* Returns the width of a column, or 0 where it applies to no row. As in
 * printf(), a negative width aligns to the left. */
static int width_of(const struct table *t, size_t column)
{
	size_t width = strlen(t->name(column));
	bool applies = false, text = true;
	char cell[CELL];

	for (size_t row = 0; row < t->rows; row++) {
		struct value v = t->get(t->of, row, column);

		human(cell, v);
		if (strlen(cell) > width)
			width = strlen(cell);
		applies |= v.kind != VALUE_NONE;
		text &= v.kind == VALUE_TEXT;
	}
	if (!applies)
		return 0;
	return text ? -(int)width : (int)width;
}

/* Prints a cell in its column's width. A line does not end in blanks. */
static void pad(FILE *out, const struct table *t, size_t column, int width,
		const char *cell)
{
	if (!width)
		return;
	if (column + 1 == t->columns && width < 0)
		width = 0;
	fprintf(out, "%s%*s", column ? "  " : "", width, cell);
}

void table_text(FILE *out, const struct table *t)
{
	int widths[t->columns];
	char cell[CELL];

	for (size_t c = 0; c < t->columns; c++) {
		widths[c] = width_of(t, c);
		pad(out, t, c, widths[c], t->name(c));
	}
	fputc('\n', out);
	for (size_t row = 0; row < t->rows; row++) {
		for (size_t c = 0; c < t->columns; c++) {
			human(cell, t->get(t->of, row, c));
			pad(out, t, c, widths[c], cell);
		}
		fputc('\n', out);
	}
}

void table_list(FILE *out, const struct table *t, size_t row)
{
	int width = 0;
	char cell[CELL];

	for (size_t c = 0; c < t->columns; c++)
		if ((int)strlen(t->name(c)) > width)
			width = strlen(t->name(c));
	for (size_t c = 0; c < t->columns; c++) {
		struct value v = t->get(t->of, row, c);

		human(cell, v);
		if (v.kind != VALUE_NONE)
			fprintf(out, "%-*s  %s\n", width, t->name(c), cell);
	}
}

void table_csv(FILE *out, const struct table *t)
{
	for (size_t c = 0; c < t->columns; c++)
		fprintf(out, "%s%s", c ? "," : "", t->name(c));
	fputc('\n', out);
	for (size_t row = 0; row < t->rows; row++) {
		for (size_t c = 0; c < t->columns; c++) {
			if (c)
				fputc(',', out);
			raw(out, t->get(t->of, row, c));
		}
		fputc('\n', out);
	}
}

static struct json_object *value_json(struct value v)
{
	switch (v.kind) {
	case VALUE_TEXT:
		return json_object_new_string(v.text);
	case VALUE_COUNT:
	case VALUE_BYTES:
		return json_object_new_uint64(v.count);
	case VALUE_SHARE:
	case VALUE_REAL:
		return json_object_new_double(v.real);
	case VALUE_NONE:
		break;
	}
	return NULL;
}

static struct json_object *row_json(const struct table *t, size_t row)
{
	struct json_object *obj = json_object_new_object();

	for (size_t c = 0; c < t->columns; c++)
		json_object_object_add(obj, t->name(c),
				       value_json(t->get(t->of, row, c)));
	return obj;
}

/* This goes row by row: as one object a long table would take gigabytes. */
void table_json(FILE *out, const struct table *t)
{
	for (size_t row = 0; row < t->rows; row++) {
		struct json_object *obj = row_json(t, row);

		fprintf(out, "%s%s", row ? ",\n  " : "[\n  ",
			json_object_to_json_string_ext(obj,
						       JSON_C_TO_STRING_SPACED |
							       JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(obj);
	}
	fputs(t->rows ? "\n]\n" : "[]\n", out);
}

void table_print(FILE *out, const struct table *t, bool json, bool csv)
{
	if (json)
		table_json(out, t);
	else if (csv)
		table_csv(out, t);
	else
		table_text(out, t);
}
