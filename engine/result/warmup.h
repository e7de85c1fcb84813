/*
 * Warm-up requests are left out of fio's statistics: none are kept while they
 * run, and the counters that fio keeps all the same are reset behind them, as
 * fio does after ramp_time.
 */
#ifndef MOONCAKE_WARMUP_H
#define MOONCAKE_WARMUP_H

struct thread_data;

void warmup_begin(struct thread_data *td);
void warmup_end(struct thread_data *td);

#endif
