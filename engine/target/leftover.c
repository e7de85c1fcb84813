#include <stdlib.h>

#include "fio.h"

#include "engine/target/leftover.h"

struct leftover {
	struct leftover *next;
	int (*take)(const char *name);
	char name[];
};

static struct leftover *leftovers;

int leftover_note(struct thread_data *td, const char *name,
		  int (*take)(const char *name), struct error *err)
{
	struct leftover *l;

	if (!td->o.unlink)
		return 0;
	l = malloc(sizeof(*l) + strlen(name) + 1);
	if (!l)
		return fail(err, "out of memory");
	strcpy(l->name, name);
	l->take = take;
	l->next = leftovers;
	leftovers = l;
	return 0;
}

static int unlink_file(const char *name)
{
	return unlink(name) && errno != ENOENT ? errno : 0;
}

int leftover_note_files(struct thread_data *td, struct error *err)
{
	struct fio_file *f;
	unsigned int i;

	for_each_file (td, f, i)
		if (f->filetype == FIO_TYPE_FILE &&
		    leftover_note(td, f->file_name, unlink_file, err))
			return -1;
	return 0;
}

void leftover_take(void)
{
	struct leftover *l;
	int error;

	while ((l = leftovers)) {
		leftovers = l->next;
		error = l->take(l->name);
		if (error)
			log_err("mooncake: can't remove %s: %s\n", l->name,
				strerror(error));
		free(l);
	}
}
