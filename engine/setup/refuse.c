#include "fio.h"
#include "verify.h"

#include "engine/job.h"
#include "engine/replay/replay.h"
#include "engine/setup/numbers.h"
#include "engine/setup/refuse.h"

struct refusal {
	const char *option;
	bool (*is_set)(struct thread_data *td);
	const char *why;
};

static bool has_offload(struct thread_data *td)
{
	return td->o.io_submit_mode == IO_MODE_OFFLOAD;
}

static bool has_parallel_create(struct thread_data *td)
{
	return !td->o.create_serialize;
}

static bool has_rate(struct thread_data *td)
{
	struct thread_options *o = &td->o;
	int i;

	for (i = 0; i < DDIR_RWDIR_CNT; i++)
		if (o->rate[i] || o->ratemin[i] || o->rate_iops[i] ||
		    o->rate_iops_min[i])
			return true;
	return fio_option_is_set(o, rate_process) ||
	       fio_option_is_set(o, ratecycle) ||
	       fio_option_is_set(o, rate_ign_think);
}

static bool has_lockfile(struct thread_data *td)
{
	return td->o.file_lock_mode != FILE_LOCK_NONE;
}

static bool has_read_iolog(struct thread_data *td)
{
	return td->o.read_iolog_file || td->o.read_iolog_chunked;
}

static bool has_zones(struct thread_data *td)
{
	return td->o.zone_mode > ZONE_MODE_NONE;
}

static bool has_latency_target(struct thread_data *td)
{
	return td->o.latency_target || td->o.latency_run;
}

static bool has_flow(struct thread_data *td)
{
	return td->o.flow;
}

static bool has_offset_increment(struct thread_data *td)
{
	return td->o.offset_increment || td->o.offset_increment_percent;
}

static bool has_io_share(struct thread_data *td)
{
	return td->o.io_size_percent;
}

static bool has_verify_only(struct thread_data *td)
{
	return td->o.verify_only;
}

static bool has_verify_state(struct thread_data *td)
{
	return td->o.verify_state;
}

static bool has_experimental_verify(struct thread_data *td)
{
	return td->o.experimental_verify;
}

static bool has_pre_read(struct thread_data *td)
{
	return td->o.pre_read;
}

static bool has_few_open_files(struct thread_data *td)
{
	return td->o.open_files < td->o.nr_files;
}

static bool has_fewer_files(struct thread_data *td)
{
	return !td->o.nr_files || td->o.nr_files < td->files_index;
}

static bool has_merged_directions(struct thread_data *td)
{
	return td->o.unified_rw_rep;
}

static bool has_trims(struct thread_data *td)
{
	return td->o.trim_percentage || td->o.trim_backlog ||
	       td->o.block_error_hist;
}

/* fio has this option from 3.41 on, so it is looked up by its name. */
static bool has_sprandom(struct thread_data *td)
{
	const struct fio_option *opt;

	for (opt = fio_options; opt->name; opt++)
		if (!strcmp(opt->name, "sprandom"))
			return *(unsigned int *)((char *)&td->o + opt->off1);
	return false;
}

static bool has_block_split(struct thread_data *td)
{
	struct thread_options *o = &td->o;

	return fio_option_is_set(o, bssplit) || o->bs_unaligned ||
	       o->min_bs[DDIR_READ] != o->max_bs[DDIR_READ] ||
	       o->min_bs[DDIR_WRITE] != o->max_bs[DDIR_WRITE];
}

static bool has_fill(struct thread_data *td)
{
	return td->o.fill_device || td->o.file_append;
}

static bool has_random_file_size(struct thread_data *td)
{
	return td->o.file_size_low != td->o.file_size_high;
}

static const struct refusal refusals[] = {
	{ "io_submit_mode=offload", has_offload,
	  "other threads would issue the I/O in any order" },
	{ "create_serialize=0", has_parallel_create,
	  "the plan is made when files are set up, which must be before the jobs start" },
	{ "rate=, rate_min=, rate_iops=, rate_iops_min=, rate_process=, rate_cycle= and rate_ignore_thinktime=",
	  has_rate,
	  "the trace says when requests arrive; replay_time_scale= makes it faster or slower" },
	{ "lockfile=", has_lockfile,
	  "jobs share files and order their I/O by slot" },
	{ "read_iolog= and read_iolog_chunked=", has_read_iolog,
	  "the trace is what is replayed" },
	{ "zonemode= and zonesize=", has_zones,
	  "slots lie over the whole capacity" },
	{ "flow=", has_flow,
	  "a job that it holds back may be the one that others wait for" },
	{ "offset_increment=", has_offset_increment,
	  "jobs share their slots; filename=, offset= and size= say where those lie" },
	{ "a percentage in io_size=", has_io_share,
	  "a trace is no share of size=; give bytes" },
	{ "latency_target= and latency_run=", has_latency_target,
	  "it changes the queue depth on its own; scripts/mooncake-saturate finds the traffic that a latency allows" },
	{ "verify_only=1", has_verify_only, "it would write nothing to read" },
	{ "verify_state_load=1", has_verify_state,
	  "verify= would leave out what an earlier run had not written" },
	{ "experimental_verify=1", has_experimental_verify,
	  "it makes up its own offsets; check_blocks=1 checks every hit" },
	{ "pre_read=1", has_pre_read,
	  "slots that were never written would be read" },
	{ "nrfiles=0, or nrfiles= below the number of files that filename= names,",
	  has_fewer_files, "blocks lie in all of them" },
	{ "openfiles= below nrfiles=", has_few_open_files,
	  "a block may be in any file; raise it" },
	{ "unified_rw_reporting=", has_merged_directions,
	  "hits are the reads and stores the writes" },
	{ "trim_percentage=, trim_backlog= and block_error_percentiles=",
	  has_trims,
	  "a cache that trims would lose the blocks that hits read" },
	{ "bssplit=, bsrange= and bs_unaligned=", has_block_split,
	  "an I/O is a piece of an object; bs= sets its size" },
	{ "sprandom=", has_sprandom, "it sets how much is written by itself" },
	{ "fill_device= and file_append=", has_fill,
	  "size= is the capacity of the cache" },
	{ "a range in filesize=", has_random_file_size,
	  "slots are striped over files of one size" },
};

int refuse_options(struct thread_data *td, const struct mooncake_options *o,
		   struct error *err)
{
	size_t i;

	for (i = 0; i < FIO_ARRAY_SIZE(refusals); i++)
		if (refusals[i].is_set(td))
			return fail(err,
				    "%s can't be used with this engine: %s; leave it out",
				    refusals[i].option, refusals[i].why);
	if (o->observe == OBSERVE_NONE && (!td_rw(td) || td_trim(td)))
		return fail(err,
			    "rw= must be rw or randrw: a cache reads its hits and writes its misses");
	return refuse_odd_numbers(td, err);
}

static int check_verify(struct thread_data *td, struct error *err)
{
	const struct job *job = job_of(td);
	const struct group *g = job->group;
	const struct replay *r = job->replay;
	bool rewrites = g->stats.slots_rewritten ||
			((r->passes > 1 || !g->counted) && r->reuses_slots);

	if (td->o.verify == VERIFY_NONE || td->o.verify_pattern_bytes ||
	    !rewrites)
		return 0;
	return fail(err,
		    "verify= can't check a slot that is written again, and this plan reuses slots; raise size= to at least %u slots, give verify_pattern=, or rely on check_blocks=1, which checks every hit",
		    g->trace.nr_blocks);
}

static uint64_t available_memory(void)
{
	unsigned long long kb = 0;
	char line[128];
	FILE *f = fopen("/proc/meminfo", "r");

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %llu", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb * 1024;
}

static int check_memory(struct thread_data *td, struct error *err)
{
	unsigned int nr_workers = job_of(td)->group->nr_workers;
	unsigned long long bs = max(td->o.bs[DDIR_READ], td->o.bs[DDIR_WRITE]);
	__uint128_t need = (__uint128_t)bs * td->o.iodepth * nr_workers;
	uint64_t have = available_memory();

	if (!have || need <= have)
		return 0;
	return fail(err,
		    "the I/O buffers of %u job%s with iodepth=%u and an I/O unit of %llu bytes need %.1f GiB of memory, of which %.1f GiB are available; bs= lowers the unit, or lower iodepth=",
		    nr_workers, nr_workers > 1 ? "s" : "", td->o.iodepth, bs,
		    (double)need / (1 << 30), (double)have / (1 << 30));
}

static int check_warmup(const struct replay *r, struct error *err)
{
	if (!r->warmup || r->warmup < r->nr_requests)
		return 0;
	return fail(err,
		    "warmup_requests=%u leaves nothing of the %u requests to measure; lower it",
		    r->warmup, r->nr_requests);
}

int refuse_plan(struct thread_data *td, struct error *err)
{
	if (check_verify(td, err) || check_memory(td, err))
		return -1;
	return check_warmup(job_of(td)->replay, err);
}

/* Refuses an observer of operations where no file comes or goes. */
static int check_observed(const struct job *job, struct error *err)
{
	const struct mooncake_options *o = job->options;
	const struct plan_options *po = &job->group->plan_options;

	if (!observes_operation(o->observe))
		return 0;
	if (po->layout == PLAN_LAYOUT_SLOTS)
		return fail(err,
			    "observe=: with layout=slots no file comes or goes; observe request, load or store, or set layout=files");
	return 0;
}

int refuse_observer(struct thread_data *td, const struct job *job,
		    struct error *err)
{
	const char *plan_json = job->options->plan_json;
	struct thread_data *other;
	unsigned int i;

	if (check_observed(job, err))
		return -1;
	if (plan_json && !group_plan_file(job->group, plan_json))
		return fail(err,
			    "observe=: plan_json=%s is written by the jobs that do the I/O; give it to one of them, or to [global]",
			    plan_json);
	if (td->o.wait_for)
		return fail(err,
			    "observe=: wait_for=%s would start this job too late; it must run beside the jobs it observes",
			    td->o.wait_for);
	for (i = 0; i < thread_number; i++) {
		other = tnumber_to_td(i);
		if (other == td || other->groupid != td->groupid)
			continue;
		if (td->o.group_reporting || other->o.group_reporting)
			return fail(err,
				    "observe=: group_reporting would add this job's samples to those of '%s'; give it new_group=1, and the job behind it too",
				    other->o.name);
	}
	return 0;
}
