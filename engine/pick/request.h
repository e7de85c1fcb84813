/* How a request that a job works on comes to its end. */
#ifndef MOONCAKE_RUN_REQUEST_H
#define MOONCAKE_RUN_REQUEST_H

#include <stdint.h>

struct thread_data;
struct request;
struct running_step;

/* When the request's writes may start, once its load is done. */
uint64_t request_ready_ns(struct thread_data *td, const struct request *req);

/* All reads of the request have completed, or it has none. */
void request_loaded(struct thread_data *td, struct request *req);

/* All of the step is done: what waits for it may go on. */
void request_step_done(struct thread_data *td, struct running_step *step);

/* Abandons all requests of a job that ends, so that nobody waits for them. */
void request_abandon_all(struct thread_data *td);

#endif
