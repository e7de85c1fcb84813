/*
 * Leaves warm-up requests out of fio's statistics. fio keeps none while they
 * run, but for some counters; these are reset when the warm-up is over, as fio
 * does after ramp_time=.
 */
#ifndef MOONCAKE_WARMUP_H
#define MOONCAKE_WARMUP_H

struct thread_data;

void warmup_begin(struct thread_data *td);
void warmup_end(struct thread_data *td);

#endif
