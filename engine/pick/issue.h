/*
 * Issuing the I/Os of a step to the core: object by object, each stage of it
 * in units of bs, up to number_ios and io_size.
 */
#ifndef MOONCAKE_ISSUE_H
#define MOONCAKE_ISSUE_H

#include <stdbool.h>
#include <stdint.h>

struct thread_data;
struct running_object;
struct running_step;

/* Where the next I/O comes from. */
struct cursor {
	struct running_step *running;  /* has objects to begin; NULL: none */
	uint32_t number;	       /* of the next of these */
	struct running_object *object; /* has I/Os to issue; NULL: none */
	uint64_t from;		       /* bytes of the object's stage that */
	uint64_t to;		       /* are still to be issued */
};

static inline bool cursor_is_empty(const struct cursor *cursor)
{
	return !cursor->running && !cursor->object;
}

/* Points an empty cursor to a step, or to an object with a further stage. */
void cursor_set_step(struct cursor *cursor, struct running_step *step);
void cursor_set_object(struct thread_data *td, struct cursor *cursor,
		       struct running_object *object);

/* I/Os from the cursor on, until @batch are issued or it is empty. A step of
 * files is done at once. */
void issue_ios(struct thread_data *td, struct cursor *cursor,
	       unsigned int batch);

/* Bytes of an I/O. */
uint64_t issue_unit(struct thread_data *td, bool write);

#endif
