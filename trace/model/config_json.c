#include "trace/model/config_json.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Where multimodal models keep the config of their language model. */
static const char *const nested[] = { "thinker_config", "text_config",
				      "llm_config", "language_config", NULL };

/* The member of @obj whose name is the first @len characters of @name. */
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
	char why[256];
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

/* @value as the file spells it, cut to what fits in a message. */
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

struct json_object *config_layer(struct config *c, const char *key, uint32_t i,
				 uint32_t len)
{
	struct json_object *list = get_array(c, key, "an entry for each layer");

	if (!list)
		return NULL;
	if (json_object_array_length(list) != len) {
		config_fail(c, key, "has %zu entries for %u layers",
			    json_object_array_length(list), len);
		return NULL;
	}
	return json_object_array_get_idx(list, i);
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

/* Goes down to the language model of a multimodal config. */
static void descend(struct config *c)
{
	struct json_object *inner;
	size_t used = 0;

	for (int i = 0; nested[i]; i++) {
		inner = member(c->text, nested[i], strlen(nested[i]));
		if (!json_object_is_type(inner, json_type_object))
			continue;
		c->text = inner;
		used += snprintf(c->prefix + used, sizeof(c->prefix) - used,
				 "%s.", nested[i]);
	}
}

/* json-c's own message for a directory or a device would be about JSON. */
static int check_file(const char *file, struct error *err)
{
	struct stat st;

	if (stat(file, &st))
		return fail(err, "model=%s: %s", file, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail(err,
			    "model=%s is not a file: give the path "
			    "of a Hugging Face config.json",
			    file);
	return 0;
}

int config_open(struct config *c, const char *file, struct error *err)
{
	*c = (struct config){ .file = file, .err = err };
	if (check_file(file, err))
		return -1;
	c->root = json_object_from_file(file);
	if (!c->root) {
		const char *why = json_util_get_last_err();

		/* json-c says "continue" where it wants more text. */
		return fail(err, "model=%s: not JSON: %.*s", file,
			    (int)strcspn(why, "\n"),
			    strstr(why, ": continue") ? "it ends too early" :
							why);
	}
	if (!json_object_is_type(c->root, json_type_object)) {
		config_close(c);
		return fail(err,
			    "model=%s: not a JSON object: expected "
			    "a Hugging Face config.json",
			    file);
	}
	c->text = c->root;
	descend(c);
	return 0;
}

void config_close(struct config *c)
{
	json_object_put(c->root);
	c->root = NULL;
}
