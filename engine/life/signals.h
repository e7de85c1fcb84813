/*
 * Keeps signals away from where they could hang fio. Its handlers print, so
 * they allocate. Where one runs in the middle of an allocation, or of a fork,
 * which holds the locks of malloc, its thread waits for itself for ever. The
 * main thread mostly allocates while it sets up and starts jobs, so it takes no
 * signal then: one of fio's other threads takes it, or it stays pending.
 */
#ifndef MOONCAKE_SIGNALS_H
#define MOONCAKE_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* Hold the signals that fio handles back from this thread, and release them:
 * @before is what the thread held before. */
void signals_hold(sigset_t *before);
void signals_release(const sigset_t *before);

/* Holds them around each fork of this process from now on. */
void signals_hold_in_forks(void);

/* From now on notes signals that tell fio to stop, before fio handles them. */
void signals_watch(void);

/* Has such a signal come since, or is one held back? */
bool signals_seen(void);

#endif
