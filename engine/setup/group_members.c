/* Which jobs are a replay group. */
#include "fio.h"

#include "engine/setup/group.h"

static void put_number(struct json_object *obj, const char *name,
		       uint64_t number)
{
	json_object_object_add(obj, name, json_object_new_uint64(number));
}

static void put_text(struct json_object *obj, const char *name,
		     const char *text)
{
	json_object_object_add(obj, name,
			       text ? json_object_new_string(text) : NULL);
}

char *group_key(const struct thread_data *td, const struct mooncake_options *o)
{
	struct json_object *obj = json_object_new_object();
	const struct thread_options *t = &td->o;
	char *key;

	options_deciding_group(obj, o);
	put_number(obj, "size", t->size);
	put_number(obj, "size_percent", t->size_percent);
	put_number(obj, "file_size_low", t->file_size_low);
	put_number(obj, "file_size_high", t->file_size_high);
	put_number(obj, "nr_files", t->nr_files);
	put_text(obj, "filename", t->filename);
	put_text(obj, "directory", t->directory);
	put_number(obj, "start_offset", t->start_offset);
	put_number(obj, "start_offset_percent", t->start_offset_percent);
	key = strdup(json_object_to_json_string(obj));
	json_object_put(obj);
	return key;
}

unsigned int group_section(const struct thread_data *td)
{
	unsigned int i, section = 0;

	for (i = 0; i < td->thread_number; i++)
		section += tnumber_to_td(i)->o.stonewall;
	return section;
}

static int add_observer(struct group *g, const struct thread_data *td)
{
	enum option_observe observe =
		((const struct mooncake_options *)td->eo)->observe;
	bool operation = observes_operation(observe);
	struct group_observer *observers =
		realloc(g->observers,
			(g->nr_observers + 1) * sizeof(*observers));

	if (!observers)
		return -1;
	g->observers = observers;
	g->observers[g->nr_observers++] = (struct group_observer){
		.thread = td->thread_number,
		.observe = observe,
		.kind = operation ? observe_operation(observe) + 1 : 0,
	};
	g->observes_operations |= operation;
	return 0;
}

struct plan_file *group_plan_file(const struct group *g, const char *path)
{
	struct plan_file *file = g->plan_files;

	while (file && strcmp(file->path, path))
		file = file->next;
	return file;
}

static int add_plan_file(struct group *g, const char *path)
{
	struct plan_file *file;

	if (group_plan_file(g, path))
		return 0;
	file = calloc(1, sizeof(*file));
	if (!file || !(file->path = strdup(path))) {
		free(file);
		return -1;
	}
	file->next = g->plan_files;
	g->plan_files = file;
	return 0;
}

static int add_member(struct group *g, const struct thread_data *td)
{
	const struct mooncake_options *o = td->eo;

	if (o->observe != OBSERVE_NONE)
		return add_observer(g, td);
	g->nr_workers++;
	return o->plan_json ? add_plan_file(g, o->plan_json) : 0;
}

int group_count_members(struct group *g, const struct thread_data *first)
{
	unsigned int i;
	int ret = 0;

	for (i = first->thread_number - 1; i < thread_number && !ret; i++) {
		const struct thread_data *td = tnumber_to_td(i);
		char *key;

		if (!td->io_ops || td->io_ops->setup != first->io_ops->setup ||
		    group_section(td) != g->section)
			continue;
		key = group_key(td, td->eo);
		if (!key || (!strcmp(key, g->key) && add_member(g, td)))
			ret = -1;
		free(key);
	}
	return ret;
}

bool group_has(const struct group *g, const struct thread_data *td)
{
	char *key = group_key(td, td->eo);
	bool has = group_section(td) == g->section &&
		   (!key || !strcmp(key, g->key));

	free(key);
	return has;
}

bool group_runs_beside(const struct group *g, const struct thread_data *td)
{
	return group_section(td) == g->section;
}
