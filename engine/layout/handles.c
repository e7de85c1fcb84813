#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fio.h"

#include "engine/job.h"
#include "engine/layout/folder.h"
#include "engine/layout/handles.h"
#include "engine/layout/operations.h"

/* Beside one for each object in flight: the bucket that is written, that which
 * is read, and what fio itself has open. */
#define KEPT_OPEN 2
#define OF_FIO 32

static unsigned int wanted(const struct thread_data *td)
{
	return FEED_OBJECTS(td->o.iodepth) + KEPT_OPEN;
}

static int check_descriptors(const struct thread_data *td, struct error *err)
{
	unsigned int jobs = td->o.use_thread ? td->o.numjobs : 1;
	uint64_t need = (uint64_t)td->o.iodepth * jobs + OF_FIO;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= need)
		return 0;
	return fail(err,
		    "iodepth=%u with a file for each object may have %llu files open, and this shell allows %llu; raise `ulimit -n`, or lower iodepth=",
		    td->o.iodepth, (unsigned long long)need,
		    (unsigned long long)limit.rlim_cur);
}

/* fio keeps a name with each file. It is made as long as any that a file is
 * opened under later, which overwrites it. */
int handles_setup(struct handles *h, struct thread_data *td, struct error *err)
{
	char name[PATH_MAX];
	unsigned int i;
	int fileno;

	if (check_descriptors(td, err))
		return -1;
	h->nr = wanted(td);
	h->first_file = td->o.nr_files;
	for (i = 0; i < h->nr; i++) {
		snprintf(name, sizeof(name), "%s/%0*u.%u",
			 td->files[0]->file_name, FOLDER_NAME_MAX, i,
			 td->thread_number);
		fileno = add_file(td, name, 0, 1);
		td->files[fileno]->filetype = FIO_TYPE_FILE;
		td->files[fileno]->real_file_size = td->o.size;
	}
	return 0;
}

int handles_start(struct handles *h, struct thread_data *td)
{
	unsigned int i;

	h->all = calloc(h->nr, sizeof(*h->all));
	if (!h->all) {
		td_verror(td, ENOMEM, "mooncake: handles");
		return -1;
	}
	for (i = 0; i < h->nr; i++) {
		h->all[i].file = td->files[h->first_file + i];
		h->all[i].next_free = h->free;
		h->free = &h->all[i];
	}
	return 0;
}

static void close_file(struct fio_file *f)
{
	close(f->fd);
	f->fd = -1;
	f->references = 0;
	fio_file_clear_open(f);
}

void handles_stop(struct handles *h)
{
	unsigned int i;

	for (i = 0; h->all && i < h->nr; i++)
		if (h->all[i].users)
			close_file(h->all[i].file);
	free(h->all);
	h->all = h->free = NULL;
}

static int open_path(struct thread_data *td, const char *path, int flags)
{
	int fd;

	flags |= O_CLOEXEC | td->o.sync_io;
	if (td->o.odirect &&
	    (!(flags & O_WRONLY) || job_of(td)->options->direct_writes))
		flags |= OS_O_DIRECT;
	fd = open(path, flags, 0644);
	if (fd < 0 && errno == ENOENT && (flags & O_CREAT) &&
	    !folder_make_parents(path))
		fd = open(path, flags, 0644);
	return fd;
}

static void report(struct thread_data *td, const char *path, int error)
{
	const char *remedy = "look at the folder";

	if (error == EMFILE || error == ENFILE)
		remedy = "raise `ulimit -n`, or lower iodepth=";
	else if (error == ENOSPC || error == EDQUOT)
		remedy = "free space or inodes, or lower size=";
	else if (error == EINVAL && td->o.odirect)
		remedy = "this filesystem may not take direct=1";
	log_err("mooncake: job '%s': can't open %s: %s; %s\n", td->o.name, path,
		strerror(error), remedy);
	td_verror(td, error, "mooncake: open");
}

/* This opens by itself, since fio's own way would read the size, drop caches,
 * and make what is missing. */
struct handle *handle_open(struct thread_data *td, const char *path, int flags,
			   uint64_t bytes)
{
	enum operation what =
		flags & O_CREAT ? OPERATION_CREATE : OPERATION_OPEN;
	struct handles *h = &job_of(td)->files.handles;
	struct handle *handle = h->free;
	struct fio_file *f;
	uint64_t since;

	/* One is always free: there are as many as objects in flight. */
	f = handle->file;
	since = operation_begin(td);
	f->fd = open_path(td, path, flags);
	if (f->fd < 0) {
		report(td, path, errno);
		return NULL;
	}
	operation_end(td, what, since);
	strcpy(f->file_name, path);
	f->real_file_size = bytes;
	f->references = 1;
	fio_file_set_open(f);
	h->free = handle->next_free;
	handle->users = 1;
	handle->written = flags & O_WRONLY;
	return handle;
}

void handle_put(struct thread_data *td, struct handle **lent)
{
	struct handles *h = &job_of(td)->files.handles;
	struct handle *handle = *lent;

	*lent = NULL;
	if (!handle || --handle->users)
		return;
	if (handle->written && td->o.fsync_on_close && fsync(handle->file->fd))
		td_verror(td, errno, "mooncake: fsync");
	close_file(handle->file);
	handle->next_free = h->free;
	h->free = handle;
}
