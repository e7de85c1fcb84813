/*
 * An engine that holds the structures of the headers it was built with against
 * those of the fio that loads it: fio's own table of options has the offsets,
 * and two threads of one run lie a struct thread_data apart.
 */
#include "fio.h"
#include "engine/setup/options.h"

#define OPTION(name, member) \
	{ name, offsetof(struct thread_options, member) }

static const struct {
	const char *name;
	size_t offset;
} expected[] = {
	OPTION("description", description),
	OPTION("iodepth", iodepth),
	OPTION("size", size),
	OPTION("fsync", fsync_blocks),
	OPTION("verify_pattern", verify_pattern),
	OPTION("numjobs", numjobs),
	OPTION("iodepth_batch", iodepth_batch),
	OPTION("replay_time_scale", replay_time_scale),
	OPTION("allow_mounted_write", allow_mounted_write),
	OPTION("log_entries", log_entries),
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

static void check_options(void)
{
	const struct fio_option *o;
	int i;

	for (i = 0; expected[i].name; i++) {
		for (o = fio_options; o->name; o++)
			if (!strcmp(o->name, expected[i].name))
				break;
		check(expected[i].name, expected[i].offset, o->off1);
	}
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
