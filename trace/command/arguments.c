#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "trace/command/argument.h"
#include "trace/command/arguments.h"
#include "trace/workload/builtin.h"
#include "trace/base/choice.h"

#define AT(member) .offset = offsetof(struct arguments, member)

static const struct argument arguments[] = {
	{ "trace", "PATH|builtin:NAME",
	  "the trace: .jsonl, .jsonl.gz, or built-in", set_text,
	  AT(trace.source) },
	{ "max-requests", "N", "stop after N requests; 0 is all", set_number,
	  AT(trace.max_requests), .max = UINT64_MAX },
	{ "block-tokens", "N", "tokens that one hash id stands for (512)",
	  set_number32, AT(trace.block_tokens), .min = 1, .max = UINT32_MAX },
	{ "timestamp-unit", "ms|s", "unit of the timestamps (ms)", set_choice,
	  AT(trace.unit), choice_unit },
	{ "partial", "store|skip",
	  "the last, partly filled block of a request (store)", set_choice,
	  AT(trace.partial), choice_partial },
	{ "shard", "k/n", "take the k-th of n parts of the trace (1/1)",
	  set_shard, AT(trace) },
	{ "bad-lines", "fail|skip", "what a bad line does (fail)", set_choice,
	  AT(trace.bad_lines), choice_bad_lines },
	{ "chunk-tokens", "N",
	  "tokens in one stored object, a divisor of block-tokens "
	  "(block-tokens)",
	  set_number32, AT(shape.chunk_tokens), .max = UINT32_MAX },
	{ "bytes-per-token", "BYTES",
	  "KV bytes per token, overrides model (2048)", set_number,
	  AT(shape.bytes_per_token), .min = 1, .max = UINT64_MAX },
	{ "model", "NAME|PATH",
	  "built-in model (mooncake-plan models lists them), or a Hugging "
	  "Face config.json",
	  set_text, AT(shape.model) },
	{ "kv-dtype", "TYPE",
	  "KV element type: fp16, bf16, fp8, int8, int4, fp32 (bf16)", set_text,
	  AT(shape.kv_dtype) },
	{ "tp", "N", "tensor-parallel ranks (1)", set_number32, AT(shape.tp),
	  .min = 1, .max = UINT32_MAX },
	{ "ranks", "all|one", "whose bytes a block has (all)", set_choice,
	  AT(shape.ranks), choice_ranks },
	{ "window", "full|skip", "sliding-window layers (full)", set_choice,
	  AT(shape.window), choice_window },
	{ "object-header", "BYTES", "bytes before each object's data (0)",
	  set_number32, AT(shape.object_header), .max = SHAPE_HEADER_MAX },
	{ "object-align", "BYTES",
	  "an object takes its bytes rounded up to this (4096)", set_number32,
	  AT(shape.object_align), .min = 1, .max = SHAPE_ALIGN_MAX },
	{ "pieces", "N", "equal parts that an object lies in (1)", set_number32,
	  AT(shape.pieces), .min = 1, .max = SHAPE_PIECES_MAX },
	{ "layout", "slots|files|buckets",
	  "what a store does to its drive: rewrites slots, makes a file an "
	  "object, or packs objects into files that go whole (slots)",
	  set_choice, AT(plan.layout), choice_layout },
	{ "bucket-size", "BYTES",
	  "bytes that a bucket holds at the most (256m)", set_number,
	  AT(bucket_size), .min = 1, .max = UINT64_MAX },
	{ "bucket-objects", "N", "objects, likewise (500)", set_number32,
	  AT(bucket_objects), .min = 1, .max = UINT32_MAX },
	{ "evict-high", "PERCENT",
	  "with that much of the capacity in use, evict before inserting "
	  "(100)",
	  set_percent, AT(plan.evict.high) },
	{ "evict-low", "PERCENT",
	  "and go on until less than that is left (100)", set_percent,
	  AT(plan.evict.low) },
	{ "probe", "none|stat|list",
	  "how a store finds out whether an object is there: it knows, by a "
	  "stat each until the first miss, or by listing the folder once a "
	  "request (none)",
	  set_choice, AT(plan.probe), choice_probe },
	{ "discard", "0|1",
	  "trim evicted slots before they are written again "
	  "(0)",
	  set_switch, AT(plan.discard), .optional = true },
	{ "lookup", "prefix|block", "what counts as a hit (prefix)", set_choice,
	  AT(plan.lookup), choice_lookup },
	{ "eviction", "POLICY,...", "eviction policies (lru)", set_policies,
	  AT(evictions) },
	{ "admit", "N,...", "write a missed block from its N-th lookup on (1)",
	  set_numbers, AT(admits), .min = 1, .max = UINT32_MAX },
	{ "memory-size", "BYTES,...",
	  "memory tier in front of storage; 0 is none (0)", set_numbers,
	  AT(memory_sizes), .max = UINT64_MAX },
	{ "offload", "through|evict",
	  "with a memory tier: when a block is written (through)", set_choice,
	  AT(plan.offload), choice_offload },
	{ "warmup-requests", "N",
	  "leave the first N requests out of the statistics (0)", set_number32,
	  AT(plan.warmup_requests), .max = UINT32_MAX },
	{ "capacity", "SLOTS,...",
	  "capacities in slots, or unbounded (unbounded)", set_capacities,
	  AT(capacities), .min = 1, .max = UINT64_MAX - 1 },
	{ "size", "BYTES,...", "the same in bytes", set_sizes, AT(sizes),
	  .min = 1, .max = UINT64_MAX - 1 },
	{ "reach", "SHARE",
	  "find the smallest capacity with that share of the unbounded hit "
	  "rate",
	  set_reach, AT(reach) },
	{ "curve", NULL, "hits of lru at every capacity, in one pass", set_flag,
	  AT(curve) },
	{ "requests", NULL, "what each request does, a row each", set_flag,
	  AT(requests) },
	{ "drive-bytes", "BYTES", "size of the drive, for its writes a day",
	  set_number, AT(drive_bytes), .min = 1, .max = UINT64_MAX },
	{ "json", NULL, "JSON instead of text", set_flag, AT(json) },
	{ "csv", NULL, "CSV instead of text", set_flag, AT(csv) },
	{ "timing", NULL,
	  "say on standard error what CPU time and memory it took", set_flag,
	  AT(timing) },
	{ "output", "FILE", "where generate writes (standard output)", set_text,
	  AT(output) },
	{ "help", NULL, "this text", set_flag, AT(help) },
	{ "version", NULL, "the version", set_flag, AT(version) },
};

#define NR_ARGUMENTS (sizeof(arguments) / sizeof(*arguments))
#define FIRST_OPTION 256 /* beyond the characters that getopt returns */

static void help_options(FILE *out)
{
	for (size_t i = 0; i < NR_ARGUMENTS; i++) {
		const struct argument *arg = &arguments[i];

		fprintf(out, "  --%s%s%s\n        %s\n", arg->name,
			arg->value ? "=" : "", arg->value ? arg->value : "",
			arg->help);
	}
}

void arguments_help(FILE *out)
{
	fputs("Usage: mooncake-plan [OPTION...] TRACE\n"
	      "       mooncake-plan generate NAME [--output=FILE]\n"
	      "       mooncake-plan models [OPTION...]\n\n"
	      "Says what a trace makes a KV cache read and write, without any "
	      "I/O. Where an\noption takes a list (\",...\"), every "
	      "combination is a row. Sizes take k, m, g, t\nand p, powers of "
	      "1024.\n\nOptions:\n",
	      out);
	help_options(out);
	fputs("\nEviction policies:\n", out);
	for (size_t i = 0; policies[i]; i++)
		fprintf(out, "  %-14s%s\n", policies[i]->name,
			policies[i]->help);
	fputs("\nBuilt-in traces:\n", out);
	for (size_t i = 0; builtins[i].name; i++)
		fprintf(out, "  %-14s%s\n", builtins[i].name, builtins[i].help);
}

/* Underscores in the names of options are dashes here. */
static void normalise(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--"))
			return;
		if (strncmp(argv[i], "--", 2))
			continue;
		for (char *c = argv[i]; *c && *c != '='; c++)
			if (*c == '_')
				*c = '-';
	}
}

static bool takes_no_value(const char *option)
{
	for (size_t i = 0; i < NR_ARGUMENTS; i++)
		if (!arguments[i].value &&
		    !strncmp(arguments[i].name, option + 2,
			     strcspn(option + 2, "=")))
			return true;
	return false;
}

static int bad_option(const char *option, int kind, struct error *err)
{
	if (kind == ':')
		return fail(err, "%s needs a value: %s=VALUE", option, option);
	if (strchr(option, '=') && takes_no_value(option))
		return fail(err, "%s: this option takes no value", option);
	return fail(err,
		    "%s: no such option, or the beginning of "
		    "several; mooncake-plan --help lists them",
		    option);
}

static int parse_options(struct arguments *a, int argc, char **argv,
			 struct error *err)
{
	struct option options[NR_ARGUMENTS + 1] = { 0 };
	int kind;

	for (size_t i = 0; i < NR_ARGUMENTS; i++) {
		options[i].name = arguments[i].name;
		options[i].has_arg = !arguments[i].value   ? no_argument :
				     arguments[i].optional ? optional_argument :
							     required_argument;
		options[i].val = FIRST_OPTION + i;
	}
	optind = 0;
	while ((kind = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		const struct argument *arg;

		if (kind < FIRST_OPTION)
			return bad_option(argv[optind - 1], kind, err);
		arg = &arguments[kind - FIRST_OPTION];
		if (arg->set(arg, (char *)a + arg->offset, optarg, err))
			return -1;
	}
	return 0;
}

static enum arguments_command command_of(const char *word)
{
	if (word && !strcmp(word, "generate"))
		return COMMAND_GENERATE;
	if (word && !strcmp(word, "models"))
		return COMMAND_MODELS;
	return COMMAND_PLAN;
}

/* What is left of the line: a command, and the trace. */
static int parse_words(struct arguments *a, int nr, char **words,
		       struct error *err)
{
	a->command = command_of(words[0]);
	if (a->command != COMMAND_PLAN) {
		nr--;
		words++;
	}
	if (nr && a->command != COMMAND_MODELS && !a->trace.source) {
		a->trace.source = *words++;
		nr--;
	}
	if (nr)
		return fail(err,
			    "\"%s\" is one word too many; "
			    "mooncake-plan --help shows the usage",
			    words[0]);
	return 0;
}

static int check(const struct arguments *a, struct error *err)
{
	if (a->json && a->csv)
		return fail(err, "--json and --csv: give one of them");
	if (a->capacities.nr && a->sizes.nr)
		return fail(err, "--capacity and --size: give one of "
				 "them");
	if ((a->curve || a->reach) && (a->capacities.nr || a->sizes.nr))
		return fail(err,
			    "--%s looks at every capacity: leave "
			    "out --capacity and --size",
			    a->curve ? "curve" : "reach");
	if (a->curve && a->reach)
		return fail(err, "--curve and --reach: give one of "
				 "them");
	if (a->requests && (a->curve || a->reach))
		return fail(err,
			    "--requests is of one capacity: leave out --%s",
			    a->curve ? "curve" : "reach");
	if (a->output && a->command != COMMAND_GENERATE)
		return fail(err, "--output is for generate; send other "
				 "output where you like with >");
	if (!a->trace.source && a->command == COMMAND_PLAN)
		return fail(err, "no trace: name a .jsonl or .jsonl.gz "
				 "file, or builtin:conversation; "
				 "mooncake-plan --help lists the built-in "
				 "ones");
	if (!a->trace.source && a->command == COMMAND_GENERATE)
		return fail(err, "generate what? Name a built-in trace, "
				 "as conversation; mooncake-plan --help "
				 "lists them");
	return 0;
}

static bool add_default(struct quantities *list, uint64_t value)
{
	return list->nr || quantities_add(list, value);
}

static int add_defaults(struct arguments *a, struct error *err)
{
	a->shape.block_tokens = a->trace.block_tokens;
	if (add_default(&a->evictions, 0) && add_default(&a->admits, 1) &&
	    add_default(&a->memory_sizes, 0) &&
	    (a->sizes.nr || add_default(&a->capacities, ARGUMENTS_UNBOUNDED)))
		return 0;
	return fail(err, "not enough memory for the options");
}

int arguments_parse(struct arguments *a, int argc, char **argv,
		    struct error *err)
{
	memset(a, 0, sizeof(*a));
	trace_options_init(&a->trace);
	shape_options_init(&a->shape);
	plan_options_init(&a->plan);
	a->bucket_size = SHAPE_BUCKET_SIZE;
	a->bucket_objects = SHAPE_BUCKET_OBJECTS;
	normalise(argc, argv);
	if (parse_options(a, argc, argv, err))
		return -1;
	if (a->help || a->version)
		return 0;
	if (parse_words(a, argc - optind, argv + optind, err) || check(a, err))
		return -1;
	return add_defaults(a, err);
}

void arguments_free(struct arguments *a)
{
	quantities_free(&a->evictions);
	quantities_free(&a->admits);
	quantities_free(&a->memory_sizes);
	quantities_free(&a->capacities);
	quantities_free(&a->sizes);
}
