#include <stddef.h>
#include <string.h>

#include "choice.h"
#include "layout.h"
#include "plan.h"
#include "trace.h"

const struct choice choice_unit[] = {
	{ "ms", TRACE_UNIT_MS },
	{ "s", TRACE_UNIT_S },
	{ NULL, 0 },
};

const struct choice choice_partial[] = {
	{ "store", TRACE_PARTIAL_STORE },
	{ "skip", TRACE_PARTIAL_SKIP },
	{ NULL, 0 },
};

const struct choice choice_bad_lines[] = {
	{ "fail", TRACE_BAD_LINES_FAIL },
	{ "skip", TRACE_BAD_LINES_SKIP },
	{ NULL, 0 },
};

const struct choice choice_ranks[] = {
	{ "all", LAYOUT_RANKS_ALL },
	{ "one", LAYOUT_RANKS_ONE },
	{ NULL, 0 },
};

const struct choice choice_window[] = {
	{ "full", LAYOUT_WINDOW_FULL },
	{ "skip", LAYOUT_WINDOW_SKIP },
	{ NULL, 0 },
};

const struct choice choice_lookup[] = {
	{ "prefix", PLAN_LOOKUP_PREFIX },
	{ "block", PLAN_LOOKUP_BLOCK },
	{ NULL, 0 },
};

const struct choice choice_offload[] = {
	{ "through", PLAN_OFFLOAD_THROUGH },
	{ "evict", PLAN_OFFLOAD_EVICT },
	{ NULL, 0 },
};

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
