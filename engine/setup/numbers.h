/* Numbers that fio reads only in part. */
#ifndef MOONCAKE_NUMBERS_H
#define MOONCAKE_NUMBERS_H

#include "trace/base/error.h"

struct thread_data;

/*
 * Of a number with something behind it that is no suffix, as 90x or 50%x, fio
 * takes the beginning and says nothing; of a list or range the first; and what
 * is negative or below the least it leaves as it was. Looks at the job's options as they were
 * given, this engine's and those of fio that decide the plan. 0, or -1 with
 * @err naming the option.
 */
int refuse_odd_numbers(struct thread_data *td, struct error *err);

#endif
