#include <stddef.h>
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
