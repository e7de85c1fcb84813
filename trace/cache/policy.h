/*
 * Eviction policies. Each is a file behind this interface and a line in the
 * table of policy.c. What a policy chooses among is in places, which are slots
 * or buckets. It gives each a ticket, a small number by which both sides call
 * it, and may change tickets. So what goes together can lie together in memory,
 * however far apart its places are.
 */
#ifndef MOONCAKE_POLICY_H
#define MOONCAKE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/error.h"
#include "trace/base/mem.h"

#define POLICY_NEXT_PASS 32 /* bits of a time: see insert */

/* Who keeps something for each ticket. */
struct ticket_holder {
	/* What had ticket @from has @to from now on, which nothing had. */
	void (*changed)(void *owner, uint32_t from, uint32_t to);
	void *owner;
};

struct policy {
	const char *name;
	const char *help;  /* one line */
	bool needs_future; /* insert and touch are given the next use */
	bool of_buckets;   /* can choose among buckets as well as blocks */

	/* Returns how many tickets there are for so many places. */
	uint32_t (*tickets)(uint32_t nr_places);
	/* Makes the state for places 0 .. nr_places - 1, of which none is in
	 * use. Returns NULL when there is no memory. */
	void *(*create)(uint32_t nr_places, struct ticket_holder holder,
			const struct mem *mem);
	void (*destroy)(void *state, const struct mem *mem);

	/*
	 * Something new is in @place. Returns its ticket, which nothing has.
	 * @next_use says when it is used next: the smaller, the sooner; always
	 * 0 without needs_future. Where it has bits above POLICY_NEXT_PASS it
	 * is not used in this pass any more, and those below are when it is
	 * used in the next one.
	 */
	uint32_t (*insert)(void *state, uint32_t place, uint64_t next_use);
	/* What has @ticket is used again. Returns the ticket that it has now;
	 * the holder was told of it, as of any other that was changed. */
	uint32_t (*touch)(void *state, uint32_t ticket, uint64_t next_use);
	/* Chooses a ticket, takes it back and returns it. There is one. */
	uint32_t (*evict)(void *state);
	/* Another pass begins: whatever is cached is not used in the one before
	 * any more. NULL without needs_future. */
	void (*begin_pass)(void *state);
};

/* For policies with as many tickets as places. */
uint32_t policy_ticket_a_place(uint32_t nr_places);

/* The table, ended by NULL. */
extern const struct policy *const policies[];

/* Returns the policy of that name, or NULL. */
const struct policy *policy_find(const char *name);

/* Returns the policy that eviction=@name means, or NULL with @err filled.
 * @dashes is what the error puts before the option's name: "" or "--". */
const struct policy *policy_named(const char *name, const char *dashes,
				  struct error *err);

#endif
