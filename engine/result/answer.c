#include "fio.h"

#include "engine/job.h"
#include "engine/result/answer.h"
#include "trace/plan/plan_json.h"

struct sums {
	uint64_t requests; /* that have finished after the warm-up */
	uint64_t ms;	   /* runtime of the longest job */
	uint64_t unfinished;
	uint64_t errors;
};

static void add_worker(struct sums *s, const struct worker *w)
{
	const struct thread_data *td = tnumber_to_td(w->member.thread - 1);
	uint64_t ms = 0;
	int ddir;

	for (ddir = 0; ddir < DDIR_RWDIR_CNT; ddir++)
		ms = max(ms, (uint64_t)td->ts.runtime[ddir]);
	s->ms = max(s->ms, ms);
	s->errors += td->ts.total_err_count + (td->error != 0);
	s->requests += atomic_load(&w->nr_finished);
}

static struct sums sum_up(const struct group *g)
{
	struct sums s = { 0 };
	unsigned int i, j;

	for (i = 0; i < g->nr_replays; i++) {
		const struct replay *r = g->replays[i];

		for (j = 0; j < r->nr_workers; j++)
			if (r->workers[j].member.thread)
				add_worker(&s, &r->workers[j]);
		s.unfinished += replay_unfinished(r);
		s.requests -= min(s.requests, (uint64_t)r->warmup);
	}
	return s;
}

/* Takes the percentiles from fio's histogram of the observer of loads. Returns
 * false where there is none. */
static bool load_percentiles(const struct group *g, double *p50_ms,
			     double *p99_ms)
{
	static fio_fp64_t list[FIO_IO_U_LIST_MAX_LEN] = { { .u.f = 50.0 },
							  { .u.f = 99.0 } };
	unsigned long long *values = NULL, most, least;
	unsigned int i, n;

	for (i = 0; i < g->nr_observers; i++) {
		struct thread_stat *ts =
			&tnumber_to_td(g->observers[i].thread - 1)->ts;

		if (g->observers[i].observe != OBSERVE_LOAD ||
		    !ts->lat_stat[DDIR_READ].samples)
			continue;
		n = calc_clat_percentiles(ts->io_u_plat[FIO_LAT][DDIR_READ],
					  ts->lat_stat[DDIR_READ].samples, list,
					  &values, &most, &least);
		if (n < 2)
			return false;
		*p50_ms = values[0] / 1e6;
		*p99_ms = values[1] / 1e6;
		free(values);
		return true;
	}
	return false;
}

/* Says where not all of the plan was done: the hit rate is that of the whole
 * plan, and what was done may have hit less often. */
static void tell_rest(const struct group *g, const struct sums *s)
{
	uint64_t planned = g->stats.requests * g->nr_replays;

	if (g->counted && s->requests < planned)
		log_info("mooncake: looks wrong: it ended after %llu of %llu requests; the hit rate is that of all of them\n",
			 (unsigned long long)s->requests,
			 (unsigned long long)planned);
}

static void tell_wrong(const struct group *g, const struct sums *s)
{
	tell_rest(g, s);
	if (s->errors)
		log_info("mooncake: looks wrong: %llu error%s; the figures are of an incomplete run\n",
			 (unsigned long long)s->errors,
			 s->errors > 1 ? "s" : "");
	else if (s->unfinished)
		log_info("mooncake: looks wrong: %llu requests had begun but not ended\n",
			 (unsigned long long)s->unfinished);
	if (g->fresh)
		log_info(
			"mooncake: looks wrong: the cache file was new, and its first fill is slower; run again for figures of a written file\n");
	if (g->page_cache)
		log_info(
			"mooncake: looks wrong: without direct=1 the page cache took part; a hit may have come from memory\n");
}

void answer_tell(struct group *g)
{
	struct sums s;
	double p50, p99;

	totals_end(g);
	if (job_quiet() || g->failed || !g->nr_replays)
		return;
	s = sum_up(g);
	log_info("\nmooncake: measured: %s%s%s\n", g->backend,
		 g->medium[0] ? " on " : "", g->medium);
	if (g->counted)
		log_info("mooncake: answer: hit rate %.1f%%",
			 100 * plan_hit_rate(&g->stats));
	else
		log_info("mooncake: answer: hit rate not counted");
	if (s.ms)
		log_info(", %.1f requests/s", s.requests * 1000.0 / s.ms);
	if (load_percentiles(g, &p50, &p99))
		log_info(", loads P50 %.3g ms, P99 %.3g ms", p50, p99);
	log_info("\n");
	tell_wrong(g, &s);
}
