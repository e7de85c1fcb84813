/*
 * Fields of a Hugging Face config.json, read so that a field that is missing
 * or makes no sense is named with its file and its place in it.
 *
 * The first error sticks: it fills @err and sets @failed, and from then on
 * every getter returns a harmless value. So a reader takes all the fields it
 * needs, and looks at @failed once.
 */
#ifndef MOONCAKE_CONFIG_JSON_H
#define MOONCAKE_CONFIG_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/base/error.h"

#define CONFIG_UINT_MAX (1u << 24)

struct json_object;

struct config {
	const char *file;
	struct json_object *root;
	struct json_object *text; /* the language model's part of @root */
	char prefix[96];	  /* of @text in @root: "text_config." */
	struct error *err;
	bool failed;
};

/*
 * Opens @file at the config of its language model, which in a multimodal model
 * is a nested one. Returns 0, or -1 with @err filled, which says what a file is
 * that is no config, such as a web page.
 */
int config_open(struct config *c, const char *file, struct error *err);
void config_close(struct config *c);

/*
 * Is there a field, and which is it? A key may give several names of one field
 * ("num_hidden_layers|n_layer"), of which the first that is there counts, and
 * may lead into objects ("attn_config.kv"). A member that is null counts as
 * missing; config_get() returns NULL for it.
 */
bool config_has(const struct config *c, const char *key);
struct json_object *config_get(const struct config *c, const char *key);

/* Return an integer that must be there, of at least 1 or of at least 0, and at
 * most CONFIG_UINT_MAX. After an error they return 1. */
uint32_t config_uint(struct config *c, const char *key);
uint32_t config_uint0(struct config *c, const char *key);
/* Return the value of a field, or @def where it is missing. */
uint32_t config_uint_or(struct config *c, const char *key, uint32_t def);
bool config_bool_or(struct config *c, const char *key, bool def);
/* Returns a string that must be there, or "" after an error. */
const char *config_string(struct config *c, const char *key);

/*
 * Returns entry @i of a list that has one for each of @len layers, behind which
 * entries of layers for multi-token prediction may follow. NULL after an error.
 */
struct json_object *config_layer(struct config *c, const char *key, uint32_t i,
				 uint32_t len);
/* Does the same for a list of 0 and 1. */
bool config_flag(struct config *c, const char *key, uint32_t i, uint32_t len);
/* Does the list of integers hold @value? */
bool config_lists(struct config *c, const char *key, uint32_t value);

/* Fills the error as "model=FILE: KEY ...", unless there was one before. Always
 * returns -1. */
int config_fail(struct config *c, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
