/*
 * Giving the core the I/Os of a step: object by object, in units of bs, with
 * the syncs that fsync=N and its kin ask for, up to number_ios and io_size.
 */
#ifndef MOONCAKE_GIVE_H
#define MOONCAKE_GIVE_H

#include <stdbool.h>
#include <stdint.h>

struct thread_data;
struct feed_open;

/* The rest of an open step, until @batch I/Os are given. */
void give_open(struct thread_data *td, struct feed_open *open,
	       unsigned int batch);

/* Bytes of an I/O, and how many a step takes. */
uint64_t give_unit(struct thread_data *td, bool write);
uint64_t give_ios(struct thread_data *td, bool write);

#endif
