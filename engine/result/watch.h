/*
 * A thread of fio's main process that watches the jobs, since fio does not.
 * With fio alone, a job that a signal kills would leave the exit status 0 and
 * the others of its group waiting, and a job whose storage stalls would never
 * stop.
 */
#ifndef MOONCAKE_WATCH_H
#define MOONCAKE_WATCH_H

/*
 * Starts the thread. Called in setup(), before the first job starts; further
 * calls do nothing. At the end of the process its exit status becomes 1 where a
 * job died and fio would not say so.
 */
void watch_start(void);

/*
 * Say that the set-up of the job of that name begins, and that it ends; the
 * caller holds signals meanwhile. So a backend that waits there for a server is
 * ended after a signal, too.
 */
void watch_set_up_begin(const char *job);
void watch_set_up_end(void);

/* Called in the job itself: makes it end when the process that made it ends. */
void watch_parent(void);

#endif
