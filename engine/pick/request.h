/* Brings a request that a job works on to its end. */
#ifndef MOONCAKE_RUN_REQUEST_H
#define MOONCAKE_RUN_REQUEST_H

#include <stdint.h>

struct thread_data;
struct request;
struct running_step;

/* Returns when the writes of a request whose load is done may start. */
uint64_t request_ready_ns(struct thread_data *td, const struct request *req);

/* Notes that all reads of the request have completed, or that it has none. */
void request_loaded(struct thread_data *td, struct request *req);

/* Notes that all of the step is done, so that what waits for it may go on. */
void request_step_done(struct thread_data *td, struct running_step *step);

/* Abandons all requests of a job that ends, so that nobody waits for them. */
void request_abandon_all(struct thread_data *td);

#endif
