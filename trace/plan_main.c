/*
 * mooncake-plan: what a trace makes a KV cache read and write, without I/O.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "trace/base/span.h"
#include "trace/command/version.h"
#include "trace/load/compiled.h"
#include "trace/report/list_models.h"
#include "trace/report/report.h"
#include "trace/workload/generate.h"

/* Returns CPU time, so that what else the machine does does not count. */
static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Returns the most memory that was used. getrusage() would also count what ran
 * in this process before exec(). */
static long peak_kib(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	long kib = 0;

	while (status && fgets(line, sizeof(line), status))
		if (sscanf(line, "VmHWM: %ld", &kib) == 1)
			break;
	if (status)
		fclose(status);
	return kib;
}

static void tell_timing(double start, double loaded)
{
	fprintf(stderr,
		"mooncake-plan: read in %.6f s, planned in %.6f s of CPU time, %ld KiB of memory\n",
		loaded - start, seconds() - loaded, peak_kib());
}

static int run_curve(const struct report *r, struct error *err)
{
	const struct arguments *a = r->arguments;
	struct plan_options o = a->settings.plan;
	struct curve c;
	int ret;

	if (a->evictions.nr > 1 ||
	    policies[a->evictions.values[0]] != policy_find("lru"))
		return fail(err,
			    "--curve is of lru: leave out --eviction, or sweep with --capacity");
	if (a->admits.nr > 1)
		return fail(err, "--curve takes one --admit");
	if (a->memory_sizes.nr > 1 || a->memory_sizes.values[0])
		return fail(err,
			    "--curve is without a memory tier: leave out --memory-size, or sweep with --capacity");
	if (o.layout == PLAN_LAYOUT_BUCKETS)
		return fail(err,
			    "--curve is of blocks that go one by one: leave out --layout=buckets, or sweep with --capacity");
	if (o.evict.low < 100)
		return fail(err,
			    "--curve is of blocks that go one at a time: leave out --evict-high and --evict-low, or sweep with --capacity");
	if (plan_options_check(&o, r->shape, err))
		return -1;
	o.admit = a->admits.values[0];
	if (curve_make(&c, r->trace, &o, err))
		return -1;
	ret = report_curve(stdout, r, &c, err);
	curve_free(&c);
	return ret;
}

static int run_sweep(const struct report *r, struct error *err)
{
	const struct arguments *a = r->arguments;
	struct sweep s;
	int ret;

	ret = (a->reach ? sweep_reach : sweep_capacities)(&s, a, r->trace,
							  r->shape, err);
	if (ret)
		return ret;
	ret = (a->requests ? report_requests : report_runs)(stdout, r, &s, err);
	sweep_free(&s);
	return ret;
}

/* Says what no figure holds: how long the job of the file takes. */
static void tell_job(const struct arguments *a, const struct trace *t)
{
	const struct job_file *job = &a->job;
	const uint64_t span = trace_span_ns(t);
	char text[SPAN_TEXT];

	printf("%s [%s]: %s ", a->job_path, job->section,
	       a->settings.trace.source);
	if (job->no_stall || !span || !job->time_scale) {
		puts("without waiting, as long as the target takes");
	} else {
		span_text(text, span * 100.0 / job->time_scale);
		printf("at %g times its pace, %s, or as long as the target takes\n",
		       job->time_scale / 100.0, text);
	}
	if (job->others[0])
		printf("--section= plans another of its jobs: %s\n",
		       job->others);
	putchar('\n');
}

static void tell_remark(const struct arguments *a, const struct trace *t)
{
	if (t->remark[0])
		fprintf(stderr, "mooncake-plan: trace=%s: %s\n",
			a->settings.trace.source, t->remark);
}

static int run_plan(const struct arguments *a, struct error *err)
{
	struct shape shape;
	struct trace trace;
	const struct report r = { a, &trace, &shape };
	double start = seconds(), loaded;
	int ret;

	if (shape_resolve(&shape, &a->settings.shape, err) ||
	    trace_load(&trace, &a->settings.trace, err))
		return -1;
	loaded = seconds();
	if (a->job_path && !a->json && !a->csv)
		tell_job(a, &trace);
	tell_remark(a, &trace);
	ret = a->curve ? run_curve(&r, err) : run_sweep(&r, err);
	if (!ret && a->timing)
		tell_timing(start, loaded);
	trace_free(&trace);
	return ret;
}

/* Writes the trace as a file that can be mapped. */
static int run_compile(const struct arguments *a, struct error *err)
{
	const struct trace_options *o = &a->settings.trace;
	struct trace trace;
	char span[SPAN_TEXT];
	int ret;

	if (trace_load(&trace, o, err))
		return -1;
	tell_remark(a, &trace);
	ret = compiled_write(&trace, o, a->output, err);
	if (!ret) {
		span_text(span, trace_span_ns(&trace));
		printf("%s: %" PRIu32 " requests over %s, %" PRIu64
		       " lookups of %" PRIu32 " blocks\n",
		       a->output, trace.nr_requests, span, trace.nr_lookups,
		       trace.nr_blocks);
	}
	trace_free(&trace);
	return ret;
}

static int run(const struct arguments *a, struct error *err)
{
	if (a->help) {
		arguments_help(stdout);
		return 0;
	}
	if (a->version) {
		puts("mooncake-plan " MOONCAKE_VERSION);
		return 0;
	}
	switch (a->command) {
	case COMMAND_GENERATE:
		return generate(a->settings.trace.source, a->output, err);
	case COMMAND_COMPILE:
		return run_compile(a, err);
	case COMMAND_MODELS:
		return list_models(stdout, a, err);
	case COMMAND_PLAN:
		break;
	}
	return run_plan(a, err);
}

int main(int argc, char **argv)
{
	struct error err;
	struct arguments a;
	int ret = arguments_parse(&a, argc, argv, &err);

	if (!ret)
		ret = run(&a, &err);
	arguments_free(&a);
	if (!ret && (fflush(stdout) || ferror(stdout)))
		ret = fail(&err, "standard output: %s", strerror(errno));
	if (!ret)
		return EXIT_SUCCESS;
	fprintf(stderr, "mooncake-plan: %s\n", err.text);
	return EXIT_FAILURE;
}
