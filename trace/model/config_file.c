/* Opens a config.json, and says what the file is if it is none. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "trace/model/config_json.h"

#define CONFIG_BYTES_MAX (16 << 20) /* no config.json comes near */

/* Where multimodal models keep the config of their language model. */
static const char *const nested[] = { "thinker_config", "text_config",
				      "llm_config", "language_config", NULL };

/* Returns the size of the file, or -1 with @err filled. Anything but a file is
 * refused here, since json-c would say of a device that it is no JSON. */
static long long config_bytes(const char *file, struct error *err)
{
	struct stat st;

	if (stat(file, &st))
		return fail(err,
			    "model=%s: %s (mooncake-plan models lists the built-in models)",
			    file, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail(err,
			    "model=%s is not a file: give the path of a Hugging Face config.json",
			    file);
	if (st.st_size > CONFIG_BYTES_MAX)
		return fail(err,
			    "model=%s has %lld bytes, more than any config: give the path of a Hugging Face config.json",
			    file, (long long)st.st_size);
	return st.st_size;
}

/* Returns the text of @file, ended by a NUL, or NULL with @err filled. */
static char *read_text(const char *file, struct error *err)
{
	long long size = config_bytes(file, err);
	size_t len = 0;
	char *text;
	FILE *f;

	if (size < 0)
		return NULL;
	f = fopen(file, "r");
	text = f ? malloc(size + 1) : NULL;
	if (text)
		len = fread(text, 1, size, f);
	if (!text || ferror(f)) {
		fail(err, "model=%s: %s", file, strerror(errno));
		free(text);
		text = NULL;
	} else {
		text[len] = '\0';
	}
	if (f)
		fclose(f);
	return text;
}

/* Returns the text behind a byte order mark and blanks: its beginning says what
 * it is. */
static const char *first_word(const char *text)
{
	if (!strncmp(text, "\xef\xbb\xbf", 3))
		text += 3;
	return text + strspn(text, " \t\r\n");
}

/* Says what a file is that is no JSON. Where Hugging Face wants a login, it
 * answers with a page or a sentence. */
static int not_json(const char *file, const char *text,
		    enum json_tokener_error e, struct error *err)
{
	bool ended =
		e == json_tokener_continue || e == json_tokener_error_parse_eof;

	if (*text == '<')
		return fail(err,
			    "model=%s is a web page, not a config.json: the model may be gated; log in to Hugging Face, accept its terms and download the file itself",
			    file);
	if (!strncmp(text, "Access to ", 10) ||
	    !strncmp(text, "Invalid username", 16))
		return fail(err,
			    "model=%s is no config.json but an answer of Hugging Face, \"%.*s\": download the file with a login that has access",
			    file, (int)strcspn(text, "\n"), text);
	if (!strncmp(text, "version https://git-lfs", 23))
		return fail(err,
			    "model=%s is a pointer of Git LFS, not the file itself: run git lfs pull",
			    file);
	return fail(err, "model=%s: not JSON: %s", file,
		    ended ? "it ends too early" : json_tokener_error_desc(e));
}

static struct json_object *parse(const char *file, const char *text,
				 struct error *err)
{
	enum json_tokener_error e;
	struct json_object *root = json_tokener_parse_verbose(text, &e);

	if (!root && e != json_tokener_success) {
		not_json(file, text, e, err);
		return NULL;
	}
	if (json_object_is_type(root, json_type_object))
		return root;
	json_object_put(root);
	fail(err,
	     "model=%s: not a JSON object: expected a Hugging Face config.json",
	     file);
	return NULL;
}

/* In a multimodal config, goes down to the one of its language model. */
static void descend(struct config *c)
{
	struct json_object *inner;
	size_t used = 0;

	for (int i = 0; nested[i]; i++) {
		if (!json_object_object_get_ex(c->text, nested[i], &inner) ||
		    !json_object_is_type(inner, json_type_object))
			continue;
		c->text = inner;
		used += snprintf(c->prefix + used, sizeof(c->prefix) - used,
				 "%s.", nested[i]);
	}
}

/*
 * Refuses JSON that is no config: people mistake other files beside it for it.
 */
static int check_kind(const struct config *c)
{
	static const char fields[] =
		"model_type|architectures|num_hidden_layers|n_layer|n_layers|num_layers|hidden_size|num_attention_heads";
	struct json_object *error;

	if (config_has(c, fields))
		return 0;
	if (json_object_object_get_ex(c->root, "error", &error) &&
	    json_object_is_type(error, json_type_string))
		return fail(c->err,
			    "model=%s is no config.json but an error that was saved as one: %.120s",
			    c->file, json_object_get_string(error));
	return fail(c->err,
		    "model=%s is JSON but no model's config: it has neither model_type nor layers; give the path of the Hugging Face config.json",
		    c->file);
}

int config_open(struct config *c, const char *file, struct error *err)
{
	char *text = read_text(file, err);

	*c = (struct config){ .file = file, .err = err };
	if (!text)
		return -1;
	c->root = parse(file, first_word(text), err);
	free(text);
	if (!c->root)
		return -1;
	c->text = c->root;
	descend(c);
	if (!check_kind(c))
		return 0;
	config_close(c);
	return -1;
}

void config_close(struct config *c)
{
	json_object_put(c->root);
	c->root = NULL;
}
