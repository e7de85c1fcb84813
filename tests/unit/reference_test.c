/*
 * Every row of the reference figures of the conversation trace. Without them
 * there is nothing to test.
 */
#include <unistd.h>

#include "trace/base/choice.h"
#include "reference_rows.h"

#define TRACE		"../shared/traces/conversation_trace.jsonl"

static struct trace whole, without_partial;
static struct error err;

static void options_of(struct plan_options *o, const struct row *row)
{
	const char *slots = get(row, "capacity_slots");
	const char *memory = get(row, "memory_blocks");

	o->lookup = choice_find(choice_lookup, get(row, "lookup"))->value;
	if (get(row, "eviction"))
		o->eviction = policy_find(get(row, "eviction"));
	if (get(row, "offload"))
		o->offload = choice_find(choice_offload,
					 get(row, "offload"))->value;
	if (memory)
		o->memory_blocks = strtoull(memory, NULL, 10);
	if (strcmp(slots, "unbounded"))
		o->slots = strtoull(slots, NULL, 10);
	if (get(row, "evict_high")) {
		o->evict.high = strtoul(get(row, "evict_high"), NULL, 10);
		o->evict.low = strtoul(get(row, "evict_low"), NULL, 10);
		o->bucket_blocks = strtoul(get(row, "bucket_blocks"), NULL, 10);
	}
}

/* The layouts that a row holds for: buckets of so many blocks, or both others. */
static void layouts_of(const struct plan_options *o, const struct row *row,
		       enum plan_layout *first, enum plan_layout *last)
{
	bool buckets = get(row, "bucket_blocks") && o->bucket_blocks;

	*first = buckets ? PLAN_LAYOUT_BUCKETS : PLAN_LAYOUT_SLOTS;
	*last = buckets ? PLAN_LAYOUT_BUCKETS : PLAN_LAYOUT_FILES;
}

/* What a file of rows is about. */
struct subject {
	const struct trace *trace;
	uint32_t admit;
};

static void check_row(const struct row *row, const void *arg)
{
	const struct subject *of = arg;
	enum plan_layout first, last;
	struct plan_options o;

	plan_options_init(&o);
	o.admit = of->admit;
	options_of(&o, row);
	layouts_of(&o, row, &first, &last);
	for (o.layout = first; o.layout <= last; o.layout++)
		same_as_planned(row, of->trace, &o);
}

static void conversation_cache(void)
{
	each_row(REFERENCE "conversation_cache.csv", check_row,
		 &(struct subject) { &whole, 1 }, 56);
}

static void conversation_admit2(void)
{
	each_row(REFERENCE "conversation_admit2.csv", check_row,
		 &(struct subject) { &whole, 2 }, 8);
}

static void conversation_partial_skip(void)
{
	each_row(REFERENCE "conversation_partial_skip.csv", check_row,
		 &(struct subject) { &without_partial, 1 }, 4);
}

static void conversation_tiers(void)
{
	each_row(REFERENCE "conversation_tiers.csv", check_row,
		 &(struct subject) { &whole, 1 }, 24);
}

static void conversation_buckets(void)
{
	each_row(REFERENCE "conversation_buckets.csv", check_row,
		 &(struct subject) { &whole, 1 }, 32);
}

static void conversation_watermarks(void)
{
	each_row(REFERENCE "conversation_watermarks.csv", check_row,
		 &(struct subject) { &whole, 1 }, 24);
}

static void load(void)
{
	struct trace_options o;

	trace_options_init(&o);
	o.source = TRACE;
	CHECK_EQ(trace_load(&whole, &o, &err), 0);
	o.partial = TRACE_PARTIAL_SKIP;
	CHECK_EQ(trace_load(&without_partial, &o, &err), 0);
}

int main(void)
{
	if (access(REFERENCE "conversation_cache.csv", R_OK) ||
	    access(TRACE, R_OK)) {
		puts("skip - reference: no " REFERENCE " or " TRACE);
		return 0;
	}
	RUN(load);
	if (!unit_failed) {
		RUN(conversation_cache);
		RUN(conversation_admit2);
		RUN(conversation_partial_skip);
		RUN(conversation_tiers);
		RUN(conversation_buckets);
		RUN(conversation_watermarks);
	}
	trace_free(&whole);
	trace_free(&without_partial);
	UNIT_END();
}
