/*
 * What a job has in flight: steps, and of these the objects, each of which
 * goes through its stages one after the other.
 */
#ifndef MOONCAKE_RUNNING_H
#define MOONCAKE_RUNNING_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/plan/plan.h"

struct handle;
struct request;
struct stage;

/* A step of which I/Os are being issued or are in flight. */
struct running_step {
	struct request *req; /* NULL: not in use */
	struct plan_step *step;
	uint32_t objects_left; /* that are not done, begun or not */
	bool failed;	       /* an I/O of it failed, and the job goes on */
	struct running_step *next_free;
};

/* One object of a step. */
struct running_object {
	struct running_step *running; /* NULL: not in use */
	const struct stage *stage;    /* that it is in: see stage.h */
	uint64_t left;		      /* I/Os of that that have not completed;
					* of those not issued one counts */
	uint32_t syncs;	 /* how many are due after its data is written */
	uint32_t number; /* in its block */
	/* Where it lies, by its layout: */
	int fileno;
	uint64_t offset;       /* in the file, of its first piece */
	uint64_t before;       /* bytes by which a read begins in front of it */
	uint64_t region;       /* bytes from each piece to the next */
	struct handle *handle; /* the file, where that comes and goes */
	struct running_object *next; /* free, or with a stage to issue */
};

/* All steps and objects that a job can have in flight, and which are free. */
struct running {
	struct running_step *steps;
	struct running_step *free_steps;
	struct running_object *objects;
	struct running_object *free_objects;
	unsigned int nr;
	unsigned int used_steps;
	/* Objects whose next stage can be issued: first come, first served. */
	struct running_object *ready;
	struct running_object **ready_end;
};

/* Makes room for @nr of each. Returns 0, or -1 when there is no memory. */
int running_init(struct running *r, unsigned int nr);
void running_exit(struct running *r);

/*
 * Uses a step that is free. One of each kind always is: there are more of them
 * than I/Os. These functions are short and called for each I/O, so they are
 * inline.
 */
static inline struct running_step *running_use_step(struct running *r,
						    struct request *req,
						    struct plan_step *step,
						    uint32_t objects)
{
	struct running_step *running = r->free_steps;

	r->free_steps = running->next_free;
	r->used_steps++;
	running->req = req;
	running->step = step;
	running->objects_left = objects;
	running->failed = false;
	return running;
}

static inline struct running_object *running_use_object(
	struct running *r, struct running_step *step, const struct stage *stage,
	uint32_t number)
{
	struct running_object *object = r->free_objects;

	r->free_objects = object->next;
	*object = (struct running_object){
		.running = step,
		.stage = stage,
		.number = number,
	};
	return object;
}

static inline void running_free_step(struct running *r,
				     struct running_step *step)
{
	step->req = NULL;
	step->next_free = r->free_steps;
	r->free_steps = step;
	r->used_steps--;
}

static inline void running_free_object(struct running *r,
				       struct running_object *object)
{
	object->running = NULL;
	object->next = r->free_objects;
	r->free_objects = object;
}

/* Notes that the object's next stage can be issued. */
void running_add_ready(struct running *r, struct running_object *object);

/* Takes the first such object, or returns NULL. */
struct running_object *running_take_ready(struct running *r);

#endif
