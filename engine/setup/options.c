#include "fio.h"
#include "optgroup.h"
#include "parse.h"

#include "engine/setup/options.h"
#include "engine/setup/parse_only.h"

#define OPTIONS_MAX 96
#define INFLIGHT_AUTO UINT32_MAX /* 1, or 0 with timestamps */

#define AT(member, kind) OPTION_AT(struct mooncake_options, member, kind)

static const struct choice choice_arrivals[] = {
	{ "trace", ARRIVALS_TRACE, "As stamped" },
	{ "spread", ARRIVALS_SPREAD,
	  "Those that share a timestamp spread evenly up to the next one" },
	{ 0 },
};

static const struct choice choice_store[] = {
	{ "inline", STORE_INLINE,
	  "After the request's reads, in the same queue" },
	{ "async", STORE_ASYNC,
	  "In the background, behind every waiting read" },
	{ 0 },
};

static const struct choice choice_share[] = {
	{ "split", SHARE_SPLIT, "One trace together, against one cache" },
	{ "each", SHARE_EACH, "Every job the whole trace, with own files" },
	{ 0 },
};

const struct choice choice_observe[] = {
	{ "none", OBSERVE_NONE, "Do block I/O" },
	{ "request", OBSERVE_REQUEST, "Whole requests" },
	{ "load", OBSERVE_LOAD, "The reads of requests that have any" },
	{ "store", OBSERVE_STORE, "The writes of requests that have any" },
	{ "open", OBSERVE_OPEN, "Opening an object to load it" },
	{ "create", OBSERVE_CREATE, "Making a file" },
	{ "publish", OBSERVE_PUBLISH, "Renaming a file to its name" },
	{ "unlink", OBSERVE_UNLINK, "Unlinking a file" },
	{ "probe", OBSERVE_PROBE, "Finding out whether an object is there" },
	{ 0 },
};

static const struct choice choice_publish[] = {
	{ "direct", PUBLISH_DIRECT, "It is made under its name" },
	{ "rename", PUBLISH_RENAME, "It is written under another name first" },
	{ 0 },
};

static const struct choice choice_check_blocks[] = {
	{ "0", CHECK_BLOCKS_OFF, "Nothing is checked" },
	{ "1", CHECK_BLOCKS_STAMPS, "The stamp at the head of every I/O" },
	{ "data", CHECK_BLOCKS_DATA, "Every byte" },
	{ 0 },
};

/* The options that only the engine has. The others are in trace/options. */
static const struct option_entry engine_options[] = {
	{
		.name = "backend",
		.title = "Backend",
		.help = "fio engine that does the I/O, by name or external:PATH",
		.fallback = "io_uring",
		AT(backend, OPTION_TEXT),
	},
	{
		.name = "backend_options",
		.title = "Backend options",
		.help = "The backend's own options: name=value, separated by commas",
		AT(backend_options, OPTION_TEXT),
	},
	{
		.name = "arrivals",
		.title = "Arrivals",
		.help = "When requests arrive, with replay_no_stall=0",
		.fallback = "trace",
		.words = choice_arrivals,
		AT(arrivals, OPTION_WORD),
	},
	{
		.name = "max_inflight_requests",
		.title = "Requests in flight",
		.help = "Requests a job works on at once, 0 is as many as iodepth holds; -1 is 1, or 0 with timestamps",
		.fallback = "-1",
		.min = -1,
		AT(max_inflight_requests, OPTION_U32),
	},
	{
		.name = "store",
		.title = "Store",
		.help = "When misses are written (default: inline, or async with timestamps)",
		.words = choice_store,
		AT(store, OPTION_WORD),
	},
	{
		.name = "prefill_rate",
		.title = "Prefill rate",
		.help = "Tokens per second at which misses are computed before an async write may start, 0 is at once",
		.fallback = "0",
		AT(prefill_rate, OPTION_U64),
	},
	{
		.name = "share",
		.title = "Share",
		.help = "How the jobs of a replay group share the trace",
		.fallback = "split",
		.words = choice_share,
		.decides_group = true,
		AT(share, OPTION_WORD),
	},
	{
		.name = "observe",
		.title = "Observe",
		.help = "Do no I/O, report one sample per request",
		.fallback = "none",
		.words = choice_observe,
		.left_out = true,
		AT(observe, OPTION_WORD),
	},
	{
		.name = "check_blocks",
		.title = "Check blocks",
		.help = "Stamp every block written and verify it on every hit",
		.fallback = "1",
		.words = choice_check_blocks,
		AT(check_blocks, OPTION_WORD),
	},
	{
		.name = "publish",
		.title = "Publish",
		.help = "How a new file comes to its name",
		.fallback = "direct",
		.words = choice_publish,
		.decides_group = true,
		AT(publish, OPTION_WORD),
	},
	{
		.name = "folders",
		.title = "Levels of folders",
		.help = "Levels of 256 folders between the cache folder and a file",
		.fallback = "2",
		.max = 2,
		.decides_group = true,
		AT(folders, OPTION_U32),
	},
	{
		.name = "header_reads",
		.title = "Reads of the header",
		.help = "Reads of an object's header, one after the other, before its data is loaded",
		.fallback = "0",
		.max = HEADER_READS_MAX,
		AT(header_reads, OPTION_U32),
	},
	{
		.name = "direct_writes",
		.title = "Direct writes",
		.help = "With direct=1, write past the page cache too; 0 is for reads alone",
		.fallback = "1",
		.decides_group = true,
		AT(direct_writes, OPTION_BOOL),
	},
	{
		.name = "flush_interval",
		.title = "Flush interval",
		.help = "With store=async, writes wait and go together at multiples of this time; 0 is at once",
		.fallback = "0",
		AT(flush_interval, OPTION_TIME),
	},
	{
		.name = "plan_json",
		.title = "Plan as JSON",
		.help = "Write the plan's statistics to this file",
		.left_out = true,
		AT(plan_json, OPTION_TEXT),
	},
	{ 0 },
};

struct fio_option mooncake_fio_options[OPTIONS_MAX];

static const enum fio_opt_type fio_types[] = {
	[OPTION_TEXT] = FIO_OPT_STR_STORE,    [OPTION_BOOL] = FIO_OPT_BOOL,
	[OPTION_U32] = FIO_OPT_INT,	      [OPTION_U64] = FIO_OPT_ULL,
	[OPTION_WORD] = FIO_OPT_STR,	      [OPTION_PERCENT] = FIO_OPT_INT,
	[OPTION_TIME] = FIO_OPT_STR_VAL_TIME,
};

static void make_fio_option(struct fio_option *fio,
			    const struct option_entry *opt, size_t base)
{
	int i;

	fio->name = opt->name;
	fio->lname = opt->title;
	fio->type = fio_types[opt->kind];
	fio->off1 = base + opt->offset;
	fio->minval = opt->kind == OPTION_PERCENT ? 1 : opt->min;
	fio->maxval = opt->kind == OPTION_PERCENT ? 100 : opt->max;
	fio->is_seconds = opt->kind == OPTION_TIME;
	fio->help = opt->help;
	fio->def = opt->fallback;
	fio->verify = parse_only_check;
	fio->category = FIO_OPT_C_ENGINE;
	fio->group = FIO_OPT_G_INVALID;
	for (i = 0; opt->words && opt->words[i].name; i++)
		fio->posval[i] = (struct value_pair){
			.ival = opt->words[i].name,
			.oval = opt->words[i].value,
			.help = opt->words[i].help,
		};
}

/* Makes the table before fio takes it when it loads the engine. */
static void __attribute__((constructor)) make_fio_options(void)
{
	const struct option_entry *const *table = settings_tables, *opt;
	size_t base = offsetof(struct mooncake_options, settings);
	struct fio_option *fio = mooncake_fio_options;

	for (; *table; table++)
		for (opt = *table; opt->name; opt++)
			make_fio_option(fio++, opt, base);
	for (opt = engine_options; opt->name; opt++)
		make_fio_option(fio++, opt, 0);
	/* The last one stays empty: it ends the table. */
	assert(fio < mooncake_fio_options + OPTIONS_MAX);
}

bool option_timed(const struct thread_data *td)
{
	return !td->o.no_stall;
}

unsigned int option_max_inflight(const struct thread_data *td,
				 const struct mooncake_options *o)
{
	if (o->max_inflight_requests != INFLIGHT_AUTO)
		return o->max_inflight_requests;
	return option_timed(td) || o->settings.trace.sessions ? 0 : 1;
}

bool option_store_async(const struct thread_data *td,
			const struct mooncake_options *o)
{
	if (o->store != STORE_AUTO)
		return o->store == STORE_ASYNC;
	return option_timed(td);
}

void options_deciding_group(struct json_object *obj,
			    const struct mooncake_options *o)
{
	settings_put(obj, &o->settings);
	options_put_deciding(obj, engine_options, o);
}

struct json_object *options_json(const struct thread_data *td,
				 const struct mooncake_options *o,
				 const struct shape *shape)
{
	struct json_object *obj = json_object_new_object();
	struct mooncake_options in_force = *o;

	settings_in_force(&in_force.settings, shape);
	in_force.max_inflight_requests = option_max_inflight(td, o);
	in_force.store = option_store_async(td, o) ? STORE_ASYNC : STORE_INLINE;
	settings_put(obj, &in_force.settings);
	options_put(obj, engine_options, &in_force);
	/*
	 * 0 and 1 stay numbers, as they were before there was the word "data".
	 */
	if (o->check_blocks != CHECK_BLOCKS_DATA)
		json_object_object_add(obj, "check_blocks",
				       json_object_new_int(o->check_blocks));
	json_object_object_add(obj, "replay_no_stall",
			       json_object_new_uint64(td->o.no_stall));
	json_object_object_add(obj, "replay_time_scale",
			       json_object_new_uint64(td->o.replay_time_scale));
	return obj;
}
