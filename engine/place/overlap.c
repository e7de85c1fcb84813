#include <libgen.h>
#include <sys/stat.h>

#include "fio.h"

#include "engine/job.h"
#include "engine/place/known.h"
#include "engine/place/overlap.h"

/* Tells a file from all others, however its name is spelled. */
struct identity {
	dev_t dev;
	ino_t ino;
	char name[NAME_MAX + 1]; /* of a file that is not there yet */
};

static bool identify(struct identity *id, const char *path)
{
	char copy[PATH_MAX], folder[PATH_MAX];
	struct stat st;

	memset(id, 0, sizeof(*id));
	if (!stat(path, &st)) {
		if (S_ISBLK(st.st_mode))
			id->dev = st.st_rdev;
		else
			id->dev = st.st_dev, id->ino = st.st_ino;
		return true;
	}
	snprintf(copy, sizeof(copy), "%s", path);
	snprintf(folder, sizeof(folder), "%s", dirname(copy));
	if (stat(folder, &st))
		return false;
	id->dev = st.st_dev;
	id->ino = st.st_ino;
	snprintf(copy, sizeof(copy), "%s", path);
	snprintf(id->name, sizeof(id->name), "%s", basename(copy));
	return true;
}

static bool same_path(const char *a, const char *b)
{
	struct identity of_a, of_b;

	if (!strcmp(a, b))
		return true;
	return identify(&of_a, a) && identify(&of_b, b) &&
	       !memcmp(&of_a, &of_b, sizeof(of_a));
}

/* Says where slots begin and end in each file, in bytes, as far as options
 * tell. */
static void range_of(const struct thread_data *td, uint64_t slot_bytes,
		     uint64_t *from, uint64_t *to)
{
	const struct thread_options *o = &td->o;

	*from = o->start_offset_percent ? 0 : o->start_offset;
	*to = UINT64_MAX;
	if (o->file_size_low)
		*to = o->file_size_low;
	else if (o->size && !o->start_offset_percent && o->nr_files)
		*to = *from + o->size / o->nr_files +
		      (o->nr_files > 1 ? slot_bytes : 0);
}

static bool ranges_overlap(const struct thread_data *a,
			   const struct thread_data *b, const struct group *g)
{
	uint64_t from_a, to_a, from_b, to_b;

	/* A folder belongs to one cache alone. */
	if (g->plan_options.layout != PLAN_LAYOUT_SLOTS)
		return true;
	range_of(a, g->shape.slot_bytes, &from_a, &to_a);
	range_of(b, g->shape.slot_bytes, &from_b, &to_b);
	return from_a < to_b && from_b < to_a;
}

/* Returns the name of a file that both jobs have, or NULL. */
static const char *shared_file(const struct thread_data *a,
			       const struct thread_data *b)
{
	unsigned int i, j;

	for (i = 0; i < a->files_index; i++)
		for (j = 0; j < b->files_index; j++)
			if (same_path(a->files[i]->file_name,
				      b->files[j]->file_name))
				return a->files[i]->file_name;
	return NULL;
}

struct named {
	struct identity id;
	const char *path;
};

static int by_identity(const void *a, const void *b)
{
	return memcmp(&((const struct named *)a)->id,
		      &((const struct named *)b)->id, sizeof(struct identity));
}

/* Returns the name of a file that the job has twice, or NULL. */
static const char *named_twice(const struct thread_data *td)
{
	struct named *all = calloc(td->files_index, sizeof(*all));
	const char *twice = NULL;
	unsigned int i, n = 0;

	for (i = 0; all && i < td->files_index; i++) {
		all[n].path = td->files[i]->file_name;
		n += identify(&all[n].id, all[n].path);
	}
	if (n)
		qsort(all, n, sizeof(*all), by_identity);
	for (i = 1; i < n && !twice; i++)
		if (!by_identity(&all[i - 1], &all[i]))
			twice = all[i].path;
	free(all);
	return twice;
}

/* Returns the name of a place that both jobs would write to, or NULL. */
static const char *shared_place(const struct thread_data *a,
				const struct thread_data *b,
				const struct group *g)
{
	const struct mooncake_options *oa = a->eo, *ob = b->eo;

	if (!strcmp(oa->backend, "null") || !strcmp(ob->backend, "null") ||
	    !known_same_service(oa, ob) || !ranges_overlap(a, b, g))
		return NULL;
	if (known_by_options(oa->backend))
		return oa->backend_options;
	return shared_file(a, b);
}

static bool waits_for(const struct thread_data *a, const struct thread_data *b)
{
	return a->o.wait_for && !strcmp(a->o.wait_for, b->o.name);
}

/* Would @other run beside @td, and is it still to be set up? Jobs that are set
 * up have compared themselves with @td. */
static bool runs_beside(const struct thread_data *td, const struct job *job,
			const struct thread_data *other)
{
	const struct mooncake_options *o = other->eo;

	return other != td && other->io_ops &&
	       other->io_ops->setup == td->io_ops->setup &&
	       o->observe == OBSERVE_NONE &&
	       group_runs_beside(job->group, other) && !waits_for(td, other) &&
	       !waits_for(other, td);
}

/* Refuses to run beside @other in the same place. Jobs of one replay may share
 * one: they order their I/O by slot. */
static int refuse_beside(const struct thread_data *td, const struct job *job,
			 const struct thread_data *other, struct error *err)
{
	bool shares = job->options->share == SHARE_SPLIT &&
		      group_has(job->group, other);
	const char *place;

	if (shares && !known_same_service(job->options, other->eo))
		return fail(err,
			    "backend= or backend_options= differs from that of '%s', which shares this job's cache; give both the same, or set share=each",
			    other->o.name);
	place = shares ? NULL : shared_place(td, other, job->group);
	if (!place)
		return 0;
	return fail(err,
		    "this job and '%s' have caches of their own, and both would write to the same bytes of %s; give each a file or a range of its own (filename=, offset= and size=), put stonewall between them, or give both the same options, so that they share one cache",
		    other->o.name, place);
}

int overlap_refuse(struct thread_data *td, const struct job *job,
		   struct error *err)
{
	const struct thread_data *other;
	const char *twice = named_twice(td);
	unsigned int i;

	if (twice && strcmp(job->options->backend, "null"))
		return fail(err,
			    "filename= names %s twice, so that two slots would lie in one place; fio adds up the names of every [global] and of the job itself: give them once",
			    twice);
	for (i = 0; i < thread_number; i++) {
		other = tnumber_to_td(i);
		if (runs_beside(td, job, other) &&
		    refuse_beside(td, job, other, err))
			return -1;
	}
	return 0;
}
