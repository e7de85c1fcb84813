/* How a request that a job works on comes to its end. */
#ifndef MOONCAKE_REQUEST_H
#define MOONCAKE_REQUEST_H

#include <stdint.h>

struct thread_data;
struct request;

/* When the request's writes may start, once its reads are done. */
uint64_t request_ready_ns(struct thread_data *td, const struct request *req);

/* All reads of the request have completed, or it has none. */
void request_loads_done(struct thread_data *td, struct request *req);

/* A write of the request has completed, or a sync that belongs to one. */
void request_store_done(struct thread_data *td, struct request *req);

/* The job ends: nobody must wait for what it took and will not do. */
void request_abandon_all(struct thread_data *td);

#endif
