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
