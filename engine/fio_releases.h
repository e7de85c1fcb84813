/*
 * What releases of fio call differently. FIO_HAS_... come from the Makefile,
 * which looks into the headers: FIO_IOOPS_VERSION does not tell them all apart.
 */
#ifndef MOONCAKE_FIO_RELEASES_H
#define MOONCAKE_FIO_RELEASES_H

#include "fio.h"

/* Is the job still in its ramp_time? */
static inline bool in_ramp(struct thread_data *td)
{
#ifdef FIO_HAS_RAMP_PERIOD
	return in_ramp_period(td);
#else
	return in_ramp_time(td);
#endif
}

/* Looks whether the ramp is over; when it is, statistics begin. */
static inline bool ramp_over(struct thread_data *td)
{
#ifdef FIO_HAS_RAMP_PERIOD
	return ramp_period_over(td);
#else
	return ramp_time_over(td);
#endif
}

#endif
