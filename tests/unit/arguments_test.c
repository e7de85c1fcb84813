/*
 * The command line of mooncake-plan: what is understood, what is refused.
 */
#include <stdlib.h>

#include "trace/command/arguments.h"
#include "trace/base/choice.h"
#include "unit.h"

static struct arguments a;
static struct error err;

/* Parses a command line, whose words are separated by blanks. */
static int parse(const char *line)
{
	static char copy[512];
	char *argv[32] = { "mooncake-plan" };
	int argc = 1;

	arguments_free(&a);
	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	err.text[0] = '\0';
	return arguments_parse(&a, argc, argv, &err);
}

static void good(const char *line)
{
	parse(line);
	CHECK_STR(err.text, "");
}

static void bad(const char *line, const char *why)
{
	CHECK_EQ(parse(line), -1);
	CHECK_HAS(err.text, why);
}

static void defaults(void)
{
	good("T");
	CHECK_EQ(a.command, COMMAND_PLAN);
	CHECK_STR(a.settings.trace.source, "T");
	CHECK_EQ(a.settings.trace.block_tokens, 512);
	CHECK_EQ(a.settings.shape.block_tokens, 512);
	CHECK_EQ(a.evictions.nr, 1);
	CHECK(policies[a.evictions.values[0]] == policy_find("lru"));
	CHECK_EQ(a.admits.values[0], 1);
	CHECK_EQ(a.memory_sizes.values[0], 0);
	CHECK(a.capacities.values[0] == ARGUMENTS_UNBOUNDED);
	CHECK_EQ(a.sizes.nr, 0);
}

/* The defaults of the table, which fio has too, are those that the structures
 * begin with. */
static void defaults_stand_once(void)
{
	struct plan_options plan;
	struct shape_options shape;
	struct trace_options trace;
	struct settings s;

	settings_init(&s);
	CHECK_EQ(settings_decide(&s, "", &err), 0);
	trace_options_init(&trace);
	shape_options_init(&shape);
	plan_options_init(&plan);
	CHECK(!memcmp(&s.trace, &trace, sizeof(trace)));
	CHECK_STR(s.shape.kv_dtype, shape.kv_dtype);
	shape.kv_dtype = s.shape.kv_dtype;
	CHECK(!memcmp(&s.shape, &shape, sizeof(shape)));
	CHECK(!memcmp(&s.plan, &plan, sizeof(plan)));
}

static void every_option(void)
{
	good("--trace=T --max-requests=7 --block-tokens=16 --timestamp-unit=s "
	     "--partial=skip --shard=2/3 --bad-lines=skip --chunk-tokens=8 "
	     "--bytes-per-token=2k --model=m --kv-dtype=fp8 --tp=2 "
	     "--ranks=one --window=skip --lookup=block --offload=evict "
	     "--warmup-requests=9 --drive-bytes=1T");
	CHECK_EQ(a.settings.trace.max_requests, 7);
	CHECK_EQ(a.settings.shape.block_tokens, 16);
	CHECK_EQ(a.settings.trace.unit, TRACE_UNIT_S);
	CHECK_EQ(a.settings.trace.partial, TRACE_PARTIAL_SKIP);
	CHECK_EQ(a.settings.trace.shard, 2);
	CHECK_EQ(a.settings.trace.shards, 3);
	CHECK_EQ(a.settings.trace.bad_lines, TRACE_BAD_LINES_SKIP);
	CHECK_EQ(a.settings.shape.chunk_tokens, 8);
	CHECK_EQ(a.settings.shape.bytes_per_token, 2048);
	CHECK_STR(a.settings.shape.model, "m");
	CHECK_STR(a.settings.shape.kv_dtype, "fp8");
	CHECK_EQ(a.settings.shape.tp, 2);
	CHECK_EQ(a.settings.shape.ranks, SHAPE_RANKS_ONE);
	CHECK_EQ(a.settings.shape.window, SHAPE_WINDOW_SKIP);
	CHECK_EQ(a.settings.plan.lookup, PLAN_LOOKUP_BLOCK);
	CHECK_EQ(a.settings.plan.offload, PLAN_OFFLOAD_EVICT);
	CHECK_EQ(a.settings.plan.warmup_requests, 9);
	CHECK_EQ(a.drive_bytes, INT64_C(1) << 40);
}

static void layouts(void)
{
	good("T");
	CHECK_EQ(a.settings.plan.layout, PLAN_LAYOUT_SLOTS);
	CHECK_EQ(a.settings.bucket_size, 256 << 20);
	CHECK_EQ(a.settings.bucket_objects, 500);
	CHECK_EQ(a.settings.plan.evict.high, 100);
	CHECK_EQ(a.settings.plan.evict.low, 100);
	CHECK_EQ(a.settings.shape.object_align, 4096);
	CHECK_EQ(a.settings.shape.pieces, 1);
	CHECK(!a.settings.plan.discard);
	good("T --layout=buckets --bucket-size=1g --bucket-objects=7 "
	     "--evict-high=90 --evict_low=80% --probe=list --discard "
	     "--object-header=24 --object-align=1 --pieces=3");
	CHECK_EQ(a.settings.plan.layout, PLAN_LAYOUT_BUCKETS);
	CHECK_EQ(a.settings.bucket_size, 1 << 30);
	CHECK_EQ(a.settings.bucket_objects, 7);
	CHECK_EQ(a.settings.plan.evict.high, 90);
	CHECK_EQ(a.settings.plan.evict.low, 80);
	CHECK_EQ(a.settings.plan.probe, PLAN_PROBE_LIST);
	CHECK(a.settings.plan.discard);
	CHECK_EQ(a.settings.shape.object_header, 24);
	CHECK_EQ(a.settings.shape.object_align, 1);
	CHECK_EQ(a.settings.shape.pieces, 3);
	good("T --discard=0");
	CHECK(!a.settings.plan.discard);
	bad("T --layout=log", "--layout=log: give one of slots|files|buckets");
	bad("T --probe=open", "--probe=open: give one of none|stat|list");
	bad("T --discard=2", "--discard=2: give 0 or 1");
	bad("T --evict-high=90x", "--evict-high=90x: give percent from 1 to");
	bad("T --evict-high=90%x", "--evict-high=90%x");
	bad("T --evict-high=0", "--evict-high=0");
	bad("T --evict-low=101", "--evict-low=101");
	bad("T --evict-low=1e1", "--evict-low=1e1");
	bad("T --evict-low=99999999999999999999", "--evict-low=9");
	bad("T --evict-low=%", "--evict-low=%:");
	bad("T --object-align=0", "--object-align=0");
	bad("T --pieces=0", "--pieces=0");
	bad("T --bucket-objects=0", "--bucket-objects=0");
}

/*
 * Suffixes mean what they mean to fio: plan_command_test.py runs fio with them.
 */
static void suffixes(void)
{
	static const struct {
		const char *text;
		uint64_t value;
	} sizes[] = {
		{ "3", 3 },	       { "2k", 2048 },	      { "2KB", 2048 },
		{ "2KiB", 2000 },      { "2kib", 2000 },      { "2m", 2097152 },
		{ "2MiB", 2000000 },   { "1g", 1073741824 },  { "1GiB", 1000000000 },
		{ "1t", 1099511627776 }, { "1p", 1125899906842624 },
	};
	uint64_t value;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		CHECK(quantity_parse(&value, sizes[i].text));
		CHECK_EQ(value, sizes[i].value);
	}
	CHECK(!quantity_parse(&value, "2kibb"));
	CHECK(!quantity_parse(&value, "2ib"));
	CHECK(!quantity_parse(&value, "2ki"));
	CHECK(!quantity_parse(&value, "16385p"));
	CHECK(!quantity_parse(&value, "18447pib"));
}

static void lists(void)
{
	good("T --eviction=opt,lru --admit=1,2,3 --memory-size=0,1g "
	     "--capacity=5,unbounded,1024");
	CHECK_EQ(a.evictions.nr, 2);
	CHECK(policies[a.evictions.values[0]] == policy_find("opt"));
	CHECK_EQ(a.admits.nr, 3);
	CHECK_EQ(a.admits.values[2], 3);
	CHECK_EQ(a.memory_sizes.values[1], 1 << 30);
	CHECK_EQ(a.capacities.nr, 3);
	CHECK(a.capacities.values[1] == ARGUMENTS_UNBOUNDED);
	CHECK_EQ(a.capacities.values[2], 1024);
	good("T --size=1M,2mb --admit=2 --admit=3");
	CHECK_EQ(a.capacities.nr, 0);
	CHECK_EQ(a.sizes.values[0], 1 << 20);
	CHECK_EQ(a.sizes.values[1], 2 << 20);
	CHECK_EQ(a.admits.nr, 1);
	CHECK_EQ(a.admits.values[0], 3);
}

static void underscores(void)
{
	good("--max_requests=3 a_trace");
	CHECK_EQ(a.settings.trace.max_requests, 3);
	CHECK_STR(a.settings.trace.source, "a_trace");
	good("--max_requests 4 --trace=a_b");
	CHECK_EQ(a.settings.trace.max_requests, 4);
	CHECK_STR(a.settings.trace.source, "a_b");
	good("-- --a_b");
	CHECK_STR(a.settings.trace.source, "--a_b");
}

static void commands(void)
{
	good("generate conversation --output=x");
	CHECK_EQ(a.command, COMMAND_GENERATE);
	CHECK_STR(a.settings.trace.source, "conversation");
	CHECK_STR(a.output, "x");
	good("models --json");
	CHECK_EQ(a.command, COMMAND_MODELS);
	CHECK(a.json);
	good("--help");
	CHECK(a.help);
	good("--version");
	CHECK(a.version);
	good("T --curve");
	CHECK(a.curve);
	good("T --csv --reach=0.5");
	CHECK(a.csv && a.reach == 0.5);
}

static void bad_values(void)
{
	bad("T --max-requests=x", "--max-requests=x: give a whole number");
	bad("T --max-requests=-1", "--max-requests=-1");
	bad("T --max-requests=99999999999999999999", "give a whole number");
	bad("T --max-requests=99999999999p", "give a whole number");
	bad("T --max-requests=1x", "--max-requests=1x");
	bad("T --max-requests=1kq", "--max-requests=1kq");
	bad("T --max-requests=", "--max-requests=:");
	bad("T --block-tokens=0", "from 1 to 4294967295");
	bad("T --block-tokens=4g", "from 1 to 4294967295");
	bad("T --timestamp-unit=h", "--timestamp-unit=h: give one of ms|s");
	bad("T --shard=4/3", "--shard=4/3 is not k/n");
	bad("T --shard=0/3", "--shard=0/3");
	bad("T --shard=1/3x", "--shard=1/3x");
	bad("T --eviction=lru,arc", "--eviction=arc is unknown; known are lru, ");
	bad("T --admit=0", "--admit=0");
	bad("T --admit=1,,2", "--admit=:");
	bad("T --capacity=0", "--capacity=0");
	bad("T --capacity=endless", "--capacity=endless");
	bad("T --capacity=50g",
	    "--capacity=50g is no number of slots: give one without a suffix, "
	    "or the bytes as --size=50g");
	bad("T --capacity=5,2KiB", "--size=2KiB");
	bad("T --capacity=5x", "--capacity=5x: give a whole number");
	bad("T --reach=0", "--reach=0: give a share above 0");
	bad("T --reach=1.01", "--reach=1.01");
	bad("T --reach=nan", "--reach=nan");
	bad("T --reach=1e", "--reach=1e");
}

static void bad_lines(void)
{
	bad("", "no trace: name a .jsonl");
	bad("T U", "\"U\" is one word too many");
	bad("--trace=T U", "\"U\" is one word too many");
	bad("models T", "\"T\" is one word too many");
	bad("generate", "generate what?");
	bad("T --nonsense", "--nonsense: no such option");
	bad("T --m", "--m: no such option, or the beginning of several");
	bad("T -x", "-x: no such option");
	bad("T --json=1", "--json=1: this option takes no value");
	bad("T --replay-no-stall=yes", "--replay-no-stall=yes: give 0 or 1");
	bad("T --admit", "--admit needs a value");
	bad("T --json --csv", "--json and --csv");
	bad("T --capacity=1 --size=1m", "--capacity and --size");
	bad("T --curve --size=1m", "--curve looks at every capacity");
	bad("T --reach=0.9 --capacity=3", "--reach looks at every capacity");
	bad("T --reach=0.9 --curve", "--curve and --reach");
	bad("T --output=x", "--output is for generate");
}

static void choices(void)
{
	CHECK_STR(choice_name(choice_window, SHAPE_WINDOW_SKIP), "skip");
	CHECK_EQ(choice_find(choice_offload, "evict")->value,
		 PLAN_OFFLOAD_EVICT);
	CHECK(!choice_find(choice_offload, "never"));
}

int main(void)
{
	RUN(defaults);
	RUN(defaults_stand_once);
	RUN(every_option);
	RUN(layouts);
	RUN(suffixes);
	RUN(lists);
	RUN(underscores);
	RUN(commands);
	RUN(bad_values);
	RUN(bad_lines);
	RUN(choices);
	arguments_free(&a);
	UNIT_END();
}
