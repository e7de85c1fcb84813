/* Issues the I/Os of a step to the core: object by object, each stage of it in
 * units of bs=, up to number_ios= and io_size=. */
#ifndef MOONCAKE_ISSUE_H
#define MOONCAKE_ISSUE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/inflight/running.h"

struct thread_data;

/* The place in a step from which the next I/O comes. */
struct cursor {
	struct running_step *running;  /* NULL: from nowhere */
	struct running_object *object; /* has I/Os to issue; NULL: the next of
					* the step begins */
	uint32_t number;	       /* of that one */
	uint32_t end;		       /* one past the last that begins here */
	uint64_t from;		       /* of the object's stage; see stage.h */
	uint64_t to;
};

/* What has been issued, where an option of fio counts it. */
struct issue_counts {
	bool has_limit;	 /* number_ios= or io_size= is set */
	bool limit_met;	 /* nothing more is issued */
	uint64_t ios;	 /* reads and writes, with has_limit */
	uint64_t bytes;	 /* of these */
	uint64_t writes; /* where syncs follow so many of them */
};

static inline bool cursor_is_empty(const struct cursor *cursor)
{
	return !cursor->running;
}

/* Points an empty cursor to the first object of a step. */
static inline void cursor_set_step(struct cursor *cursor,
				   struct running_step *step)
{
	cursor->running = step;
	cursor->object = NULL;
	cursor->number = 0;
	cursor->end = step->objects_left;
}

/* Points an empty cursor to the stage that an object has come to. */
void cursor_set_object(struct cursor *cursor, struct running_object *object);

/* Prepares to issue. Called before the first I/O of the job. */
void issue_start(struct thread_data *td);

/* Issues I/Os from the cursor on, until @batch are issued or it is empty. A
 * step that is no I/O is done at once. Sets td's error where that fails. */
void issue_ios(struct thread_data *td, struct cursor *cursor,
	       unsigned int batch);

#endif
