/*
 * Issuing the I/Os of a step to the core: object by object, in units of bs,
 * with the syncs that fsync=N and its kin ask for, up to number_ios and
 * io_size.
 */
#ifndef MOONCAKE_ISSUE_H
#define MOONCAKE_ISSUE_H

#include <stdbool.h>
#include <stdint.h>

struct thread_data;
struct cursor;

/* I/Os from the cursor on, until @batch are issued or its step is done. */
void issue_ios(struct thread_data *td, struct cursor *cursor,
	       unsigned int batch);

/* Bytes of an I/O, and how many a step takes. */
uint64_t issue_unit(struct thread_data *td, bool write);
uint64_t issue_count(struct thread_data *td, bool write);

#endif
