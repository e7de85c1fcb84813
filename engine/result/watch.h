/*
 * A thread of fio's main process that watches the jobs, since fio does not: a
 * job that dies by a signal leaves the exit status 0 and the others of its
 * group waiting, one that is told to stop while its storage stalls stays.
 */
#ifndef MOONCAKE_WATCH_H
#define MOONCAKE_WATCH_H

/*
 * In setup(), before the first job starts; further calls do nothing. At the
 * end of the process its exit status becomes 1 where a job died and fio would
 * not say so.
 */
void watch_start(void);

/* In the job itself: ends it with the process that made it. */
void watch_parent(void);

#endif
