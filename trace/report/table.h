/*
 * Values in rows and columns, as aligned text for people, as CSV or JSON.
 */
#ifndef MOONCAKE_TABLE_H
#define MOONCAKE_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum value_kind {
	VALUE_NONE, /* does not apply */
	VALUE_TEXT,
	VALUE_COUNT,
	VALUE_BYTES,
	VALUE_SHARE, /* of 1 */
	VALUE_REAL,
};

struct value {
	enum value_kind kind;
	union {
		const char *text;
		uint64_t count;
		double real;
	};
};

static inline struct value value_text(const char *text)
{
	return (struct value){ .kind = VALUE_TEXT, .text = text };
}

static inline struct value value_count(uint64_t count)
{
	return (struct value){ .kind = VALUE_COUNT, .count = count };
}

static inline struct value value_bytes(uint64_t bytes)
{
	return (struct value){ .kind = VALUE_BYTES, .count = bytes };
}

static inline struct value value_share(double share)
{
	return (struct value){ .kind = VALUE_SHARE, .real = share };
}

static inline struct value value_real(double real)
{
	return (struct value){ .kind = VALUE_REAL, .real = real };
}

/* A table; @get gives the value in one row and column. */
struct table {
	size_t rows;
	size_t columns;
	const char *(*name)(size_t column);
	struct value (*get)(const void *rows, size_t row, size_t column);
	const void *of;
};

/* Prints the table as JSON or CSV where that is asked for, else as text. */
void table_print(FILE *out, const struct table *t, bool json, bool csv);

/* Prints a line for each row. Columns that apply to no row are left out. */
void table_text(FILE *out, const struct table *t);

/* Prints one row, with a line for each column that applies to it. */
void table_list(FILE *out, const struct table *t, size_t row);

/* Prints a line for each row, with all columns and exact values. */
void table_csv(FILE *out, const struct table *t);

/* Prints an array with an object for each row. */
void table_json(FILE *out, const struct table *t);

#endif
