/*
 * Tables as text, as a list, as CSV and as JSON.
 */
#include <stdlib.h>

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

int main(void)
{
	RUN(as_text);
	RUN(as_list);
	RUN(as_csv);
	RUN(as_json);
	RUN(without_rows);
	free(text);
	UNIT_END();
}
