#include <dirent.h>
#include <pthread.h>

#include "fio.h"
#include "parse.h"

#include "engine/job.h"
#include "engine/setup/backend.h"

#define EXTERNAL "external:"
#define RING_LINK "anon_inode:[io_uring]"
#define MAX_FD 4096

/* Loads the backend. load_ioengine() goes by the job's ioengine=, which names
 * this engine so far. */
static struct ioengine_ops *load(struct thread_data *td, const char *backend)
{
	char *engine = td->o.ioengine, *path = td->o.ioengine_so_path;
	struct ioengine_ops *ops;

	td->o.ioengine = (char *)backend;
	td->o.ioengine_so_path = NULL;
	if (!strncmp(backend, EXTERNAL, strlen(EXTERNAL))) {
		td->o.ioengine = "external";
		td->o.ioengine_so_path = (char *)backend + strlen(EXTERNAL);
	}
	ops = load_ioengine(td);
	td->o.ioengine = engine;
	td->o.ioengine_so_path = path;
	return ops;
}

static int check_backend(const struct thread_data *td,
			 const struct ioengine_ops *ops, const char *name,
			 struct error *err)
{
	if (!ops)
		return fail(err,
			    "backend=%s is no fio engine that can be loaded; `fio --enghelp` lists them, external:PATH names a file",
			    name);
	if (ops->setup && ops->setup == td->io_ops->setup)
		return fail(err,
			    "backend=%s is this engine itself; name the fio engine that is to do the I/O",
			    name);
	if (ops->flags & (FIO_NOIO | FIO_UNIDIR | FIO_PIPEIO | FIO_NOSTATS))
		return fail(err,
			    "backend=%s can't read and write at any offset, which a cache needs; name another engine",
			    name);
	return 0;
}

/* Parses backend_options=, "name=value,name=value"; a name alone switches an
 * option on. */
static int parse_backend_options(const struct mooncake_options *o,
				 struct ioengine_ops *ops, void *eo,
				 struct error *err)
{
	char *list, *item, *save = NULL;
	int ret = 0;

	if (!o->backend_options || !*o->backend_options)
		return 0;
	if (!ops->options)
		return fail(err,
			    "backend_options=%s: backend=%s has no options",
			    o->backend_options, o->backend);
	list = strdup(o->backend_options);
	if (!list)
		return fail(err, "out of memory");
	for (item = strtok_r(list, ",", &save); item && !ret;
	     item = strtok_r(NULL, ",", &save)) {
		char *value = strchr(item, '=');

		if (value)
			*value++ = '\0';
		ret = parse_cmd_option(item, value, ops->options, eo, NULL);
		if (ret)
			fail(err,
			     "backend_options=: backend=%s doesn't take %s=%s; `fio --enghelp=%s` lists its options",
			     o->backend, item, value ? value : "", o->backend);
	}
	free(list);
	return ret ? -1 : 0;
}

static int make_backend_options(struct thread_data *td,
				struct ioengine_ops *ops,
				const struct mooncake_options *o,
				struct error *err)
{
	void *eo = NULL;

	if (ops->options) {
		options_init(ops->options);
		eo = calloc(1, ops->option_struct_size);
		if (!eo)
			return fail(err, "out of memory");
		*(struct thread_data **)eo = td;
		fill_default_options(eo, ops->options);
	}
	if (parse_backend_options(o, ops, eo, err))
		return -1;
	/* The core does so too: from then on nfs keeps something of its own
	 * there. */
	if (eo)
		*(struct thread_data **)eo = NULL;
	td->eo = eo;
	return 0;
}

bool backend_option_is_on(const struct ioengine_ops *ops, const void *eo,
			  const char *name)
{
	const struct fio_option *opt;

	for (opt = ops->options; opt && opt->name; opt++)
		if (!strcmp(opt->name, name))
			return *(unsigned int *)((char *)eo + opt->off1);
	return false;
}

/* Does what the core does for engines that have no setup hook. */
static int find_file_sizes(struct thread_data *td, const char *name,
			   struct error *err)
{
	struct fio_file *f;
	unsigned int i;

	for_each_file (td, f, i) {
		if (td_io_get_file_size(td, f)) {
			if (td->error != ENOENT)
				return fail(err,
					    "backend=%s finds no size of %s%s%s; name what that engine is for",
					    name, f->file_name,
					    td->error ? ": " : "", td->verror);
			td_clear_error(td);
		}
		if (f->real_file_size == -1ULL && td->o.size)
			f->real_file_size = td->o.size / td->o.nr_files;
	}
	return 0;
}

static int backend_setup(struct thread_data *td, struct error *err)
{
	const struct job *job = job_of(td);
	struct fio_file *f;
	unsigned int i;

	if (td->io_ops->flags & FIO_DISKLESSIO)
		for_each_file (td, f, i)
			f->real_file_size = -1ULL;
	if (!job->backend.setup)
		return find_file_sizes(td, job->options->backend, err);
	if (job->backend.setup(td))
		return fail(err, "backend=%s could not be set up%s%s",
			    job->options->backend,
			    td->error ? ": " : "; see above",
			    td->error ? td->verror : "");
	return 0;
}

int backend_find(struct thread_data *td, const char *backend, struct error *err)
{
	return check_backend(td, load(td, backend), backend, err);
}

int backend_adopt(struct thread_data *td, struct job *job, struct error *err)
{
	struct ioengine_ops *ops = load(td, job->options->backend);

	if (check_backend(td, ops, job->options->backend, err) ||
	    make_backend_options(td, ops, job->options, err))
		return -1;

	job->backend = *ops;
	job->ops = *ops;
	job->ops.options = NULL; /* the core would free td->eo twice */
	job->polls = backend_option_is_on(ops, td->eo, "hipri");
	td->io_ops = &job->ops;
	/* The core keeps a copy of the engine's flags. */
	td_set_ioengine_flags(td);
	return backend_setup(td, err);
}

/* Is this descriptor an io_uring? */
static bool is_ring(int fd)
{
	char link[64], path[64];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	len = readlink(path, link, sizeof(link) - 1);
	if (len < 0)
		return false;
	link[len] = '\0';
	return !strcmp(link, RING_LINK);
}

/* Marks in @now the descriptors of all rings that are open. Returns one that
 * @before does not have, or -1. */
static int scan_rings(unsigned char *now, const unsigned char *before)
{
	struct dirent *entry;
	int fd, ring = -1;
	DIR *dir = opendir("/proc/self/fd");

	while (dir && (entry = readdir(dir))) {
		fd = atoi(entry->d_name);
		if (entry->d_name[0] == '.' || fd >= MAX_FD || !is_ring(fd))
			continue;
		now[fd] = 1;
		if (before && !before[fd])
			ring = fd;
	}
	if (dir)
		closedir(dir);
	return ring;
}

int backend_post_init(struct thread_data *td)
{
	/* Jobs that are threads share one table of descriptors. */
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
	unsigned char before[MAX_FD] = { 0 }, after[MAX_FD] = { 0 };
	struct job *job = job_of(td);
	int ret;

	if (!job->backend.post_init)
		return 0;
	pthread_mutex_lock(&one_at_a_time);
	scan_rings(before, NULL);
	ret = job->backend.post_init(td);
	job->ring_fd = scan_rings(after, before);
	pthread_mutex_unlock(&one_at_a_time);
	return ret;
}
