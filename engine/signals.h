/*
 * fio's handlers of signals print, so they allocate. Where one of them comes
 * in the middle of an allocation, or of a fork, which holds the locks of
 * malloc, fio waits for itself for ever. It mostly allocates while it sets up
 * and starts its jobs: signals wait for the end of that.
 */
#ifndef MOONCAKE_SIGNALS_H
#define MOONCAKE_SIGNALS_H

#include <signal.h>

/* Those of this thread that fio handles. */
void signals_hold(sigset_t *before);
void signals_release(const sigset_t *before);

/* The same around each fork of this process. */
void signals_hold_in_forks(void);

#endif
