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

/* A run alone as a list, several as rows, or all as a JSON array; one run as
 * one JSON object. */
int report_runs(FILE *out, const struct report *r, const struct sweep *s,
		struct error *err);

/* What each request of the only run in @s does, a row each. */
int report_requests(FILE *out, const struct report *r, const struct sweep *s,
		    struct error *err);

int report_curve(FILE *out, const struct report *r, const struct curve *c,
		 struct error *err);

#endif
