#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace/command/find_capacity.h"
#include "trace/command/sweep.h"

typedef int (*run_fn)(struct run *run, const struct arguments *a,
		      const struct trace *t, const struct shape *shape,
		      struct error *err);

struct plan_options run_plan_options(const struct run *run,
				     const struct arguments *a,
				     const struct shape *shape)
{
	struct plan_options o = a->settings.plan;

	o.eviction = run->what.eviction;
	o.admit = run->what.admit;
	o.slots = run->what.slots;
	o.memory_blocks = run->what.memory_size / shape->slot_bytes;
	o.bucket_blocks = shape_bucket_blocks(shape, a->settings.bucket_size,
					      a->settings.bucket_objects);
	return o;
}

int run_once(struct run *run, const struct arguments *a, const struct trace *t,
	     const struct shape *shape, struct error *err)
{
	struct plan_options o = run_plan_options(run, a, shape);
	struct planner *pl;

	pl = planner_create(t, &o, &mem_private, err);
	if (!pl)
		return -1;
	planner_pass(pl, NULL, &run->stats);
	planner_free(pl);
	return 0;
}

static int check_memory(const struct arguments *a, const struct shape *shape,
			struct error *err)
{
	struct plan_options o = a->settings.plan;

	for (size_t i = 0; i < a->memory_sizes.nr; i++)
		if (settings_memory(&o, a->memory_sizes.values[i],
				    shape->slot_bytes, "--", err))
			return -1;
	return 0;
}

static int add_run(struct sweep *s, struct combination what, struct error *err)
{
	struct run *runs = realloc(s->runs, (s->nr + 1) * sizeof(*runs));

	if (!runs)
		return fail(err,
			    "not enough memory for %zu rows: give shorter lists",
			    s->nr + 1);
	s->runs = runs;
	s->runs[s->nr++] = (struct run){ .what = what };
	return 0;
}

/* Adds a run for each capacity to one combination of the other lists. */
static int add_capacities(struct sweep *s, const struct arguments *a,
			  const struct shape *shape, struct combination what,
			  struct error *err)
{
	bool bytes = a->sizes.nr;
	const struct quantities *q = bytes ? &a->sizes : &a->capacities;

	for (size_t i = 0; i < q->nr; i++) {
		what.slots = q->values[i];
		if (bytes && what.slots != ARGUMENTS_UNBOUNDED)
			what.slots /= shape->slot_bytes;
		if (!what.slots)
			return fail(err,
				    "--size=%" PRIu64
				    " holds no slot of %" PRIu64
				    " bytes: give at least that",
				    q->values[i], shape->slot_bytes);
		if (add_run(s, what, err))
			return -1;
	}
	return 0;
}

static int add_combinations(struct sweep *s, const struct arguments *a,
			    const struct shape *shape, struct error *err)
{
	struct combination what = { 0 };

	for (size_t m = 0; m < a->memory_sizes.nr; m++) {
		what.memory_size = a->memory_sizes.values[m];
		for (size_t n = 0; n < a->admits.nr; n++) {
			what.admit = a->admits.values[n];
			for (size_t e = 0; e < a->evictions.nr; e++) {
				what.eviction =
					policies[a->evictions.values[e]];
				if (add_capacities(s, a, shape, what, err))
					return -1;
			}
		}
	}
	return 0;
}

static int sweep_with(struct sweep *s, run_fn fn, const struct arguments *a,
		      const struct trace *t, const struct shape *shape,
		      struct error *err)
{
	memset(s, 0, sizeof(*s));
	if (plan_options_check(&a->settings.plan, shape, err) ||
	    check_memory(a, shape, err) || add_combinations(s, a, shape, err))
		goto fail;
	for (size_t i = 0; i < s->nr; i++)
		if (fn(&s->runs[i], a, t, shape, err))
			goto fail;
	return 0;
fail:
	sweep_free(s);
	return -1;
}

int sweep_capacities(struct sweep *s, const struct arguments *a,
		     const struct trace *t, const struct shape *shape,
		     struct error *err)
{
	return sweep_with(s, run_once, a, t, shape, err);
}

int sweep_reach(struct sweep *s, const struct arguments *a,
		const struct trace *t, const struct shape *shape,
		struct error *err)
{
	return sweep_with(s, find_capacity, a, t, shape, err);
}

void sweep_free(struct sweep *s)
{
	free(s->runs);
	memset(s, 0, sizeof(*s));
}
