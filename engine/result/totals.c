/*
 * What a plan comes to. Of a short trace that is known when the plan is made,
 * before any job starts; of a long one when its last request is planned, while
 * the jobs run. Where they end before that, the rest is counted at the end.
 */
#include "fio.h"

#include "engine/job.h"
#include "engine/life/signals.h"
#include "engine/replay/planning.h"
#include "engine/result/answer.h"
#include "trace/base/span.h"
#include "trace/plan/plan_json.h"

static void tell_counts(const struct group *g)
{
	const struct plan_stats *s = &g->stats;
	uint64_t hits = s->hits + s->memory_hits;

	log_info("mooncake: %s: %llu requests, %llu lookups: %llu hits (%.1f%%), %llu of them in memory; %llu writes, %llu evictions, %llu skipped, %llu unadmitted",
		 g->source, (unsigned long long)s->requests,
		 (unsigned long long)s->lookups, (unsigned long long)hits,
		 s->lookups ? 100.0 * hits / s->lookups : 0.0,
		 (unsigned long long)s->memory_hits,
		 (unsigned long long)s->writes,
		 (unsigned long long)s->evictions,
		 (unsigned long long)s->skipped,
		 (unsigned long long)s->unadmitted);
}

static void tell_size(const struct group *g)
{
	log_info("mooncake: %s: %u requests, %llu lookups of %u blocks, whose hits and writes are told at the end",
		 g->source, g->trace.nr_requests,
		 (unsigned long long)g->trace.nr_lookups, g->trace.nr_blocks);
}

/* Says how long the trace is, and how long a pass takes: whoever replays an
 * hour wants to know before it is over. */
static void tell_span(const struct thread_data *td, uint64_t ns)
{
	char span[SPAN_TEXT];

	span_text(span, ns);
	log_info("; over %s", span);
	if (!td || !option_timed(td))
		return;
	span_text(span, ns / td->o.replay_time_scale * 100);
	log_info(", so a pass takes at least %s", span);
}

/* Says by which policy blocks are evicted, and what it takes to know the
 * future. */
static void tell_eviction(const struct group *g)
{
	uint64_t bytes = planner_future_bytes(g->replays[0]->planner);

	log_info(", %s", g->plan_options.eviction->name);
	if (bytes)
		log_info(", which takes %.1f MiB to know the future",
			 bytes / 1048576.0);
}

/* Says what the plan comes to. @td is the job before the run, and NULL after
 * it. */
static void tell_plan(const struct thread_data *td, const struct group *g)
{
	uint64_t span_ns =
		g->counted ? g->stats.span_ns : trace_span_ns(&g->trace);
	char sessions[TRACE_SESSIONS_TEXT];

	if (job_quiet())
		return;
	(g->counted ? tell_counts : tell_size)(g);
	log_info("; %llu slots of %llu bytes", (unsigned long long)g->slots,
		 (unsigned long long)g->shape.slot_bytes);
	tell_eviction(g);
	if (span_ns)
		tell_span(td, span_ns);
	trace_sessions_text(sessions, &g->trace);
	if (*sessions)
		log_info("; %s", sessions);
	if (g->trace.bad_lines)
		log_info("; %llu bad lines left out",
			 (unsigned long long)g->trace.bad_lines);
	log_info("\n");
}

static int cannot_write(const struct plan_file *file, struct error *err)
{
	return fail(err, "plan_json=%s can't be written: %s", file->path,
		    strerror(errno));
}

static int write_plan(const struct group *g, const struct plan_file *file,
		      struct error *err)
{
	struct json_object *obj =
		plan_json(&g->trace, &g->stats, &g->shape, &g->plan_options,
			  json_object_get(file->options));
	int ret = json_object_to_file_ext(file->path, obj,
					  JSON_C_TO_STRING_PRETTY);

	json_object_put(obj);
	return ret ? cannot_write(file, err) : 0;
}

/* Opens the file, so that one that can't be written is told before the run. */
static int try_to_write(const struct plan_file *file, struct error *err)
{
	int fd = open(file->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		      0644);

	if (fd < 0)
		return cannot_write(file, err);
	close(fd);
	return 0;
}

/* The first worker that names the file writes it, or tries to. */
static int begin_plan_file(struct thread_data *td, struct error *err)
{
	struct mooncake_options *o = job_of(td)->options;
	struct group *g = job_of(td)->group;
	struct plan_file *file = group_plan_file(g, o->plan_json);

	if (file->options)
		return 0;
	file->options = options_json(td, o, &g->shape);
	return g->counted ? write_plan(g, file, err) : try_to_write(file, err);
}

int totals_begin(struct thread_data *td, struct error *err)
{
	const struct job *job = job_of(td);
	struct group *g = job->group;

	if (!g->source) {
		g->source = strdup(job->options->settings.trace.source);
		if (!g->source)
			return fail(err, "no memory for the name of the trace");
		tell_plan(td, g);
		if (g->trace.remark[0] && !job_quiet())
			log_info("mooncake: trace=%s: %s\n", g->source,
				 g->trace.remark);
	}
	return job->options->plan_json ? begin_plan_file(td, err) : 0;
}

void totals_end(struct group *g)
{
	const struct plan_file *file;
	struct error err;

	if (g->counted || g->failed || !g->nr_replays ||
	    (job_quiet() && !g->plan_files))
		return;
	if (signals_seen() || !planning_count_rest(g->replays[0])) {
		log_err("mooncake: %s: the run ended before its hits and writes were counted\n",
			g->source);
		return;
	}
	g->stats = g->replays[0]->stats;
	g->counted = true;
	tell_plan(NULL, g);
	for (file = g->plan_files; file; file = file->next)
		if (write_plan(g, file, &err))
			log_err("mooncake: %s\n", err.text);
}
