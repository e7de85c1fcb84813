#include <stdlib.h>

#include "engine/inflight/running.h"

int running_init(struct running *r, unsigned int nr)
{
	unsigned int i;

	*r = (struct running){ .nr = nr, .used_steps = nr };
	r->ready_end = &r->ready;
	r->steps = calloc(nr, sizeof(*r->steps));
	r->objects = calloc(nr, sizeof(*r->objects));
	if (!r->steps || !r->objects) {
		running_exit(r);
		return -1;
	}
	for (i = 0; i < nr; i++) {
		running_free_step(r, &r->steps[i]);
		running_free_object(r, &r->objects[i]);
	}
	return 0;
}

void running_exit(struct running *r)
{
	free(r->steps);
	free(r->objects);
	*r = (struct running){ 0 };
}

void running_add_ready(struct running *r, struct running_object *object)
{
	object->next = NULL;
	*r->ready_end = object;
	r->ready_end = &object->next;
}

struct running_object *running_take_ready(struct running *r)
{
	struct running_object *object = r->ready;

	if (!object)
		return NULL;
	r->ready = object->next;
	if (!r->ready)
		r->ready_end = &r->ready;
	return object;
}
