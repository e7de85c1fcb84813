#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "trace/command/argument.h"
#include "trace/command/arguments.h"
#include "trace/workload/builtin.h"

#define MAX_OPTIONS 128
#define FIRST_OPTION 256 /* beyond the characters that getopt returns */

/* An option that the engine has, too, as one of this command. */
struct shared {
	char name[32];
	char value[64];
	char help[256];
};

/* All options, the command's own and the shared ones. */
struct known {
	struct argument arguments[MAX_OPTIONS];
	struct shared shared[MAX_OPTIONS];
	int nr;
};

static int set_shared(const struct argument *arg, void *settings,
		      const char *text, struct error *err)
{
	char name[sizeof(((struct shared *)0)->name) + 2];

	snprintf(name, sizeof(name), "--%s", arg->name);
	return option_set(arg->shared, settings, name, text ? text : "1", err);
}

/* Makes dashes of the underscores in an option's name. */
static void dash(char *name)
{
	for (; *name && *name != '='; name++)
		if (*name == '_')
			*name = '-';
}

static bool is_known(const struct known *k, const char *name)
{
	for (int i = 0; i < k->nr; i++)
		if (!strcmp(k->arguments[i].name, name))
			return true;
	return false;
}

/* Adds an option that the engine has, too, unless it is there already, as a
 * list. */
static void know_shared(struct known *k, const struct option_entry *opt)
{
	struct shared *s = &k->shared[k->nr];

	snprintf(s->name, sizeof(s->name), "%s", opt->name);
	dash(s->name);
	if (is_known(k, s->name))
		return;
	option_value(opt, s->value, sizeof(s->value));
	snprintf(s->help, sizeof(s->help), opt->fallback ? "%s (%s)" : "%s",
		 opt->help, opt->fallback);
	k->arguments[k->nr++] = (struct argument){
		.name = s->name,
		.value = s->value,
		.help = s->help,
		.set = set_shared,
		.offset = offsetof(struct arguments, settings),
		.shared = opt,
		.optional = opt->kind == OPTION_BOOL,
	};
}

static void know_all(struct known *k)
{
	const struct option_entry *const *table = settings_tables, *opt;
	const struct argument *own;

	k->nr = 0;
	for (own = own_arguments; own->name; own++)
		k->arguments[k->nr++] = *own;
	for (; *table; table++)
		for (opt = *table; opt->name; opt++)
			know_shared(k, opt);
}

static void help_options(FILE *out)
{
	const struct argument *arg;
	struct known k;

	know_all(&k);
	for (arg = k.arguments; arg < k.arguments + k.nr; arg++)
		fprintf(out, "  --%s%s%s\n        %s\n", arg->name,
			arg->value ? "=" : "", arg->value ? arg->value : "",
			arg->help);
}

void arguments_help(FILE *out)
{
	fputs("Usage: mooncake-plan [OPTION...] TRACE|JOB.fio\n"
	      "       mooncake-plan generate NAME [--output=FILE]\n"
	      "       mooncake-plan compile [OPTION...] TRACE -o FILE\n"
	      "       mooncake-plan models [OPTION...]\n\n"
	      "Says what a trace makes a KV cache read and write, without any I/O. Where an\n"
	      "option takes a list (\",...\"), every combination is a row. Sizes take k, m, g, t\n"
	      "and p, powers of 1024.\n\n"
	      "Options:\n",
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

static void dash_all(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strncmp(argv[i], "--", 2))
			dash(argv[i]);
}

static bool takes_no_value(const struct known *k, const char *option)
{
	for (int i = 0; i < k->nr; i++)
		if (!k->arguments[i].value &&
		    !strncmp(k->arguments[i].name, option + 2,
			     strcspn(option + 2, "=")))
			return true;
	return false;
}

static int bad_option(const struct known *k, const char *option, int kind,
		      struct error *err)
{
	if (kind == ':')
		return fail(err, "%s needs a value: %s=VALUE", option, option);
	if (strchr(option, '=') && takes_no_value(k, option))
		return fail(err, "%s: this option takes no value", option);
	return fail(err,
		    "%s: no such option, or the beginning of several; mooncake-plan --help lists them",
		    option);
}

static int parse_options(struct arguments *a, int argc, char **argv,
			 struct error *err)
{
	struct option options[MAX_OPTIONS + 1] = { 0 };
	const struct argument *arg;
	struct known k;
	int i, kind;

	know_all(&k);
	for (i = 0; i < k.nr; i++) {
		arg = &k.arguments[i];
		options[i].name = arg->name;
		options[i].has_arg = !arg->value   ? no_argument :
				     arg->optional ? optional_argument :
						     required_argument;
		options[i].val = FIRST_OPTION + i;
	}
	optind = 0;
	while ((kind = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
		if (kind == 'o') {
			a->output = optarg;
			continue;
		}
		if (kind < FIRST_OPTION)
			return bad_option(&k, argv[optind - 1], kind, err);
		arg = &k.arguments[kind - FIRST_OPTION];
		if (arg->set(arg, (char *)a + arg->offset, optarg, err))
			return -1;
	}
	return 0;
}

static enum arguments_command command_of(const char *word)
{
	if (word && !strcmp(word, "generate"))
		return COMMAND_GENERATE;
	if (word && !strcmp(word, "compile"))
		return COMMAND_COMPILE;
	if (word && !strcmp(word, "models"))
		return COMMAND_MODELS;
	return COMMAND_PLAN;
}

/*
 * Takes the words that are left of the command line: a command, and the trace.
 */
static int parse_words(struct arguments *a, int nr, char **words,
		       struct error *err)
{
	a->command = command_of(words[0]);
	if (a->command != COMMAND_PLAN) {
		nr--;
		words++;
	}
	if (nr && a->command != COMMAND_MODELS && !a->settings.trace.source) {
		a->settings.trace.source = *words++;
		nr--;
	}
	if (nr)
		return fail(err,
			    "\"%s\" is one word too many; mooncake-plan --help shows the usage",
			    words[0]);
	return 0;
}

static int check(const struct arguments *a, struct error *err)
{
	if (a->section && !a->job_path)
		return fail(err,
			    "--section is of a job file: give one, as JOB.fio");
	if (a->json && a->csv)
		return fail(err, "--json and --csv: give one of them");
	if (a->capacities.nr && a->sizes.nr)
		return fail(err, "--capacity and --size: give one of them");
	if ((a->curve || a->reach) && (a->capacities.nr || a->sizes.nr))
		return fail(err,
			    "--%s looks at every capacity: leave out --capacity and --size",
			    a->curve ? "curve" : "reach");
	if (a->curve && a->reach)
		return fail(err, "--curve and --reach: give one of them");
	if (a->requests && (a->curve || a->reach))
		return fail(err,
			    "--requests is of one capacity: leave out --%s",
			    a->curve ? "curve" : "reach");
	if (a->output && a->command != COMMAND_GENERATE &&
	    a->command != COMMAND_COMPILE)
		return fail(err,
			    "--output is for generate and compile; send other output where you like with >");
	if (!a->output && a->command == COMMAND_COMPILE)
		return fail(err, "compile: name the file to write, as -o FILE");
	if (!a->settings.trace.source && a->command == COMMAND_PLAN)
		return fail(err,
			    "no trace: name a .jsonl or .jsonl.gz file, or builtin:conversation; mooncake-plan --help lists the built-in ones");
	if (!a->settings.trace.source && a->command == COMMAND_COMPILE)
		return fail(err,
			    "compile what? Name a .jsonl or .jsonl.gz file, or a built-in trace");
	if (!a->settings.trace.source && a->command == COMMAND_GENERATE)
		return fail(err,
			    "generate what? Name a built-in trace, as conversation; mooncake-plan --help lists them");
	return 0;
}

/* Is this option of a job file one of this command, too? */
static bool is_of_job(const char *name)
{
	return settings_find(name) || !strcmp(name, "size");
}

static void free_lists(struct arguments *a)
{
	quantities_free(&a->evictions);
	quantities_free(&a->admits);
	quantities_free(&a->memory_sizes);
	quantities_free(&a->capacities);
	quantities_free(&a->sizes);
}

/* Takes the options of the job file, and then once more those of the command
 * line, which override them. */
static int parse_job(struct arguments *a, int argc, char **argv,
		     struct error *err)
{
	const bool sized =
		a->capacities.nr || a->sizes.nr || a->curve || a->reach;
	const bool model = a->settings.shape.model;
	struct error why;
	char **words;
	int ret;

	a->job_path = a->settings.trace.source;
	if (job_file_read(&a->job, a->job_path, a->section, !sized, is_of_job,
			  err))
		return -1;
	words = calloc(a->job.nr + 2, sizeof(*words));
	if (!words)
		return fail(err, "not enough memory for the job file");
	words[0] = argv[0];
	memcpy(words + 1, a->job.words, a->job.nr * sizeof(*words));
	dash_all(a->job.nr + 1, words);
	settings_init(&a->settings);
	free_lists(a);
	a->settings.trace.untimed = a->job.no_stall;
	ret = parse_options(a, a->job.nr + 1, words, &why);
	if (ret)
		ret = fail(err, "%s: %s", a->job_path, why.text);
	free(words);
	if (sized)
		quantities_free(&a->sizes);
	if (model) /* or else that of the file would win */
		a->settings.shape.bytes_per_token = 0;
	return ret ? ret : parse_options(a, argc, argv, err);
}

static bool add_default(struct quantities *list, uint64_t value)
{
	return list->nr || quantities_add(list, value);
}

static int add_defaults(struct arguments *a, struct error *err)
{
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
	settings_init(&a->settings);
	dash_all(argc, argv);
	if (parse_options(a, argc, argv, err))
		return -1;
	if (a->help || a->version)
		return 0;
	if (parse_words(a, argc - optind, argv + optind, err))
		return -1;
	if (a->settings.trace.source && a->command == COMMAND_PLAN &&
	    job_file_named(a->settings.trace.source) &&
	    parse_job(a, argc, argv, err))
		return -1;
	if (check(a, err) || settings_decide(&a->settings, "--", err))
		return -1;
	return add_defaults(a, err);
}

void arguments_free(struct arguments *a)
{
	free_lists(a);
	job_file_free(&a->job);
}
