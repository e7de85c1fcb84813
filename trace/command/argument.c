#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "trace/base/quantity.h"
#include "trace/cache/policy.h"
#include "trace/command/argument.h"
#include "trace/command/arguments.h"

int set_flag(const struct argument *arg, void *member, const char *text,
	     struct error *err)
{
	(void)arg;
	(void)text;
	(void)err;
	*(bool *)member = true;
	return 0;
}

/* Said without a value, it is on. */
int set_switch(const struct argument *arg, void *member, const char *text,
	       struct error *err)
{
	if (text && strcmp(text, "0") && strcmp(text, "1"))
		return fail(err, "--%s=%s: give 0 or 1", arg->name, text);
	*(bool *)member = !text || *text == '1';
	return 0;
}

int set_text(const struct argument *arg, void *member, const char *text,
	     struct error *err)
{
	(void)arg;
	(void)err;
	*(const char **)member = text;
	return 0;
}

int set_choice(const struct argument *arg, void *member, const char *text,
	       struct error *err)
{
	const struct choice *choice = choice_find(arg->choices, text);

	if (!choice)
		return fail(err, "--%s=%s: give one of %s", arg->name, text,
			    arg->value);
	*(int *)member = choice->value;
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

int set_number(const struct argument *arg, void *member, const char *text,
	       struct error *err)
{
	return parse_number(arg, member, text, err);
}

int set_number32(const struct argument *arg, void *member, const char *text,
		 struct error *err)
{
	uint64_t value;

	if (parse_number(arg, &value, text, err))
		return -1;
	*(uint32_t *)member = value;
	return 0;
}

int set_percent(const struct argument *arg, void *member, const char *text,
		struct error *err)
{
	if (percent_parse(member, text))
		return 0;
	return fail(err, "--%s=%s: give percent from 1 to 100, as 90",
		    arg->name, text);
}

int set_reach(const struct argument *arg, void *member, const char *text,
	      struct error *err)
{
	char *end;
	double share = strtod(text, &end);

	if (end == text || *end || !(share > 0 && share <= 1))
		return fail(err,
			    "--%s=%s: give a share above 0 and at "
			    "most 1, as 0.95",
			    arg->name, text);
	*(double *)member = share;
	return 0;
}

int set_shard(const struct argument *arg, void *member, const char *text,
	      struct error *err)
{
	struct trace_options *trace = member;
	char end;

	if (sscanf(text, "%" SCNu32 "/%" SCNu32 "%c", &trace->shard,
		   &trace->shards, &end) == 2 &&
	    trace->shard >= 1 && trace->shard <= trace->shards)
		return 0;
	return fail(err, "--%s=%s: give k/n with k from 1 to n, as 1/3",
		    arg->name, text);
}

static int unknown_policy(const struct argument *arg, const char *text,
			  struct error *err)
{
	char known[256] = "";
	size_t n = 0;

	for (size_t i = 0; policies[i] && n < sizeof(known); i++)
		n += snprintf(known + n, sizeof(known) - n, "%s%s",
			      i ? ", " : "", policies[i]->name);
	return fail(err, "--%s=%s: give one or more of %s", arg->name, text,
		    known);
}

static int add_policy(const struct argument *arg, struct quantities *list,
		      const char *text, struct error *err)
{
	for (size_t i = 0; policies[i]; i++)
		if (!strcmp(policies[i]->name, text))
			return quantities_add(list, i) ? 0 : -ENOMEM;
	return unknown_policy(arg, text, err);
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

/* With a suffix it would be bytes. */
static int add_slots(const struct argument *arg, struct quantities *list,
		     const char *text, struct error *err)
{
	uint64_t bytes;

	if (quantity_parse(&bytes, text) &&
	    strspn(text, "0123456789") < strlen(text))
		return fail(err,
			    "--%s=%s is no number of slots: give one "
			    "without a suffix, or the bytes as --size=%s",
			    arg->name, text, text);
	return add_capacity(arg, list, text, err);
}

/* A list given again takes the place of the first one, as any option does. */
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

int set_policies(const struct argument *arg, void *member, const char *text,
		 struct error *err)
{
	return set_list(arg, member, text, err, add_policy);
}

int set_numbers(const struct argument *arg, void *member, const char *text,
		struct error *err)
{
	return set_list(arg, member, text, err, add_number);
}

int set_capacities(const struct argument *arg, void *member, const char *text,
		   struct error *err)
{
	return set_list(arg, member, text, err, add_slots);
}

int set_sizes(const struct argument *arg, void *member, const char *text,
	      struct error *err)
{
	return set_list(arg, member, text, err, add_capacity);
}
