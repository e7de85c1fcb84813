/*
 * What has another name from one release of fio to the next. FIO_IOOPS_VERSION
 * does not tell all releases apart, so the Makefile looks into the headers and
 * defines FIO_HAS_... accordingly.
 */
#ifndef MOONCAKE_FIO_RELEASES_H
#define MOONCAKE_FIO_RELEASES_H

#include "fio.h"
#include "options.h"
#include "verify.h"

/* Is the job still in its ramp_time=? */
static inline bool in_ramp(struct thread_data *td)
{
#ifdef FIO_HAS_RAMP_PERIOD
	return in_ramp_period(td);
#else
	return in_ramp_time(td);
#endif
}

/* Returns whether the ramp is over, and begins fio's statistics if it is. */
static inline bool ramp_over(struct thread_data *td)
{
#ifdef FIO_HAS_RAMP_PERIOD
	return ramp_period_over(td);
#else
	return ramp_time_over(td);
#endif
}

/*
 * With verify= fio draws a random number for each write, and draws them again
 * for its reads, which go by file and offset. The writes may have been in
 * another order, so this makes fio do without those numbers. Called when all is
 * written.
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
