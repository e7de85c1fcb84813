/*
 * What mooncake-plan prints: runs and curves as text, CSV or JSON.
 */
#ifndef MOONCAKE_REPORT_H
#define MOONCAKE_REPORT_H

#include <stdio.h>

#include "trace/command/sweep.h"
#include "trace/plan/curve.h"

struct report {
	const struct arguments *arguments;
	const struct trace *trace;
	const struct shape *shape;
};

/*
 * Prints the runs. As text, one run is a list and several are rows; as JSON,
 * one run is an object and several are an array. Returns 0, or -1 with @err
 * filled.
 */
int report_runs(FILE *out, const struct report *r, const struct sweep *s,
		struct error *err);

/* Prints a row for each request: what it does in the only run of @s. Returns 0,
 * or -1 with @err filled. */
int report_requests(FILE *out, const struct report *r, const struct sweep *s,
		    struct error *err);

/* Prints the curve. Returns 0, or -1 with @err filled. */
int report_curve(FILE *out, const struct report *r, const struct curve *c,
		 struct error *err);

#endif
