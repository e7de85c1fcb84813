#include <string.h>

#include "trace/workload/agents.h"
#include "trace/workload/workload.h"

const struct builtin builtins[] = {
	{ "conversation",
	  "an hour of chat: 12,031 requests of 12,162 tokens on average",
	  conversation_generate },
	{ "toolagent",
	  "an hour of tools and agents: 23,608 requests of 8,681 tokens",
	  toolagent_generate },
	{ "synthetic",
	  "long documents and chat, Poisson: 3,993 requests of 15,397 tokens",
	  synthetic_generate },
	{ "agentic",
	  "coding agents: 12,571 turns of 141,568 tokens, 97% seen before",
	  agentic_generate },
	{ NULL, NULL, NULL },
};

const char *builtin_name(const char *source)
{
	size_t n = strlen(BUILTIN_PREFIX);

	return strncmp(source, BUILTIN_PREFIX, n) ? NULL : source + n;
}

const struct builtin *builtin_find(const char *name)
{
	const struct builtin *b;

	for (b = builtins; b->name; b++)
		if (!strcmp(b->name, name))
			return b;
	return NULL;
}
