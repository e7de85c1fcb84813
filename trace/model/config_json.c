#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "trace/model/config_json.h"

/*
 * Returns the member of @obj whose name is the first @len characters of @name.
 */
static struct json_object *member(struct json_object *obj, const char *name,
				  size_t len)
{
	struct json_object *value;
	char key[64];

	if (!json_object_is_type(obj, json_type_object) || len >= sizeof(key))
		return NULL;
	memcpy(key, name, len);
	key[len] = '\0';
	return json_object_object_get_ex(obj, key, &value) ? value : NULL;
}

/* Follows one name of a key, up to '|', through its dots. */
static struct json_object *follow(struct json_object *obj, const char *name)
{
	size_t len = strcspn(name, ".|");

	while (obj && name[len] == '.') {
		obj = member(obj, name, len);
		name += len + 1;
		len = strcspn(name, ".|");
	}
	return obj ? member(obj, name, len) : NULL;
}

struct json_object *config_get(const struct config *c, const char *key)
{
	struct json_object *value;

	while (key) {
		value = follow(c->text, key);
		if (value)
			return value;
		key = strchr(key, '|');
		if (key)
			key++;
	}
	return NULL;
}

bool config_has(const struct config *c, const char *key)
{
	return config_get(c, key) != NULL;
}

int config_fail(struct config *c, const char *key, const char *fmt, ...)
{
	char why[400];
	va_list ap;

	if (c->failed)
		return -1;
	c->failed = true;
	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return fail(c->err, "model=%s: %s%.*s %s", c->file, c->prefix,
		    (int)strcspn(key, "|"), key, why);
}

static int missing(struct config *c, const char *key, const char *expected)
{
	const char *others = strchr(key, '|');

	if (!others)
		return config_fail(c, key, "is missing: expected %s", expected);
	return config_fail(c, key, "(or %s) is missing: expected %s",
			   others + 1, expected);
}

/* Fails on a value, which the message has as the file spells it, cut to what
 * fits. */
static int bad_value(struct config *c, const char *key,
		     struct json_object *value, const char *expected)
{
	return config_fail(c, key, "is %.80s: expected %s",
			   json_object_to_json_string_ext(value,
							  JSON_C_TO_STRING_PLAIN),
			   expected);
}

static uint32_t get_uint(struct config *c, const char *key, uint32_t min)
{
	struct json_object *value = config_get(c, key);
	char expected[64];
	int64_t n;

	snprintf(expected, sizeof(expected), "an integer from %u to %u", min,
		 CONFIG_UINT_MAX);
	if (!value) {
		missing(c, key, expected);
		return 1;
	}
	n = json_object_get_int64(value);
	if (!json_object_is_type(value, json_type_int) || n < min ||
	    n > CONFIG_UINT_MAX) {
		bad_value(c, key, value, expected);
		return 1;
	}
	return n;
}

uint32_t config_uint(struct config *c, const char *key)
{
	return get_uint(c, key, 1);
}

uint32_t config_uint0(struct config *c, const char *key)
{
	return get_uint(c, key, 0);
}

uint32_t config_uint_or(struct config *c, const char *key, uint32_t def)
{
	return config_has(c, key) ? config_uint(c, key) : def;
}

bool config_bool_or(struct config *c, const char *key, bool def)
{
	struct json_object *value = config_get(c, key);

	if (!value)
		return def;
	if (!json_object_is_type(value, json_type_boolean))
		bad_value(c, key, value, "true or false");
	return json_object_get_boolean(value);
}

const char *config_string(struct config *c, const char *key)
{
	struct json_object *value = config_get(c, key);

	if (!value)
		missing(c, key, "a string");
	else if (!json_object_is_type(value, json_type_string))
		bad_value(c, key, value, "a string");
	return c->failed ? "" : json_object_get_string(value);
}

static struct json_object *get_array(struct config *c, const char *key,
				     const char *expected)
{
	struct json_object *value = config_get(c, key);

	if (!value)
		missing(c, key, expected);
	else if (!json_object_is_type(value, json_type_array))
		bad_value(c, key, value, expected);
	return c->failed ? NULL : value;
}

/*
 * Returns how many layers are for multi-token prediction: nothing counts those.
 */
static uint32_t draft_layers(const struct config *c)
{
	struct json_object *value =
		config_get(c,
			   "num_nextn_predict_layers|mtp_num_hidden_layers|mtp_num_layers");
	int64_t n = json_object_get_int64(value);

	return n > 0 && n < CONFIG_UINT_MAX ? n : 0;
}

struct json_object *config_layer(struct config *c, const char *key, uint32_t i,
				 uint32_t len)
{
	struct json_object *list = get_array(c, key, "an entry for each layer");
	size_t entries;

	if (!list)
		return NULL;
	entries = json_object_array_length(list);
	if (entries != len && entries != (size_t)len + draft_layers(c)) {
		config_fail(c, key, "has %zu entries for %u layers", entries,
			    len);
		return NULL;
	}
	return json_object_array_get_idx(list, i);
}

bool config_flag(struct config *c, const char *key, uint32_t i, uint32_t len)
{
	struct json_object *entry = config_layer(c, key, i, len);
	int64_t value = json_object_get_int64(entry);

	if (!c->failed && (!json_object_is_type(entry, json_type_int) ||
			   value < 0 || value > 1))
		config_fail(c, key, "has %.40s for layer %u: expected 0 or 1",
			    json_object_to_json_string(entry), i);
	return value;
}

bool config_lists(struct config *c, const char *key, uint32_t value)
{
	struct json_object *list = get_array(c, key, "a list of layer numbers");
	struct json_object *entry;

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		entry = json_object_array_get_idx(list, i);
		if (!json_object_is_type(entry, json_type_int)) {
			bad_value(c, key, list, "a list of layer numbers");
			return false;
		}
		if (json_object_get_int64(entry) == value)
			return true;
	}
	return false;
}
