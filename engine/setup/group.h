/*
 * A replay group: the engine's jobs between two stonewalls with the same
 * trace, cache and file options. They share one plan; its first pass is made
 * in the parent, before any job starts.
 */
#ifndef MOONCAKE_GROUP_H
#define MOONCAKE_GROUP_H

#include "engine/life/life.h"
#include "engine/setup/options.h"
#include "engine/target/medium.h"
#include "trace/load/trace.h"
#include "trace/model/shape.h"
#include "trace/plan/plan.h"

struct thread_data;
struct job;
struct replay;

/* An observer of the group, known before it is set up. */
struct group_observer {
	unsigned int thread; /* number of its thread_data */
	unsigned int kind;   /* as in struct observer */
	enum option_observe observe;
};

/* What plan_json= of a worker names. */
struct plan_file {
	struct plan_file *next;
	char *path;
	struct json_object *options; /* of the first worker that names it; NULL
				      * until that is set up */
};

struct group {
	struct group *next;
	char *key;	      /* the options that make jobs one group */
	unsigned int section; /* stonewalls before it */
	bool each;	      /* share=each: a replay for every worker */
	bool failed;	      /* a member's set-up failed */
	char failed_job[64];  /* its name, cut to what fits */
	unsigned int nr_workers;
	unsigned int nr_observers;
	struct group_observer *observers; /* in the order of their seats */
	unsigned int observers_joined;	  /* how many have taken a seat */
	bool observes_operations;

	struct trace trace;
	struct shape shape;
	struct plan_options plan_options;
	struct plan_stats stats; /* of one pass from an empty cache */
	bool counted;		 /* stats are known: result/totals.c */
	uint64_t slots; /* the capacity; 0 until the first worker sets it */
	struct plan_file *plan_files; /* where the statistics go */

	/* What the answer says; fio's options are gone by then: */
	char *source; /* trace=; NULL until it was told of */
	char medium[MEDIUM_TEXT];
	char backend[96]; /* its name, and whether with O_DIRECT */
	bool fresh;	  /* a file of the cache was made or lengthened */
	bool page_cache;  /* the page cache took part */

	int64_t *arrivals; /* ns, scaled; the same for all replays */
	int64_t pass_ns;
	struct thread_data *first_worker;
	struct replay **replays;
	unsigned int nr_replays;
};

/*
 * Returns the group of @td, and makes it and loads its trace when @td is its
 * first member. A group that could not be made is marked failed, and @err says
 * why to the member that tried; to the others @err is empty. Returns NULL with
 * @err filled where there is no memory for a group; then no group runs.
 */
struct group *group_join(struct thread_data *td, struct error *err);

/*
 * Joins a worker whose backend and capacity are known to its replay. The replay
 * is made for the first worker with share=split, and for each with share=each.
 * Returns 0, or -1 with @err filled.
 */
int group_add_worker(struct thread_data *td, struct error *err);

/* Returns how many workers of the group have not ended. */
unsigned int group_running(struct group *g);

/* May a member run? Not where one of the group failed to set up, which this
 * then says, with td's error set. */
bool group_may_run(const struct group *g, struct thread_data *td);

/* Marks the group failed: the set-up of its member @td has failed, so none of
 * the others may run. */
void group_fail(struct group *g, const struct thread_data *td);

/* Marks all groups failed, also those that are still to be made: there is no
 * memory to say of which group @td is a member. */
void groups_fail(const struct thread_data *td);

/* Calls @tell for every group. */
void groups_each(void (*tell)(struct group *g));

/* Calls @look for each member of each replay that has not ended, for the thread
 * that watches the jobs: see life.h. */
void groups_each_replay(life_look look);

/* Frees every group. Called when the engine is unloaded. */
void groups_free(void);

/* In group_members.c: which jobs are a group. */

/*
 * Returns all that the jobs of a group have in common, as text: the options
 * that decide the plan, and where fio says that the files are. The caller frees
 * it; NULL when there is no memory.
 */
char *group_key(const struct thread_data *td, const struct mooncake_options *o);

/* Returns how many stonewalls stand before the job and at it: what is before
 * one has ended when what is behind it begins. */
unsigned int group_section(const struct thread_data *td);

/*
 * Counts the members of a new group. Its first one to be set up asks, so all
 * others still have this engine's ops and options. Returns -1 when there is no
 * memory.
 */
int group_count_members(struct group *g, const struct thread_data *first);

/* Returns the file that plan_json=@path of a worker names, or NULL where none
 * does. */
struct plan_file *group_plan_file(const struct group *g, const char *path);

/* Is a job of this engine, which is still to be set up, in the group? Does it
 * run between the same stonewalls? */
bool group_has(const struct group *g, const struct thread_data *td);
bool group_runs_beside(const struct group *g, const struct thread_data *td);

#endif
