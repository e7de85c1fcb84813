/*
 * What mooncake-plan prints: runs and curves as text, CSV or JSON.
 */
#ifndef MOONCAKE_REPORT_H
#define MOONCAKE_REPORT_H

#include <stdio.h>

#include "trace/plan/curve.h"
#include "trace/command/sweep.h"

struct report {
	const struct arguments *arguments;
	const struct trace *trace;
	const struct shape *shape;
};

/* As text one run is a list and several are rows. As JSON one run is an object
 * and several are an array. */
int report_runs(FILE *out, const struct report *r, const struct sweep *s,
		struct error *err);

/* A row for each request: what it does in the only run of @s. */
int report_requests(FILE *out, const struct report *r, const struct sweep *s,
		    struct error *err);

int report_curve(FILE *out, const struct report *r, const struct curve *c,
		 struct error *err);

#endif
