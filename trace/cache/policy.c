#include <stddef.h>
#include <string.h>

#include "trace/cache/policy.h"

extern const struct policy policy_lru, policy_fifo, policy_lfu, policy_opt;

const struct policy *const policies[] = {
	&policy_lru, &policy_fifo, &policy_lfu, &policy_opt, NULL,
};

const struct policy *policy_find(const char *name)
{
	for (size_t i = 0; policies[i]; i++)
		if (!strcmp(policies[i]->name, name))
			return policies[i];
	return NULL;
}
