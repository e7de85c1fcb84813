/*
 * What has another name from one release of fio to the next. The Makefile looks
 * into the headers and defines FIO_HAS_..., since FIO_IOOPS_VERSION does not
 * tell all releases apart.
 */
#ifndef MOONCAKE_FIO_RELEASES_H
#define MOONCAKE_FIO_RELEASES_H

#include "fio.h"
#include "options.h"
#include "verify.h"

/* Is the job still in its ramp_time? */
static inline bool in_ramp(struct thread_data *td)
{
#ifdef FIO_HAS_RAMP_PERIOD
	return in_ramp_period(td);
#else
	return in_ramp_time(td);
#endif
}

/* Looks whether the ramp is over; then fio's statistics begin. */
static inline bool ramp_over(struct thread_data *td)
{
#ifdef FIO_HAS_RAMP_PERIOD
	return ramp_period_over(td);
#else
	return ramp_time_over(td);
#endif
}

/*
 * verify= draws a number for each write, and draws them again for its reads,
 * which are in the order of files and offsets: that of writes may be another.
 * To be called when all is written.
 */
static inline void verify_in_any_order(struct thread_data *td)
{
#ifdef FIO_HAS_VERIFY_HEADER_SEED
	if (!fio_option_is_set(&td->o, verify_header_seed))
		td->o.verify_header_seed = 0;
#else
	if (td->o.verify != VERIFY_NONE)
		td->flags |= TD_F_VER_BACKLOG;
#endif
}

#endif
