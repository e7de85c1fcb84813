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

/* A step of which I/Os are being issued or are in flight. */
struct running_step {
	struct request *req; /* NULL: not in use */
	struct plan_step *step;
	uint32_t objects_left; /* not done, begun or not */
	bool failed; /* one of its I/Os, and the job goes on all the same */
	struct running_step *next_free;
};

/* What a stage of an object does. */
enum stage_kind { STAGE_HEADER, STAGE_TRIM, STAGE_DATA, STAGE_SYNC, STAGE_END };

/* One object of a step. */
struct running_object {
	struct running_step *running; /* NULL: not in use */
	uint32_t number;	      /* in its block */
	uint32_t stage;		      /* which of them: see stage.h */
	enum stage_kind kind;	      /* what that one does */
	uint32_t syncs;		      /* due after its data is written */
	uint64_t left;		      /* I/Os of the stage in flight */
	bool all_issued;	      /* of the stage */
	/* Where it lies, by its layout: */
	int fileno;
	uint64_t offset;	     /* in the file, of its first piece */
	uint64_t bytes;		     /* that it takes */
	uint64_t before;	     /* that a read begins in front of it */
	uint64_t region;	     /* from each piece to the next */
	struct handle *handle;	     /* the file, where that comes and goes */
	struct running_object *next; /* free, or with a stage to issue */
};

/* All that a job can have at a time, and which are free. */
struct running {
	struct running_step *steps;
	struct running_step *free_steps;
	struct running_object *objects;
	struct running_object *free_objects;
	unsigned int nr;
	unsigned int used_steps;
	/* Objects whose next stage can be issued, first come, first served. */
	struct running_object *ready;
	struct running_object **ready_end;
};

/* Room for @nr of each; 0, or -1 when there is no memory. */
int running_init(struct running *r, unsigned int nr);
void running_exit(struct running *r);

/* One is always free: there are more of them than I/Os. */
struct running_step *running_use_step(struct running *r, struct request *req,
				      struct plan_step *step, uint32_t objects);
struct running_object *running_use_object(struct running *r,
					  struct running_step *step,
					  uint32_t number);
void running_free_step(struct running *r, struct running_step *step);
void running_free_object(struct running *r, struct running_object *object);

/* Notes that the object's next stage can be issued; takes the first such
 * object. */
void running_add_ready(struct running *r, struct running_object *object);
struct running_object *running_take_ready(struct running *r);

#endif
