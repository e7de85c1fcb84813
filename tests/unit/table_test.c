/*
 * Tables as text, as a list, as CSV and as JSON.
 */
#include <stdlib.h>

#include "trace/base/span.h"
#include "trace/report/table.h"
#include "unit.h"

static const struct value values[3][4] = {
	{ { .kind = VALUE_TEXT, .text = "a, \"b\"" },
	  { .kind = VALUE_COUNT, .count = UINT64_MAX },
	  { .kind = VALUE_NONE },
	  { .kind = VALUE_BYTES, .count = 1023 } },
	{ { .kind = VALUE_TEXT, .text = "a/c" },
	  { .kind = VALUE_REAL, .real = 1.5 },
	  { .kind = VALUE_NONE },
	  { .kind = VALUE_BYTES, .count = UINT64_C(3) << 39 } },
	{ { .kind = VALUE_TEXT, .text = "" },
	  { .kind = VALUE_SHARE, .real = 0.25 },
	  { .kind = VALUE_NONE },
	  { .kind = VALUE_NONE } },
};

static const char *name(size_t column)
{
	static const char *const names[] = { "one", "two", "none", "four" };

	return names[column];
}

static struct value get(const void *of, size_t row, size_t column)
{
	(void)of;
	return values[row][column];
}

static const struct table table = { 3, 4, name, get, NULL };
static const struct table empty = { 0, 4, name, get, NULL };

static char *text;

static FILE *begin(void)
{
	static size_t size;

	free(text);
	return open_memstream(&text, &size);
}

static void as_text(void)
{
	FILE *out = begin();

	table_text(out, &table);
	fclose(out);
	CHECK_STR(text,
		  "one                      two     four\n"
		  "a, \"b\"  18446744073709551615   1023 B\n"
		  "a/c                    1.500  1.5 TiB\n"
		  "                      25.00%        -\n");
}

static void as_list(void)
{
	FILE *out = begin();

	table_list(out, &table, 1);
	fclose(out);
	CHECK_STR(text, "one   a/c\ntwo   1.500\nfour  1.5 TiB\n");
}

static void as_csv(void)
{
	FILE *out = begin();

	table_csv(out, &table);
	fclose(out);
	CHECK_STR(text, "one,two,none,four\n"
		  "\"a, \"\"b\"\"\",18446744073709551615,,1023\n"
		  "a/c,1.5,,1649267441664\n,0.25,,\n");
}

static struct value with_comma(const void *of, size_t row, size_t column)
{
	(void)of;
	(void)row;
	return value_text(column ? "one\nline" : "a,b");
}

static void csv_quotes_what_parts_cells(void)
{
	static const struct table special = { 1, 2, name, with_comma, NULL };
	FILE *out = begin();

	table_csv(out, &special);
	fclose(out);
	CHECK_STR(text, "one,two\n\"a,b\",\"one\nline\"\n");
}

static void as_json(void)
{
	FILE *out = begin();

	table_json(out, &table);
	fclose(out);
	CHECK_HAS(text, "[\n  { \"one\": \"a, \\\"b\\\"\", "
		  "\"two\": 18446744073709551615, \"none\": null, "
		  "\"four\": 1023 },\n");
	CHECK_HAS(text, "{ \"one\": \"a/c\", \"two\": 1.5,");
}

static void without_rows(void)
{
	FILE *out = begin();

	table_json(out, &empty);
	fclose(out);
	CHECK_STR(text, "[]\n");
	out = begin();
	table_csv(out, &empty);
	fclose(out);
	CHECK_STR(text, "one,two,none,four\n");
}

static void spans(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{ 0, "0 ms" },
		{ 1500000, "1.5 ms" },
		{ 999000000, "999 ms" },
		{ 1000000000, "1 s" },
		{ 59250000000, "59.25 s" },
		{ 60000000000, "1 min 0 s" },
		{ 3537000000000, "58 min 57 s" },
		{ 3600000000000, "1 h 0 min" },
		{ 86399000000000, "23 h 59 min" },
		{ 86400000000000, "1 d 0 h" },
	};
	char text[SPAN_TEXT];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		span_text(text, cases[i].ns);
		CHECK_STR(text, cases[i].text);
	}
}

int main(void)
{
	RUN(as_text);
	RUN(as_list);
	RUN(as_csv);
	RUN(csv_quotes_what_parts_cells);
	RUN(as_json);
	RUN(without_rows);
	free(text);
	RUN(spans);
	UNIT_END();
}
