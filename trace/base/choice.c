#include <stdio.h>
#include <string.h>

#include "trace/base/choice.h"

const struct choice *choice_find(const struct choice *table, const char *name)
{
	for (; table->name; table++)
		if (!strcmp(table->name, name))
			return table;
	return NULL;
}

const char *choice_name(const struct choice *table, int value)
{
	while (table->value != value)
		table++;
	return table->name;
}

void choice_list(const struct choice *table, const char *between, char *text,
		 size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (; table->name && used < size; table++)
		used += snprintf(text + used, size - used, "%s%s",
				 used ? between : "", table->name);
}
