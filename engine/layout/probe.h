/* probe=: what it costs a request to find out which of its objects are
 * there. */
#ifndef MOONCAKE_PROBE_H
#define MOONCAKE_PROBE_H

#include <stdint.h>

struct thread_data;
struct request;

/* Where the request's lookup of that number would lie, into PATH_MAX bytes. */
typedef void (*probe_path)(char *path, struct thread_data *td,
			   const struct request *req, uint32_t number);

/* Asks the filesystem for the request, which has begun. 0, or -1 with td's
 * error set. */
int probe_request(struct thread_data *td, const struct request *req,
		  probe_path path_of);

#endif
