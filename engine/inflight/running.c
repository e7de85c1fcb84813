#include <stdlib.h>

#include "engine/inflight/running.h"

static void put_step(struct running *r, struct running_step *step)
{
	step->req = NULL;
	step->next_free = r->free_steps;
	r->free_steps = step;
}

int running_init(struct running *r, unsigned int nr)
{
	unsigned int i;

	*r = (struct running){ .nr = nr };
	r->ready_end = &r->ready;
	r->steps = calloc(nr, sizeof(*r->steps));
	r->objects = calloc(nr, sizeof(*r->objects));
	if (!r->steps || !r->objects) {
		running_exit(r);
		return -1;
	}
	for (i = 0; i < nr; i++) {
		put_step(r, &r->steps[i]);
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

struct running_step *running_use_step(struct running *r, struct request *req,
				      struct plan_step *step, uint32_t objects)
{
	struct running_step *running = r->free_steps;

	r->free_steps = running->next_free;
	r->used_steps++;
	*running = (struct running_step){
		.req = req,
		.step = step,
		.objects_left = objects,
	};
	return running;
}

struct running_object *running_use_object(struct running *r,
					  struct running_step *step,
					  uint32_t number)
{
	struct running_object *object = r->free_objects;

	r->free_objects = object->next;
	*object = (struct running_object){
		.running = step,
		.number = number,
	};
	return object;
}

void running_free_step(struct running *r, struct running_step *step)
{
	put_step(r, step);
	r->used_steps--;
}

void running_free_object(struct running *r, struct running_object *object)
{
	object->running = NULL;
	object->next = r->free_objects;
	r->free_objects = object;
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
