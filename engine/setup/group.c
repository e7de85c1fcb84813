#include <pthread.h>

#include "fio.h"

#include "engine/job.h"
#include "engine/life/life.h"
#include "engine/life/signals.h"
#include "engine/replay/arrivals.h"
#include "engine/replay/replay.h"
#include "engine/setup/group.h"
#include "engine/wait.h"
#include "trace/base/hash.h"
#include "trace/source/source.h"

/* Only the parent makes and changes groups, before the jobs start. The lock is
 * for its main thread and the one that watches the jobs. */
static struct group *groups;
static pthread_mutex_t groups_lock = PTHREAD_MUTEX_INITIALIZER;
static bool out_of_memory; /* see groups_fail() */

static struct group *find_group(const char *key, unsigned int section)
{
	struct group *g;

	for (g = groups; g; g = g->next)
		if (g->section == section && !strcmp(g->key, key))
			return g;
	return NULL;
}

static int load_group(struct group *g, const struct thread_data *td,
		      const struct mooncake_options *o, struct error *err)
{
	struct settings s = o->settings;

	s.trace.stop = signals_seen;
	s.trace.untimed = !option_timed(td);
	if (settings_decide(&s, "", err) ||
	    shape_resolve(&g->shape, &s.shape, err) ||
	    settings_memory(&s.plan, s.memory_size, g->shape.slot_bytes, "",
			    err))
		return -1;
	s.plan.bucket_blocks =
		shape_bucket_blocks(&g->shape, s.bucket_size, s.bucket_objects);
	g->plan_options = s.plan;
	g->plan_options.tallies = g->plan_files != NULL;
	if (!g->nr_workers)
		return fail(err,
			    "observe=: no job of this replay group does the I/O; put the trace, cache and file options where both have them, such as [global]");
	return trace_load(&g->trace, &s.trace, err);
}

/* Adds a group with @key, which it takes over. Returns NULL when there is no
 * memory. */
static struct group *add_group(char *key, const struct thread_data *td)
{
	const struct mooncake_options *o = td->eo;
	struct group *g = calloc(1, sizeof(*g));

	if (!g) {
		free(key);
		return NULL;
	}
	g->key = key;
	g->section = group_section(td);
	g->each = o->share == SHARE_EACH;
	pthread_mutex_lock(&groups_lock);
	g->next = groups;
	groups = g;
	pthread_mutex_unlock(&groups_lock);
	return g;
}

struct group *group_join(struct thread_data *td, struct error *err)
{
	char *key = group_key(td, td->eo);
	struct group *g = key ? find_group(key, group_section(td)) : NULL;

	err->text[0] = '\0';
	if (g) {
		free(key);
		return g;
	}
	if (key)
		g = add_group(key, td);
	if (!g || group_count_members(g, td)) {
		groups_fail(td);
		fail(err, "out of memory");
		return g;
	}
	if (out_of_memory || load_group(g, td, td->eo, err))
		group_fail(g, td);
	return g;
}

void group_fail(struct group *g, const struct thread_data *td)
{
	if (!g->failed)
		snprintf(g->failed_job, sizeof(g->failed_job), "%s",
			 td->o.name);
	g->failed = true;
}

bool group_may_run(const struct group *g, struct thread_data *td)
{
	if (!g->failed && g->nr_replays)
		return true;
	log_err("mooncake: job '%s' is not run: '%s' of its replay group failed to set up\n",
		td->o.name, g->failed ? g->failed_job : "a job");
	td_verror(td, ECANCELED, "mooncake: set-up");
	return false;
}

void groups_fail(const struct thread_data *td)
{
	struct group *g;

	out_of_memory = true;
	for (g = groups; g; g = g->next)
		group_fail(g, td);
}

static uint64_t passes_of(const struct thread_data *td)
{
	if (td->o.time_based)
		return UINT64_MAX;
	return td->o.loops ? td->o.loops : 1;
}

/* Returns a number that tells the stamps of this run from those of others. */
static uint64_t new_stamp_run(const struct group *g)
{
	return hash64(time_now() ^ ((uint64_t)getpid() << 32) ^
		      ((uintptr_t)g + g->nr_replays));
}

static int add_replay(struct group *g, struct replay *r)
{
	struct replay **replays;

	pthread_mutex_lock(&groups_lock);
	replays = realloc(g->replays, (g->nr_replays + 1) * sizeof(*replays));
	if (replays) {
		g->replays = replays;
		g->replays[g->nr_replays++] = r;
	}
	pthread_mutex_unlock(&groups_lock);
	return replays ? 0 : -1;
}

static struct replay *make_replay(struct thread_data *td, struct group *g,
				  struct error *err)
{
	const struct replay_params params = {
		.trace = &g->trace,
		.plan = &g->plan_options,
		.arrivals = g->arrivals,
		.pass_ns = g->pass_ns,
		.passes = passes_of(td),
		.scale = td->o.replay_time_scale,
		.nr_workers = g->each ? 1 : g->nr_workers,
		.nr_observers = g->nr_observers,
		.observes_operations = g->observes_operations,
		.stamp_run = new_stamp_run(g),
		.first = g->nr_replays ? g->replays[0] : NULL,
	};
	struct replay *r;
	unsigned int i;

	g->plan_options.slots = g->slots;
	r = replay_create(&params, err);
	if (!r)
		return NULL;
	g->stats = r->stats;
	g->counted = r->counted;
	for (i = 0; i < g->nr_observers; i++)
		replay_join_observer(r, g->observers[i].thread,
				     g->observers[i].kind);
	if (!add_replay(g, r))
		return r;
	replay_destroy(r);
	fail(err, "out of memory");
	return NULL;
}

/* Returns an option on which two workers of a replay differ, or NULL. Those
 * that are in the group's key are the same. */
static const char *differs(const struct thread_data *a,
			   const struct mooncake_options *oa,
			   const struct thread_data *b,
			   const struct mooncake_options *ob)
{
	if (passes_of(a) != passes_of(b))
		return "loops= or time_based=";
	if (option_timed(a) != option_timed(b))
		return "replay_no_stall=";
	if (option_timed(a) && a->o.replay_time_scale != b->o.replay_time_scale)
		return "replay_time_scale=";
	if (option_timed(a) && oa->arrivals != ob->arrivals)
		return "arrivals=";
	if (a->o.bs[DDIR_READ] != b->o.bs[DDIR_READ] ||
	    a->o.bs[DDIR_WRITE] != b->o.bs[DDIR_WRITE])
		return "bs=";
	return NULL;
}

static int start_group(struct thread_data *td, struct error *err)
{
	const struct job *job = job_of(td);
	struct group *g = job->group;

	g->first_worker = td;
	g->slots = job->target.slots;
	if (!option_timed(td))
		return 0;
	return arrivals_make(&g->arrivals, &g->pass_ns, &g->trace,
			     job->options->arrivals == ARRIVALS_SPREAD,
			     td->o.replay_time_scale, err);
}

static int check_worker(struct thread_data *td, struct error *err)
{
	const struct job *job = job_of(td);
	struct group *g = job->group;
	const char *what;

	if (job->target.slots != g->slots)
		return fail(err,
			    "this job sees room for %llu slots, '%s' of the same replay group for %llu; give both the same size= and files",
			    (unsigned long long)job->target.slots,
			    g->first_worker->o.name,
			    (unsigned long long)g->slots);
	what = differs(td, job->options, g->first_worker,
		       job_of(g->first_worker)->options);
	if (what)
		return fail(err,
			    "%s differs from that of '%s', which replays the same trace together with this job; give both the same, or set share=each",
			    what, g->first_worker->o.name);
	return 0;
}

int group_add_worker(struct thread_data *td, struct error *err)
{
	struct job *job = job_of(td);
	struct group *g = job->group;
	bool first = !g->first_worker;
	struct replay *r;

	if (first && start_group(td, err))
		return -1;
	if (check_worker(td, err))
		return -1;
	r = first || g->each ? make_replay(td, g, err) : g->replays[0];
	if (!r)
		return -1;
	job->replay = r;
	job->worker = replay_join(r, td->thread_number);
	if (!job->worker)
		return fail(err,
			    "this job is one more than the %u that its replay group was made for; give all of them the same options from the start",
			    r->nr_workers);
	return 0;
}

unsigned int group_running(struct group *g)
{
	unsigned int i, running = 0;

	for (i = 0; i < g->nr_replays; i++)
		running += life_running(g->replays[i]);
	return running;
}

void groups_each(void (*tell)(struct group *g))
{
	struct group *g;

	for (g = groups; g; g = g->next)
		tell(g);
}

void groups_each_replay(life_look look)
{
	struct group *g;
	unsigned int i;

	pthread_mutex_lock(&groups_lock);
	for (g = groups; g; g = g->next)
		for (i = 0; i < g->nr_replays; i++)
			life_each_open(g->replays[i], look);
	pthread_mutex_unlock(&groups_lock);
}

static void free_plan_files(struct group *g)
{
	struct plan_file *file;

	while ((file = g->plan_files)) {
		g->plan_files = file->next;
		json_object_put(file->options);
		free(file->path);
		free(file);
	}
}

void groups_free(void)
{
	struct group *g;
	unsigned int i;

	while ((g = groups)) {
		groups = g->next;
		for (i = 0; i < g->nr_replays; i++)
			replay_destroy(g->replays[i]);
		free(g->replays);
		free(g->arrivals);
		trace_free(&g->trace);
		free(g->observers);
		free_plan_files(g);
		free(g->source);
		free(g->key);
		free(g);
	}
}
