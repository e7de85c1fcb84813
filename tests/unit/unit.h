/*
 * The least that a unit test program needs. A test is a function without
 * arguments; RUN(test) prints "ok - test" or "not ok - test: why".
 */
#ifndef MOONCAKE_UNIT_H
#define MOONCAKE_UNIT_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int unit_failed;		/* in this program */
static char unit_why[1024];	/* of the running test; "" while it passes */

#define CHECK(cond) \
	unit_check(!!(cond), __FILE__, __LINE__, "%s", #cond)

#define CHECK_EQ(a, b) \
	do { \
		int64_t unit_a = (int64_t)(a), unit_b = (int64_t)(b); \
		unit_check(unit_a == unit_b, __FILE__, __LINE__, \
			   "%s is %" PRId64 ", not %" PRId64, #a, unit_a, \
			   unit_b); \
	} while (0)

#define CHECK_STR(a, b) \
	do { \
		const char *unit_a = (a), *unit_b = (b); \
		unit_check(!strcmp(unit_a, unit_b), __FILE__, __LINE__, \
			   "%s is \"%s\", not \"%s\"", #a, unit_a, unit_b); \
	} while (0)

/* The text holds the part: for messages. */
#define CHECK_HAS(text, part) \
	do { \
		const char *unit_a = (text), *unit_b = (part); \
		unit_check(strstr(unit_a, unit_b) != NULL, __FILE__, __LINE__, \
			   "\"%s\" lacks \"%s\"", unit_a, unit_b); \
	} while (0)

#define RUN(test) unit_run(#test, test)

#define UNIT_END() return unit_failed ? 1 : 0

__attribute__((format(printf, 4, 5))) __attribute__((unused))
static void unit_check(int ok, const char *file, int line, const char *fmt, ...)
{
	__builtin_va_list ap;
	int n;

	if (ok || unit_why[0])
		return;
	n = snprintf(unit_why, sizeof(unit_why), "%s:%d: ", file, line);
	__builtin_va_start(ap, fmt);
	vsnprintf(unit_why + n, sizeof(unit_why) - n, fmt, ap);
	__builtin_va_end(ap);
}

static void unit_run(const char *name, void (*test)(void))
{
	if (unit_failed && getenv("FIRST_FAILURE"))
		return;
	unit_why[0] = '\0';
	test();
	if (unit_why[0]) {
		printf("not ok - %s: %s\n", name, unit_why);
		unit_failed++;
	} else {
		printf("ok - %s\n", name);
	}
	fflush(stdout);
}

#endif
