/*
 * The engine's job options as fio parses them: those that it has in common
 * with mooncake-plan (trace/options/settings.h), and its own.
 */
#ifndef MOONCAKE_OPTIONS_H
#define MOONCAKE_OPTIONS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "trace/options/settings.h"

struct thread_data;
struct fio_option;

enum option_arrivals { ARRIVALS_TRACE, ARRIVALS_SPREAD };
enum option_store { STORE_AUTO, STORE_INLINE, STORE_ASYNC };
enum option_share { SHARE_SPLIT, SHARE_EACH };
enum option_observe {
	OBSERVE_NONE,
	OBSERVE_REQUEST,
	OBSERVE_LOAD,
	OBSERVE_STORE,
	/* Operations on files, in the order of engine/layout/operations.h. */
	OBSERVE_OPEN,
	OBSERVE_CREATE,
	OBSERVE_PUBLISH,
	OBSERVE_UNLINK,
	OBSERVE_PROBE
};
enum option_publish { PUBLISH_DIRECT, PUBLISH_RENAME };
enum option_check_blocks {
	CHECK_BLOCKS_OFF,
	CHECK_BLOCKS_STAMPS,
	CHECK_BLOCKS_DATA
};

#define HEADER_READS_MAX 16

struct mooncake_options {
	void *td; /* fio's, always first */
	struct settings settings;
	char *backend;
	char *backend_options;
	enum option_arrivals arrivals;
	unsigned int max_inflight_requests;
	enum option_store store;
	unsigned long long prefill_rate;
	enum option_share share;
	enum option_observe observe;
	enum option_check_blocks check_blocks;
	enum option_publish publish;
	unsigned int folders;
	unsigned int header_reads;
	unsigned int direct_writes;
	unsigned long long flush_interval; /* microseconds */
	char *plan_json;
};

/* The table for fio, ended by a NULL name. */
extern struct fio_option mooncake_fio_options[];

/* The words of observe=. */
extern const struct choice choice_observe[];

/* Does the observer report operations on files, not requests? */
static inline bool observes_operation(enum option_observe observe)
{
	return observe >= OBSERVE_OPEN;
}

/* Returns which operation, as engine/layout/operations.h numbers them. */
static inline unsigned int observe_operation(enum option_observe observe)
{
	return observe - OBSERVE_OPEN;
}

/* Does the job replay timestamps? */
bool option_timed(const struct thread_data *td);

/* Return the value in force, where the option may leave it to the engine. */
unsigned int option_max_inflight(const struct thread_data *td,
				 const struct mooncake_options *o);
bool option_store_async(const struct thread_data *td,
			const struct mooncake_options *o);

/* Returns all options in force, for plan_json=. The caller owns the object. */
struct json_object *options_json(const struct thread_data *td,
				 const struct mooncake_options *o,
				 const struct shape *shape);

/* Adds to @obj, as they were given, the options that all jobs of a replay group
 * must have alike. */
void options_deciding_group(struct json_object *obj,
			    const struct mooncake_options *o);

#endif
