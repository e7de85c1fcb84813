/*
 * An engine that compares the structures of its headers with those of the fio
 * that loads it: fio's own table of options has the offsets, and two threads of
 * one run lie a struct thread_data apart.
 */
#include "fio.h"
#include "engine/setup/options.h"

/* The offset of every option of this release, which is made from fio's
 * options.c. */
static const struct {
	const char *name;
	size_t offset;
} expected[] = {
#include "probe_options.h"
	{ NULL, 0 },
};

static struct thread_data *first;

static void check(const char *what, size_t ours, size_t fios)
{
	if (ours == fios)
		printf("ok - %s\n", what);
	else
		printf("not ok - %s: %zu in the headers, %zu in fio\n", what,
		       ours, fios);
}

static const struct fio_option *option_named(const char *name)
{
	const struct fio_option *o;

	for (o = fio_options; o->name; o++)
		if (!strcmp(o->name, name))
			return o;
	return NULL;
}

/* An option that this fio was built without has no place in it. */
static void check_options(void)
{
	const struct fio_option *o;
	int i, checked = 0, wrong = 0;

	for (i = 0; expected[i].name; i++) {
		o = option_named(expected[i].name);
		if (!o || o->type == FIO_OPT_UNSUPPORTED)
			continue;
		checked++;
		if (o->off1 == expected[i].offset || wrong++)
			continue;
		check(expected[i].name, expected[i].offset, o->off1);
	}
	if (checked < 100)
		printf("not ok - only %d options were found\n", checked);
	else if (!wrong)
		printf("ok - %d options\n", checked);
}

static int probe_setup(struct thread_data *td)
{
	if (!first) {
		first = td;
		check_options();
	} else {
		check("thread_data", sizeof(*td), (char *)td - (char *)first);
	}
	return 0;
}

static enum fio_q_status probe_queue(struct thread_data *td, struct io_u *io_u)
{
	fio_ro_check(td, io_u);
	return FIO_Q_COMPLETED;
}

static int probe_open(struct thread_data *td __attribute__((unused)),
		      struct fio_file *f __attribute__((unused)))
{
	return 0;
}

static struct ioengine_ops probe = {
	.name = "fio_headers_probe",
	.version = FIO_IOOPS_VERSION,
	.setup = probe_setup,
	.queue = probe_queue,
	.open_file = probe_open,
	.flags = FIO_SYNCIO | FIO_DISKLESSIO | FIO_FAKEIO,
};

__attribute__((visibility("default")))
void get_ioengine(struct ioengine_ops **ops);

void get_ioengine(struct ioengine_ops **ops)
{
	*ops = &probe;
}
