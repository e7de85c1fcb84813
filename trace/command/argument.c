#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace/command/argument.h"
#include "trace/command/arguments.h"

static int set_flag(const struct argument *arg, void *member, const char *text,
		    struct error *err)
{
	(void)arg;
	(void)text;
	(void)err;
	*(bool *)member = true;
	return 0;
}

static int set_switch(const struct argument *arg, void *member,
		      const char *text, struct error *err)
{
	if (text && strcmp(text, "0") && strcmp(text, "1"))
		return fail(err, "--%s=%s: give 0 or 1", arg->name, text);
	*(bool *)member = !text || *text == '1';
	return 0;
}

static int set_text(const struct argument *arg, void *member, const char *text,
		    struct error *err)
{
	(void)arg;
	(void)err;
	*(const char **)member = text;
	return 0;
}

static int parse_number(const struct argument *arg, uint64_t *value,
			const char *text, struct error *err)
{
	if (quantity_parse(value, text) && *value >= arg->min &&
	    *value <= arg->max)
		return 0;
	return fail(err,
		    "--%s=%s: give a whole number from %" PRIu64 " to %" PRIu64,
		    arg->name, text, arg->min, arg->max);
}

static int set_number(const struct argument *arg, void *member,
		      const char *text, struct error *err)
{
	return parse_number(arg, member, text, err);
}

static int set_reach(const struct argument *arg, void *member, const char *text,
		     struct error *err)
{
	char *end;
	double share = strtod(text, &end);

	if (end == text || *end || !(share > 0 && share <= 1))
		return fail(err,
			    "--%s=%s: give a share above 0 and at most 1, as 0.95",
			    arg->name, text);
	*(double *)member = share;
	return 0;
}

static int add_policy(const struct argument *arg, struct quantities *list,
		      const char *text, struct error *err)
{
	const struct policy *policy = policy_named(text, "--", err);
	size_t i = 0;

	(void)arg;
	if (!policy)
		return -1;
	while (policies[i] != policy)
		i++;
	return quantities_add(list, i) ? 0 : -ENOMEM;
}

static int add_number(const struct argument *arg, struct quantities *list,
		      const char *text, struct error *err)
{
	uint64_t value;

	if (parse_number(arg, &value, text, err))
		return -1;
	return quantities_add(list, value) ? 0 : -ENOMEM;
}

static int add_capacity(const struct argument *arg, struct quantities *list,
			const char *text, struct error *err)
{
	if (strcmp(text, "unbounded"))
		return add_number(arg, list, text, err);
	return quantities_add(list, ARGUMENTS_UNBOUNDED) ? 0 : -ENOMEM;
}

/* Adds a number of slots. One with a suffix is most likely meant as bytes. */
static int add_slots(const struct argument *arg, struct quantities *list,
		     const char *text, struct error *err)
{
	uint64_t bytes;

	if (quantity_parse(&bytes, text) &&
	    strspn(text, "0123456789") < strlen(text))
		return fail(err,
			    "--%s=%s is no number of slots: give one without a suffix, or the bytes as --size=%s",
			    arg->name, text, text);
	return add_capacity(arg, list, text, err);
}

/* Sets a list. One that is given again takes the place of the first, as any
 * option does. */
static int set_list(const struct argument *arg, void *member, const char *text,
		    struct error *err,
		    int (*add)(const struct argument *, struct quantities *,
			       const char *, struct error *))
{
	char *copy = strdup(text), *rest = copy, *part;
	int ret = copy ? 0 : -ENOMEM;

	quantities_free(member);
	while (!ret && (part = strsep(&rest, ",")))
		ret = add(arg, member, part, err);
	free(copy);
	if (ret == -ENOMEM)
		return fail(err, "--%s: not enough memory", arg->name);
	return ret;
}

static int set_policies(const struct argument *arg, void *member,
			const char *text, struct error *err)
{
	return set_list(arg, member, text, err, add_policy);
}

static int set_numbers(const struct argument *arg, void *member,
		       const char *text, struct error *err)
{
	return set_list(arg, member, text, err, add_number);
}

static int set_capacities(const struct argument *arg, void *member,
			  const char *text, struct error *err)
{
	return set_list(arg, member, text, err, add_slots);
}

static int set_sizes(const struct argument *arg, void *member, const char *text,
		     struct error *err)
{
	return set_list(arg, member, text, err, add_capacity);
}

#define AT(member) .offset = offsetof(struct arguments, member)

/* Where an option is here as well as in settings_tables, it is a list. */
const struct argument own_arguments[] = {
	{ "eviction", "POLICY,...", "eviction policies (lru)", set_policies,
	  AT(evictions) },
	{ "admit", "N,...", "write a missed block from its N-th lookup on (1)",
	  set_numbers, AT(admits), .min = 1, .max = UINT32_MAX },
	{ "memory-size", "BYTES,...",
	  "memory tier in front of storage; 0 is none (0)", set_numbers,
	  AT(memory_sizes), .max = UINT64_MAX },
	{ "capacity", "SLOTS,...",
	  "capacities in slots, or unbounded (unbounded)", set_capacities,
	  AT(capacities), .min = 1, .max = UINT64_MAX - 1 },
	{ "size", "BYTES,...", "the same in bytes", set_sizes, AT(sizes),
	  .min = 1, .max = UINT64_MAX - 1 },
	{ "reach", "SHARE",
	  "find the smallest capacity with that share of the unbounded hit rate",
	  set_reach, AT(reach) },
	{ "curve", NULL, "hits of lru at every capacity, in one pass", set_flag,
	  AT(curve) },
	{ "replay-no-stall", "0|1",
	  "nobody looks at the times: rows may lack a timestamp", set_switch,
	  AT(settings.trace.untimed), .optional = true },
	{ "requests", NULL, "what each request does, a row each", set_flag,
	  AT(requests) },
	{ "drive-bytes", "BYTES", "size of the drive, for its writes a day",
	  set_number, AT(drive_bytes), .min = 1, .max = UINT64_MAX },
	{ "json", NULL, "JSON instead of text", set_flag, AT(json) },
	{ "csv", NULL, "CSV instead of text", set_flag, AT(csv) },
	{ "timing", NULL,
	  "say on standard error what CPU time and memory it took", set_flag,
	  AT(timing) },
	{ "section", "NAME",
	  "of a job file: the job to plan (the first that does block I/O)",
	  set_text, AT(section) },
	{ "output", "FILE",
	  "where generate (standard output) and compile write; also -o FILE",
	  set_text, AT(output) },
	{ "help", NULL, "this text", set_flag, AT(help) },
	{ "version", NULL, "the version", set_flag, AT(version) },
	{ 0 },
};
