/*
 * Which step of which request comes next: requests are taken and begun, reads
 * of the one in front go first, writes follow behind it or in the background,
 * and no step before the order of its slot allows it.
 */
#ifndef MOONCAKE_PICK_H
#define MOONCAKE_PICK_H

#include <stdbool.h>
#include <stdint.h>

struct thread_data;

/* Opens the next read, or the next write; false when there is none to give
 * now. What it waits for is then noted in the feed: a time, an order. */
bool pick_load(struct thread_data *td, uint64_t now_ns);
bool pick_store(struct thread_data *td, uint64_t now_ns);

/* May a background write that is open be given a further I/O? */
bool pick_may_go_on(struct thread_data *td, uint64_t now_ns);

#endif
