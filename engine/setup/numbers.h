/* Finds numbers that fio would read only in part. */
#ifndef MOONCAKE_NUMBERS_H
#define MOONCAKE_NUMBERS_H

#include "trace/base/error.h"

struct thread_data;

/*
 * Refuses numbers that fio would take in another sense than they were given,
 * and say nothing: of 90x or 50%x, where no suffix follows the number, it takes
 * the number; of a list or range the first; and what is negative or too small
 * leaves an option as it was. Looks at the job's options as they were given:
 * those of this engine, and those of fio that decide the plan. Returns 0, or -1
 * with @err filled, which names the option.
 */
int refuse_odd_numbers(struct thread_data *td, struct error *err);

#endif
