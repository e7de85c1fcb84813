#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "trace/cache/policy.h"

extern const struct policy policy_lru, policy_fifo, policy_lfu, policy_opt;

const struct policy *const policies[] = {
	&policy_lru, &policy_fifo, &policy_lfu, &policy_opt, NULL,
};

uint32_t policy_ticket_a_place(uint32_t nr_places)
{
	return nr_places;
}

const struct policy *policy_find(const char *name)
{
	for (size_t i = 0; policies[i]; i++)
		if (!strcmp(policies[i]->name, name))
			return policies[i];
	return NULL;
}

const struct policy *policy_named(const char *name, const char *dashes,
				  struct error *err)
{
	const struct policy *policy = policy_find(name);
	char known[256] = "";
	size_t used = 0;

	if (policy)
		return policy;
	for (size_t i = 0; policies[i] && used < sizeof(known); i++)
		used += snprintf(known + used, sizeof(known) - used, "%s%s",
				 i ? ", " : "", policies[i]->name);
	fail(err, "%seviction=%s is unknown; known are %s", dashes, name,
	     known);
	return NULL;
}
