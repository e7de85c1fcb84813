/*
 * The request in front: the one whose reads are issued, from taking it to the
 * moment at which its last read, or with store=inline its last write, is.
 */
#ifndef MOONCAKE_FRONT_H
#define MOONCAKE_FRONT_H

#include <stdbool.h>
#include <stdint.h>

struct thread_data;
struct picker;

/* 0, or -1 when there is no memory. */
int front_start(struct thread_data *td);
void front_stop(struct thread_data *td);

/*
 * Takes a request where none is in front, and begins it when it has its plan
 * and has arrived. False when it can't begin now; what it waits for is then
 * noted in the picker. One without reads leaves the front at once.
 */
bool front_ready(struct thread_data *td, uint64_t now_ns);

/* Takes the request out of the front if all of it is issued. */
void front_leave(struct picker *p);

/* With sessions, sets a blocked request aside to make room for another. */
void front_set_aside(struct picker *p);

#endif
