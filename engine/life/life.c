#include <sys/wait.h>

#include "fio.h"

#include "engine/life/life.h"

static struct thread_data *td_of(const struct member *m)
{
	return tnumber_to_td(m->thread - 1);
}

static bool is_running(const struct member *m)
{
	struct thread_data *td;

	if (!m->thread || member_has_ended(m))
		return false;
	td = td_of(m);
	if (td->runstate == TD_NOT_CREATED)
		return !td->terminate && !td->o.wait_for;
	return td->runstate < TD_EXITED;
}

uint32_t life_running(struct replay *r)
{
	uint32_t i, running = 0;

	for (i = 0; i < r->nr_workers; i++)
		running += is_running(&r->workers[i].member);
	return running;
}

/*
 * Calls @look for a member that is open. fio frees the jobs' structures at its
 * end, so those of members that have ended, or will never start, are not looked
 * at again.
 */
static void look_at(struct replay *r, struct member *m, life_look look)
{
	if (!m->thread || member_has_ended(m))
		return;
	if (td_of(m)->runstate != TD_NOT_CREATED)
		look(r, m, td_of(m));
	else if (td_of(m)->terminate)
		atomic_store(&m->state, MEMBER_FAILED);
}

void life_each_open(struct replay *r, life_look look)
{
	uint32_t i;

	for (i = 0; i < r->nr_workers; i++)
		look_at(r, &r->workers[i].member, look);
	for (i = 0; i < r->nr_observers; i++)
		look_at(r, &r->observers[i].member, look);
}

bool life_died(const struct thread_data *td)
{
	siginfo_t info = { 0 };

	if (td->o.use_thread || !td->pid)
		return false;
	/* fio's main thread may have waited for it already. */
	if (td->sig || td->runstate >= TD_EXITED)
		return true;
	return !waitid(P_PID, td->pid, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       info.si_pid == td->pid &&
	       (info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED);
}
