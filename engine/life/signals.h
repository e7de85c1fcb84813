/*
 * fio's handlers of signals print, so they allocate. Where one of them comes
 * in the middle of an allocation, or of a fork, which holds the locks of
 * malloc, that thread waits for itself for ever. The main thread mostly
 * allocates while it sets up and starts jobs: then it takes no signal. One of
 * fio's other threads does, or it waits.
 */
#ifndef MOONCAKE_SIGNALS_H
#define MOONCAKE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* Holds the signals that fio handles back from this thread, and releases
 * them. */
void signals_hold(sigset_t *before);
void signals_release(const sigset_t *before);

/* The same around each fork of this process. */
void signals_hold_in_forks(void);

/* From now on, notes signals that tell fio to stop before fio handles them. */
void signals_watch(void);

/* Has such a signal come since, or is one held back? */
bool signals_seen(void);

#endif
