/*
 * The answer below fio's own output: what was measured, the hit rate, how fast
 * it went, how long loads took, and what looks wrong about the run. And the
 * totals of the plan, which are told above it.
 */
#ifndef MOONCAKE_ANSWER_H
#define MOONCAKE_ANSWER_H

struct group;
struct thread_data;
struct error;

/*
 * Tells of the plan when the first job of its group has been set up, with its
 * totals where they are known. plan_json= is written, or tried where they are
 * not. Returns 0, or -1 with @err filled.
 */
int totals_begin(struct thread_data *td, struct error *err);

/*
 * Tells and writes what was not known before. Called when all jobs have ended.
 */
void totals_end(struct group *g);

/* Prints the answer of a group, after its totals. Called in fio's main process
 * when all jobs have ended. Prints nothing in JSON mode. */
void answer_tell(struct group *g);

#endif
