/* probe=: asks the filesystem which objects of a request are there, since that
 * is what such a store pays for each request. */
#ifndef MOONCAKE_PROBE_H
#define MOONCAKE_PROBE_H

#include <stdint.h>

struct thread_data;
struct request;

/* Writes where the object of the request's lookup @number would lie into @path
 * of PATH_MAX bytes. */
typedef void (*probe_path)(char *path, struct thread_data *td,
			   const struct request *req, uint32_t number);

/* Asks for all objects of a request that has begun. Returns 0, or -1 with td's
 * error set. */
int probe_request(struct thread_data *td, const struct request *req,
		  probe_path path_of);

#endif
