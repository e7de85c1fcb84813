/*
 * Sessions and users of a trace: what the requests of a session have to do
 * with each other. A trace has turns if a row of it has a session_id, or if
 * sessions= is set; then there is one for each request, and requests stand in
 * the order in which they arrive if none of them takes any time:
 *
 * - sessions=0, open loop: by arrival, ties by line. Requests whose row has a
 *   timestamp arrive then, whatever came before: @before is
 *   TRACE_NO_REQUEST. The others arrive @delay_ns after @before, their
 *   session's row before, has ended.
 * - sessions=N, closed loop: users 0 .. nr_users - 1 (N, or as many as there
 *   are sessions, if that is less) each play one session after the other.
 *   When a user has ended one, he takes the first in the order of their first
 *   lines that nobody has begun; ties between users by session. Each request
 *   but his first arrives @delay_ns after @before, his request before, has
 *   ended: also the first of his next session, whose delay is mostly 0. His
 *   first one arrives at its arrival_ns. Which sessions a user plays is
 *   settled here, by requests that take no time: a replay keeps to it.
 *
 * A row without session_id is a session of its own. In either loop, for a
 * request r:
 *
 *	before == TRACE_NO_REQUEST: it arrives at requests[r].arrival_ns
 *	else: it arrives delay_ns after request before has ended
 *
 * and before < r, so that who goes through the requests in their order meets
 * each one's predecessor first. requests[r].arrival_ns is always the arrival
 * if requests take no time: the earliest possible one, from 0 at the start.
 * Times are those of the trace: replay_time_scale is still to be applied, to
 * arrivals and delays alike.
 */
#ifndef MOONCAKE_TURNS_H
#define MOONCAKE_TURNS_H

#include <stdint.h>

#define TRACE_NO_REQUEST UINT32_MAX

struct trace_turn {
	uint32_t session; /* 0 .. nr_sessions - 1, by order of first lines */
	uint32_t user;	  /* who plays it; 0 with sessions=0 */
	uint32_t before;  /* index of the request that it waits for */
	int64_t delay_ns; /* from the end of that one to this arrival; >= 0 */
};

#endif
