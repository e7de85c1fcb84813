/*
 * Requests that follow others: those of users (sessions=), and rows of sessions
 * whose time is a delay after the row before (trace/session/turns.h). Each
 * user, or each session of an open loop, has a place for the one request that
 * can be taken next. Whoever ends the request before it puts it there, with the
 * time at which it arrives.
 */
#ifndef MOONCAKE_REPLAY_TURNS_H
#define MOONCAKE_REPLAY_TURNS_H

#include "engine/replay/replay.h"

struct turn_place {
	_Atomic uint64_t number; /* of the request, or TURN_NONE */
	_Atomic uint64_t due_ns; /* when it arrives; 0: by its timestamp */
};

struct turns {
	struct turn_place *places; /* shared between jobs */
	uint32_t nr_places;
	uint32_t *after; /* of each request, who waits for it, or none */
	bool closed;	 /* users: no request is taken but from here */
	uint32_t scale;	 /* percent that delays are divided by; 0: no delays */
	_Atomic uint64_t *left; /* requests that are still to end in here */
};

/*
 * Makes the turns of a trace with sessions; r->turns stays NULL where no
 * request follows another. Returns 0, or -1 with @err filled when there is no
 * memory.
 */
int turns_create(struct replay *r, uint32_t scale, struct error *err);
void turns_destroy(struct replay *r);

/*
 * Takes the request that has waited longest of those that are due at @now_ns
 * and whose record is free. Returns its record, with arrival_ns set, or NULL;
 * *@due_ns is then when the next one is due, or UINT64_MAX where that isn't
 * known.
 */
struct request *turns_take(struct replay *r, uint64_t now_ns, uint64_t *due_ns);

/* Is @number a request that only turns_take() gives? */
bool turns_has(const struct replay *r, uint64_t number);

/* Notes that the request has ended at @now_ns. With @goes_on the request that
 * follows it may be taken; without, it never will be. */
void turns_ended(struct replay *r, uint64_t number, uint64_t now_ns,
		 bool goes_on);

/* Will no request ever be taken from here again? */
bool turns_over(const struct replay *r);

#endif
