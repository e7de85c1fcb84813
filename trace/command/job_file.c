#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "trace/command/job_file.h"

#define MAX_DEPTH 16   /* of files that include each other */
#define MAX_LINE 16384 /* as fio */

/* The options of one section in their order. Of two with one name the later
 * counts. */
struct section {
	char *name;
	char **names;
	char **values;
	size_t nr;
};

struct reading {
	struct section global;
	struct section current; /* without a name before the first section */
	struct section found;	/* without a name until it is found */
	const char *wanted;	/* NULL: the first replay */
	char others[JOB_FILE_OTHERS];
	bool in_global;
	bool located; /* the error says where */
	bool out_of_memory;
};

bool job_file_named(const char *path)
{
	size_t len = strlen(path);

	return len > 4 && !strcmp(path + len - 4, ".fio");
}

static void section_free(struct section *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		free(s->names[i]);
		free(s->values[i]);
	}
	free(s->names);
	free(s->values);
	free(s->name);
	memset(s, 0, sizeof(*s));
}

static const char *section_value(const struct section *s, const char *name)
{
	for (size_t i = s->nr; i-- > 0;)
		if (!strcmp(s->names[i], name))
			return s->values[i];
	return NULL;
}

static bool section_add(struct section *s, const char *name, const char *value)
{
	char **names = realloc(s->names, (s->nr + 1) * sizeof(*names));
	char **values;

	if (!names)
		return false;
	s->names = names;
	values = realloc(s->values, (s->nr + 1) * sizeof(*values));
	if (!values)
		return false;
	s->values = values;
	names[s->nr] = strdup(name);
	values[s->nr] = strdup(value);
	if (names[s->nr] && values[s->nr]) {
		s->nr++;
		return true;
	}
	free(names[s->nr]);
	free(values[s->nr]);
	return false;
}

/* Begins a section. A job has the options of the global sections before it. */
static void begin_section(struct reading *r, const char *name)
{
	section_free(&r->current);
	r->in_global = !strcasecmp(name, "global");
	if (r->in_global)
		return;
	r->current.name = strdup(name);
	r->out_of_memory |= !r->current.name;
	for (size_t i = 0; i < r->global.nr; i++)
		r->out_of_memory |=
			!section_add(&r->current, r->global.names[i],
				     r->global.values[i]);
}

static bool does_block_io(const struct section *s)
{
	const char *engine = section_value(s, "ioengine");
	const char *observe = section_value(s, "observe");
	const char *file = engine ? strrchr(engine, '/') : NULL;

	return engine && strstr(file ? file : engine, "mooncake") &&
	       (!observe || !strcmp(observe, "none"));
}

/* Notes whether the section is the replay that is wanted, or another one. */
static void end_section(struct reading *r)
{
	struct section *s = &r->current;
	const size_t used = strlen(r->others);

	if (!s->name || !does_block_io(s))
		return;
	if (!r->found.name && (!r->wanted || !strcmp(r->wanted, s->name))) {
		r->found = *s;
		memset(s, 0, sizeof(*s));
		return;
	}
	snprintf(r->others + used, sizeof(r->others) - used, "%s%s",
		 used ? ", " : "", s->name);
}

static char *strip(char *text)
{
	char *comment = strchr(text, ';');
	size_t len;

	if (!comment)
		comment = strchr(text, '#');
	if (comment)
		*comment = '\0';
	text += strspn(text, " \t\r\n");
	for (len = strlen(text); len && isspace((unsigned char)text[len - 1]);)
		text[--len] = '\0';
	return text;
}

/* Expands ${NAME} to NAME of the environment, as fio does. */
static int expand(char *out, size_t size, const char *text, struct error *err)
{
	size_t n = 0;

	while (*text && n + 1 < size) {
		const char *end =
			strncmp(text, "${", 2) ? NULL : strchr(text, '}');
		const char *value;
		char name[128];

		if (!end) {
			out[n++] = *text++;
			continue;
		}
		snprintf(name, sizeof(name), "%.*s", (int)(end - text - 2),
			 text + 2);
		value = getenv(name);
		if (!value)
			return fail(err, "${%s}: the environment has no %s",
				    name, name);
		n += snprintf(out + n, size - n, "%s", value);
		text = end + 1;
	}
	if (n >= size)
		return fail(err, "a value is too long");
	out[n] = '\0';
	return 0;
}

static int read_file(struct reading *r, const char *path, int depth,
		     struct error *err);

/* Reads a file that another includes. Its name counts from the folder of that
 * one. */
static int include(struct reading *r, const char *path, const char *name,
		   int depth, struct error *err)
{
	const char *slash = strrchr(path, '/');
	char other[4096];

	snprintf(other, sizeof(other), "%.*s%s",
		 slash && *name != '/' ? (int)(slash - path + 1) : 0, path,
		 name);
	return read_file(r, other, depth + 1, err);
}

/* Takes an option. One without a value is switched on. */
static void take_option(struct reading *r, char *line)
{
	struct section *s = r->in_global ? &r->global : &r->current;
	char *equals = strchr(line, '=');

	if (equals)
		*equals = '\0';
	if (r->in_global || r->current.name)
		r->out_of_memory |=
			!section_add(s, strip(line),
				     equals ? strip(equals + 1) : "1");
}

static int take_line(struct reading *r, const char *path, char *line, int depth,
		     struct error *err)
{
	char *end;

	if (!strncmp(line, "include ", 8))
		return include(r, path, strip(line + 8), depth, err);
	if (*line != '[') {
		take_option(r, line);
		return 0;
	}
	end = strchr(line, ']');
	if (!end)
		return fail(err, "a section's name has no ]");
	*end = '\0';
	end_section(r);
	begin_section(r, line + 1);
	return 0;
}

static int read_file(struct reading *r, const char *path, int depth,
		     struct error *err)
{
	FILE *file = depth < MAX_DEPTH ? fopen(path, "r") : NULL;
	char line[MAX_LINE];
	struct error why;
	size_t number;
	int ret = 0;

	if (!file) {
		r->located = true;
		return fail(err, "%s: %s", path,
			    depth < MAX_DEPTH ? strerror(errno) :
						"job files include each other");
	}
	for (number = 1; !ret && fgets(line, sizeof(line), file); number++)
		ret = take_line(r, path, strip(line), depth, &why);
	fclose(file);
	if (!ret)
		return 0;
	if (r->located)
		return fail(err, "%s", why.text);
	r->located = true;
	return fail(err, "%s, line %zu: %s", path, number - 1, why.text);
}

static int add_word(struct job_file *f, const char *name, const char *value,
		    struct error *err)
{
	const size_t size = strlen(name) + strlen(value) + sizeof("--=");
	char **words = realloc(f->words, (f->nr + 1) * sizeof(*words));

	if (words)
		f->words = words;
	if (!words || !(words[f->nr] = malloc(size)))
		return fail(err, "not enough memory for the job file");
	snprintf(words[f->nr++], size, "--%s=%s", name, value);
	return 0;
}

/* Refuses a job without a size= in bytes: fio would go by its files, which are
 * not here. */
static int check_size(const struct section *s, const char *path,
		      struct error *err)
{
	const char *size = section_value(s, "size");

	if (size && !strchr(size, '%'))
		return 0;
	return fail(err,
		    "%s: [%s] %s%s, so the capacity is decided by its files: give it as --size=BYTES",
		    path, s->name,
		    size ? "has size=" : "has no size=", size ? size : "");
}

static int take_section(struct job_file *f, struct section *s, const char *path,
			bool (*is_known)(const char *name), struct error *err)
{
	const char *stall = section_value(s, "replay_no_stall");
	const char *scale = section_value(s, "replay_time_scale");
	char value[MAX_LINE];
	struct error why;

	f->no_stall = stall && strcmp(stall, "0");
	f->time_scale = scale ? strtoul(scale, NULL, 10) : 100;
	f->section = s->name;
	s->name = NULL;
	for (size_t i = 0; i < s->nr; i++) {
		if (!is_known(s->names[i]))
			continue;
		if (expand(value, sizeof(value), s->values[i], &why))
			return fail(err, "%s: [%s] %s=%s: %s", path, f->section,
				    s->names[i], s->values[i], why.text);
		if (add_word(f, s->names[i], value, err))
			return -1;
	}
	return 0;
}

int job_file_read(struct job_file *f, const char *path, const char *section,
		  bool needs_size, bool (*is_known)(const char *name),
		  struct error *err)
{
	struct reading r = { .wanted = section };
	int ret = read_file(&r, path, 0, err);

	end_section(&r);
	if (!ret && r.out_of_memory)
		ret = fail(err, "not enough memory for the job file");
	if (!ret && !r.found.name)
		ret = section ?
			      fail(err,
				   "%s: no section [%s] whose ioengine= names mooncake and that does block I/O",
				   path, section) :
			      fail(err,
				   "%s: no section whose ioengine= names mooncake and that does block I/O",
				   path);
	if (!ret && needs_size)
		ret = check_size(&r.found, path, err);
	if (!ret)
		ret = take_section(f, &r.found, path, is_known, err);
	memcpy(f->others, r.others, sizeof(f->others));
	section_free(&r.global);
	section_free(&r.current);
	section_free(&r.found);
	return ret;
}

void job_file_free(struct job_file *f)
{
	for (size_t i = 0; i < f->nr; i++)
		free(f->words[i]);
	free(f->words);
	free(f->section);
	memset(f, 0, sizeof(*f));
}
