/*
 * The order on slots, as one number and one comparison. A step names how many
 * operations on its slot must have completed before it (plan.h), and the state
 * of the slot is how many have. A write is alone on its slot and waits for all
 * of them; a read waits for the write that fills the slot.
 */
#ifndef MOONCAKE_ORDER_H
#define MOONCAKE_ORDER_H

#include "engine/replay/replay.h"

/* 1 in a build for the tests, which the checker of order and check_blocks= must
 * catch. */
#ifndef TEST_IGNORES_ORDER
#define TEST_IGNORES_ORDER 0
#endif

/* Does anybody wait for this step? For a read only a step that reuses its place
 * would. */
static inline bool order_awaited(const struct replay *r,
				 const struct plan_step *step)
{
	return r->reuses_slots || plan_kind(step) != PLAN_READ;
}

/* Returns how many operations on the step's slot are done; with buckets, up to
 * which operation on its bucket the slot is filled. */
static inline uint32_t order_done_on_slot(const struct replay *r,
					  const struct plan_step *step)
{
	return atomic_load_explicit(&r->slots[step->slot],
				    memory_order_acquire);
}

static inline _Atomic uint32_t *order_bucket(const struct replay *r,
					     const struct plan_step *step)
{
	return &r->buckets[step->slot / r->bucket_blocks];
}

/*
 * With buckets a step waits for its bucket. A read waits for its slot instead.
 */
static inline bool order_ready_in_bucket(const struct replay *r,
					 const struct plan_step *step)
{
	uint32_t done = atomic_load_explicit(order_bucket(r, step),
					     memory_order_acquire);

	if (plan_kind(step) == PLAN_WRITE)
		return (int32_t)(done - step->need) >= 0;
	return done == step->need;
}

/*
 * May this read be issued? Reads of a slot are counted on it, and are less than
 * PLAN_ROUND, so no less than @need says that its write is done. With buckets
 * they are not, and what a slot says of a bucket before this one may be any
 * number behind @need.
 */
static inline bool order_read_ready(const struct replay *r,
				    const struct plan_step *step)
{
	uint32_t done = order_done_on_slot(r, step);

	if (TEST_IGNORES_ORDER)
		return true;
	if (r->bucket_blocks)
		return done == step->need;
	return (int32_t)(done - step->need) >= 0;
}

/* May this step be issued? */
static inline bool order_ready(const struct replay *r,
			       const struct plan_step *step)
{
	if (TEST_IGNORES_ORDER)
		return true;
	if (plan_kind(step) == PLAN_READ)
		return order_read_ready(r, step);
	if (r->bucket_blocks)
		return order_ready_in_bucket(r, step);
	return order_done_on_slot(r, step) == step->need;
}

/* Counts one more operation on a content whose reads have @need, as the plan
 * counts: see PLAN_ROUND. */
static inline void order_count(_Atomic uint32_t *done, uint32_t need)
{
	uint32_t before =
		atomic_fetch_add_explicit(done, 1, memory_order_acq_rel);

	if (before + 1 - need == PLAN_ROUND)
		atomic_fetch_sub_explicit(done, PLAN_ROUND,
					  memory_order_acq_rel);
}

/* Notes that a step has completed that was alone in its place. */
static inline void order_done_alone(_Atomic uint32_t *done,
				    const struct plan_step *step)
{
	atomic_store_explicit(done, step->need + 1, memory_order_release);
}

static inline void order_done_in_bucket(struct replay *r,
					const struct plan_step *step)
{
	_Atomic uint32_t *done = order_bucket(r, step);

	switch (plan_kind(step)) {
	case PLAN_READ:
		order_count(done, step->need);
		break;
	case PLAN_WRITE:
		order_done_alone(&r->slots[step->slot], step);
		order_count(done, step->need + 1);
		break;
	case PLAN_OPEN:
	case PLAN_EVICT:
		order_done_alone(done, step);
		break;
	}
}

/* Notes that the step has completed. */
static inline void order_done(struct replay *r, const struct plan_step *step)
{
	_Atomic uint32_t *done = &r->slots[step->slot];

	if (!order_awaited(r, step))
		return;
	if (r->bucket_blocks)
		order_done_in_bucket(r, step);
	else if (plan_kind(step) == PLAN_READ)
		order_count(done, step->need);
	else
		order_done_alone(done, step);
}

/* Has the write that filled the step's slot failed? Mostly none has, and which
 * have is not looked at: that would be one more line of memory for each I/O. */
static inline bool order_is_bad(const struct replay *r,
				const struct plan_step *step)
{
	if (!atomic_load_explicit(&r->any_bad, memory_order_relaxed))
		return false;
	return atomic_load_explicit(&r->slots_bad[step->slot / 64],
				    memory_order_relaxed) >>
		       step->slot % 64 &
	       1;
}

/*
 * Notes whether the write has failed. Where a job goes on after an error
 * (continue_on_error=), a write that failed counts as done, but its slot is
 * marked, since what is read there proves nothing. Called by the job that did
 * the write, before order_done().
 */
static inline void order_set_bad(struct replay *r, const struct plan_step *step,
				 bool bad)
{
	_Atomic uint64_t *word = &r->slots_bad[step->slot / 64];
	uint64_t bit = 1ULL << step->slot % 64;

	if (bad) {
		atomic_store(&r->any_bad, 1);
		atomic_fetch_or(word, bit);
	} else if (order_is_bad(r, step)) {
		atomic_fetch_and(word, ~bit);
	}
}

/*
 * Returns the slot at which it is marked that a step will not complete. With
 * buckets it is the first of the bucket, for which whatever waits for a read
 * waits as a whole.
 */
static inline uint32_t order_mark(const struct replay *r,
				  const struct plan_step *step)
{
	return r->bucket_blocks ? step->slot - step->slot % r->bucket_blocks :
				  step->slot;
}

/* Marks that the step will not complete, so that who waits for it stops. */
static inline void order_abandon(struct replay *r, const struct plan_step *step)
{
	uint32_t at = order_mark(r, step);

	if (order_awaited(r, step))
		atomic_fetch_or(&r->slots_abandoned[at / 64], 1ULL << at % 64);
}

/* Will something that this step waits for never complete, because the job that
 * had to do it has stopped? */
static inline bool order_abandoned(const struct replay *r,
				   const struct plan_step *step)
{
	uint32_t at = order_mark(r, step);

	return atomic_load(&r->slots_abandoned[at / 64]) >> at % 64 & 1;
}

#endif
