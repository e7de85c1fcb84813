/* The answer below fio's own output: what was measured, the hit rate, how fast
 * it went, how long loads took, and what looks wrong about the run. */
#ifndef MOONCAKE_ANSWER_H
#define MOONCAKE_ANSWER_H

struct group;
struct job;
struct thread_data;
struct error;

/* When a job has been set up: the first one tells of the plan, with its totals
 * where they are known. plan_json= is written or, where they are not, tried. 0,
 * or -1 with @err filled. */
int totals_begin(struct thread_data *td, struct job *job, struct error *err);

/* When all jobs have ended: tells and writes what was not known before. */
void totals_end(struct group *g);

/* Prints the answer of a group, after its totals. Called in fio's main process
 * when all jobs have ended. Prints nothing in JSON mode. */
void answer_tell(struct group *g);

#endif
