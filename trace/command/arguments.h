/*
 * The command line of mooncake-plan. Options that the engine has too have its
 * names, with dashes or underscores, and its meanings. A job file may stand in
 * place of the trace: its options count where the command line has none.
 */
#ifndef MOONCAKE_ARGUMENTS_H
#define MOONCAKE_ARGUMENTS_H

#include <json-c/json.h>
#include <stdio.h>

#include "trace/base/quantity.h"
#include "trace/command/job_file.h"
#include "trace/options/settings.h"

enum arguments_command {
	COMMAND_PLAN,
	COMMAND_GENERATE,
	COMMAND_COMPILE,
	COMMAND_MODELS
};

#define ARGUMENTS_UNBOUNDED PLAN_SLOTS_UNBOUNDED

struct arguments {
	enum arguments_command command;
	struct settings settings;    /* but for what the lists below have */
	struct quantities evictions; /* indexes into policies */
	struct quantities admits;
	struct quantities memory_sizes; /* bytes */
	struct quantities capacities;	/* slots */
	struct quantities sizes;	/* bytes; of these two one is empty */
	double reach;			/* 0: not asked for */
	uint64_t drive_bytes;		/* 0: not given */
	const char *output;   /* of generate and compile; NULL: stdout */
	const char *section;  /* of a job file; NULL: its first replay */
	const char *job_path; /* of the job file; NULL: there is none */
	struct job_file job;
	bool json;
	bool csv;
	bool curve;
	bool requests;
	bool timing;
	bool help;
	bool version;
};

/* Parses the command line, which it may change, and the job file that it names.
 * Returns 0, or -1 with @err filled. Either way arguments_free() is due. */
int arguments_parse(struct arguments *a, int argc, char **argv,
		    struct error *err);
void arguments_free(struct arguments *a);

/* Prints the text of --help. */
void arguments_help(FILE *out);

/* One combination of what the lists offer. */
struct combination {
	const struct policy *eviction;
	uint32_t admit;
	uint64_t memory_size;
	uint64_t slots;
};

/* Returns the options that are in force for @c, under the engine's names, for
 * plan_json(). */
struct json_object *arguments_json(const struct arguments *a,
				   const struct shape *shape,
				   const struct combination *c);

#endif
