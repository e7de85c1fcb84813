/*
 * The answer below fio's own output: what was measured, the hit rate, how fast
 * it went, how long loads took, and what looks wrong about the run.
 */
#ifndef MOONCAKE_ANSWER_H
#define MOONCAKE_ANSWER_H

struct group;

/* In fio's main process, when all jobs have ended. Nothing in JSON mode. */
void answer_tell(const struct group *g);

#endif
