#include "trace/command/arguments.h"

struct json_object *arguments_json(const struct arguments *a,
				   const struct shape *shape,
				   const struct combination *c)
{
	struct json_object *obj = json_object_new_object(), *capacity;
	struct settings s = a->settings;

	s.eviction = c->eviction->name;
	s.plan.admit = c->admit;
	s.memory_size = c->memory_size;
	settings_in_force(&s, shape);
	settings_put(obj, &s);
	capacity = c->slots == ARGUMENTS_UNBOUNDED ?
			   json_object_new_string("unbounded") :
			   json_object_new_uint64(c->slots);
	json_object_object_add(obj, "capacity", capacity);
	return obj;
}
