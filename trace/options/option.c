#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "trace/base/quantity.h"
#include "trace/options/option.h"

void option_value(const struct option_entry *opt, char *text, size_t size)
{
	if (opt->words)
		choice_list(opt->words, "|", text, size);
	else
		snprintf(text, size, "%s",
			 opt->value		     ? opt->value :
			 opt->kind == OPTION_BOOL    ? "0|1" :
			 opt->kind == OPTION_PERCENT ? "PERCENT" :
						       "N");
}

static int set_word(const struct option_entry *opt, int *word, const char *name,
		    const char *text, struct error *err)
{
	const struct choice *choice = choice_find(opt->words, text);
	char words[128];

	if (choice) {
		*word = choice->value;
		return 0;
	}
	option_value(opt, words, sizeof(words));
	return fail(err, "%s=%s: give one of %s", name, text, words);
}

static uint64_t largest(const struct option_entry *opt)
{
	if (opt->max)
		return opt->max;
	return opt->kind == OPTION_U64 ? UINT64_MAX : UINT32_MAX;
}

static int set_number(const struct option_entry *opt, uint64_t *number,
		      const char *name, const char *text, struct error *err)
{
	if (quantity_parse(number, text) && *number >= (uint64_t)opt->min &&
	    *number <= largest(opt))
		return 0;
	return fail(err, "%s=%s: give a whole number from %d to %" PRIu64, name,
		    text, opt->min, largest(opt));
}

static int set_number32(const struct option_entry *opt, uint32_t *number,
			const char *name, const char *text, struct error *err)
{
	uint64_t wide;

	if (set_number(opt, &wide, name, text, err))
		return -1;
	*number = wide;
	return 0;
}

static int set_percent(uint32_t *percent, const char *name, const char *text,
		       struct error *err)
{
	if (percent_parse(percent, text))
		return 0;
	return fail(err, "%s=%s: give percent from 1 to 100, as 90", name,
		    text);
}

static int set_bool(uint32_t *on, const char *name, const char *text,
		    struct error *err)
{
	if (strcmp(text, "0") && strcmp(text, "1"))
		return fail(err, "%s=%s: give 0 or 1", name, text);
	*on = *text == '1';
	return 0;
}

int option_set(const struct option_entry *opt, void *values, const char *name,
	       const char *text, struct error *err)
{
	void *value = (char *)values + opt->offset;

	switch (opt->kind) {
	case OPTION_TEXT:
		*(const char **)value = text;
		break;
	case OPTION_WORD:
		return set_word(opt, value, name, text, err);
	case OPTION_BOOL:
		return set_bool(value, name, text, err);
	case OPTION_PERCENT:
		return set_percent(value, name, text, err);
	case OPTION_U32:
		return set_number32(opt, value, name, text, err);
	case OPTION_U64:
	case OPTION_TIME:
		return set_number(opt, value, name, text, err);
	}
	return 0;
}

static struct json_object *text_json(const char *text)
{
	return text ? json_object_new_string(text) : NULL;
}

static void put(struct json_object *obj, const struct option_entry *opt,
		const void *values)
{
	const void *value = (const char *)values + opt->offset;
	struct json_object *json = NULL;

	switch (opt->kind) {
	case OPTION_TEXT:
		json = text_json(*(char *const *)value);
		break;
	case OPTION_WORD:
		json = text_json(choice_name(opt->words, *(const int *)value));
		break;
	case OPTION_U64:
	case OPTION_TIME:
		json = json_object_new_uint64(*(const uint64_t *)value);
		break;
	case OPTION_BOOL:
	case OPTION_PERCENT:
	case OPTION_U32:
		json = json_object_new_uint64(*(const uint32_t *)value);
		break;
	}
	json_object_object_add(obj, opt->name, json);
}

void options_put(struct json_object *obj, const struct option_entry *table,
		 const void *values)
{
	for (; table->name; table++)
		if (!table->left_out)
			put(obj, table, values);
}

void options_put_deciding(struct json_object *obj,
			  const struct option_entry *table, const void *values)
{
	for (; table->name; table++)
		if (table->decides_group)
			put(obj, table, values);
}
