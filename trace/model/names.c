/* Finds a model by the name that a user gives, or says which are near it. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "trace/model/model.h"

#define NAME_MAX_LEN 64
#define NEAR_MAX 3 /* names in a message */

static const struct model *find_builtin(const char *name)
{
	for (const struct model *m = models; m->name; m++)
		if (!strcmp(m->name, name))
			return m;
	return NULL;
}

/* What a name on Hugging Face ends with where layers and heads are the same. */
static const char *const variants[] = { "instruct", "chat", "base", "it",
					"pt",	    "hf",   "exp",  "thinking",
					"fp8",	    "bf16", "awq",  NULL };

/* Is that how a variant's name ends: "Instruct", or the month of a release as
 * "2507"? */
static bool is_variant(const char *suffix, size_t len)
{
	if (len == 4 && strspn(suffix, "0123456789") >= 4)
		return true;
	for (int i = 0; variants[i]; i++)
		if (strlen(variants[i]) == len &&
		    !strncasecmp(suffix, variants[i], len))
			return true;
	return false;
}

/* Returns the length of @name without what tells its variants apart. */
static size_t stem(const char *name)
{
	size_t len = strlen(name), dash;

	for (dash = len; dash > 0; dash--) {
		if (name[dash - 1] != '-')
			continue;
		if (!is_variant(name + dash, len - dash))
			break;
		len = dash - 1;
	}
	return len;
}

static const struct model *find_source(const char *name)
{
	size_t len = stem(name);

	for (const struct model *m = models; m->name; m++)
		if (!strcasecmp(m->source, name))
			return m;
	for (const struct model *m = models; m->name; m++)
		if (stem(m->source) == len &&
		    !strncasecmp(m->source, name, len))
			return m;
	return NULL;
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int least = a < b ? a : b;

	return least < c ? least : c;
}

/* Returns how many letters must be changed, put in or taken out to make one
 * name of the other (Levenshtein), whatever their case. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[NAME_MAX_LEN + 1], diagonal, above;
	size_t len = strnlen(b, NAME_MAX_LEN);

	for (size_t j = 0; j <= len; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		diagonal = row[0]++;
		for (size_t j = 1; j <= len; j++) {
			above = row[j];
			row[j] = min3(above + 1, row[j - 1] + 1,
				      diagonal + (tolower(a[i]) !=
						  tolower(b[j - 1])));
			diagonal = above;
		}
	}
	return row[len];
}

/* Returns how far @name is from the one given, which is near if @name begins
 * with it. */
static unsigned int far_from(const char *name, const char *given)
{
	size_t len = strlen(given);

	if (len >= 3 && !strncasecmp(name, given, len))
		return 1;
	return distance(name, given);
}

static unsigned int model_far(const struct model *m, const char *given)
{
	unsigned int by_name = far_from(m->name, given);
	unsigned int by_source = far_from(strchr(m->source, '/') + 1, given);

	return by_name < by_source ? by_name : by_source;
}

/* Writes which built-in models have a name near @spec, nearest first, as a part
 * of a sentence, or "". */
static void near_names(const char *spec, char *text, size_t size)
{
	const char *base = strrchr(spec, '/');
	const char *given = base ? base + 1 : spec;
	size_t limit = strlen(given) / 3, used = 0;
	int left = NEAR_MAX;

	text[0] = '\0';
	if (strlen(given) > NAME_MAX_LEN)
		return;
	for (unsigned int far = 0; far <= limit && left; far++)
		for (const struct model *m = models; m->name && left; m++) {
			if (model_far(m, given) != far)
				continue;
			used += snprintf(text + used, size - used, "%s%s",
					 used ? ", " : "; near it: ", m->name);
			left--;
		}
}

/* Can @spec only be meant as a path? */
static bool is_path(const char *spec)
{
	size_t len = strlen(spec);

	return *spec == '.' || *spec == '/' || *spec == '~' ||
	       (len > 5 && !strcmp(spec + len - 5, ".json"));
}

int model_find(struct model *m, const char *spec, struct error *err)
{
	const struct model *builtin = find_builtin(spec);
	char near[NEAR_MAX * (NAME_MAX_LEN + 2) + 16];

	if (!builtin && access(spec, F_OK))
		builtin = find_source(spec);
	if (builtin) {
		*m = *builtin;
		return 0;
	}
	if (is_path(spec) || !access(spec, F_OK))
		return model_from_config(m, spec, err);
	near_names(spec, near, sizeof(near));
	return fail(err,
		    "model=%s is neither a built-in model (mooncake-plan models lists them%s) nor the path of a config.json%s",
		    spec, near,
		    strchr(spec, '/') ?
			    ": download the model's and give its path" :
			    "");
}
