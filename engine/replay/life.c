#include "fio.h"
#include "fio_sem.h"

#include "engine/replay/life.h"

static struct thread_data *td_of(const struct member *m)
{
	return tnumber_to_td(m->thread - 1);
}

/* The order matters: a member sets its state, then exits. */
static bool is_dead(const struct member *m)
{
	return m->thread && td_of(m)->runstate >= TD_EXITED &&
	       !td_of(m)->terminate && atomic_load(&m->state) <= MEMBER_RUNNING;
}

/*
 * Killed before fio let it start, a job still counts as asleep on its
 * semaphore, and fio would wait for ever for it to wake up.
 */
static void release_dead(struct thread_data *td)
{
	if (!td->o.use_thread)
		__fio_sem_init(td->sem, FIO_SEM_LOCKED);
}

static bool report_if_dead(struct replay *r, const struct member *m)
{
	uint32_t alive = 0;

	if (!is_dead(m))
		return false;
	/* The first to see it says so. */
	if (atomic_compare_exchange_strong(r->failed, &alive, 1))
		log_err("mooncake: job '%s' (pid %d) died; the others of its replay group end\n",
			td_of(m)->o.name, (int)td_of(m)->pid);
	release_dead(td_of(m));
	return true;
}

bool life_report_dead(struct replay *r)
{
	bool dead = false;
	uint32_t i;

	for (i = 0; i < r->nr_workers; i++)
		dead |= report_if_dead(r, &r->workers[i].member);
	for (i = 0; i < r->nr_observers; i++)
		dead |= report_if_dead(r, &r->observers[i].member);
	return dead;
}

static bool is_running(const struct member *m)
{
	struct thread_data *td;

	if (!m->thread || atomic_load(&m->state) > MEMBER_RUNNING)
		return false;
	td = td_of(m);
	return td->runstate < TD_EXITED &&
	       !(td->runstate == TD_NOT_CREATED && td->terminate);
}

uint32_t life_running(struct replay *r)
{
	uint32_t i, running = 0;

	for (i = 0; i < r->nr_workers; i++)
		running += is_running(&r->workers[i].member);
	return running;
}
