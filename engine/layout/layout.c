#include <fcntl.h>
#include <unistd.h>

#include "fio.h"

#include "engine/job.h"
#include "engine/layout/folder.h"
#include "engine/layout/layout.h"
#include "engine/life/life.h"
#include "engine/setup/units.h"
#include "engine/target/leftover.h"

#define CLAIM_US 1000 /* between looks at who empties the folders */

static const struct layout *const layouts[] = {
	[PLAN_LAYOUT_SLOTS] = &layout_slots,
	[PLAN_LAYOUT_FILES] = &layout_files,
	[PLAN_LAYOUT_BUCKETS] = &layout_buckets,
};

const struct layout *layout_of(enum plan_layout layout)
{
	return layouts[layout];
}

bool layout_writes_blocks(struct thread_data *td)
{
	const struct job *job = job_of(td);

	return direct_widens(td, &job->group->shape) &&
	       job->options->direct_writes;
}

static int check_folders(const struct object_files *of, struct error *err)
{
	unsigned int i;

	for (i = 0; i < of->nr_folders; i++)
		if (folder_check(of->folders[i], err))
			return -1;
	return 0;
}

static int claim_in_setup(struct thread_data *td, struct error *err)
{
	const struct object_files *of = &job_of(td)->files;
	unsigned int i;

	for (i = 0; i < of->nr_folders; i++)
		if (folder_claim(of->folders[i], err) ||
		    leftover_note(td, of->folders[i], folder_remove, err))
			return -1;
	return 0;
}

static bool follows_another(struct thread_data *td)
{
	return job_of(td)->group->section || td->o.wait_for;
}

static int claim_again(const struct object_files *of, struct error *err)
{
	unsigned int i;

	if (check_folders(of, err))
		return -1;
	for (i = 0; i < of->nr_folders; i++)
		if (folder_claim(of->folders[i], err))
			return -1;
	return 0;
}

int layout_setup(struct thread_data *td, struct error *err)
{
	struct job *job = job_of(td);
	struct object_files *of = &job->files;
	struct fio_file *f;
	unsigned int i;

	of->nr_folders = td->o.nr_files;
	of->folders = calloc(of->nr_folders, sizeof(*of->folders));
	if (!of->folders)
		return fail(err, "out of memory");
	for_each_file (td, f, i) {
		of->folders[i] = strdup(f->file_name);
		if (!of->folders[i])
			return fail(err, "out of memory");
	}
	if (check_folders(of, err) || handles_setup(&of->handles, td, err))
		return -1;
	/* fio must not make what it would take for files of their own. */
	td->o.create_on_open = 1;
	if (job->worker != job->replay->workers)
		return 0;
	return claim_in_setup(td, err);
}

enum claim { CLAIM_NONE, CLAIM_BEGUN, CLAIM_DONE };

/*
 * Caches that follow each other in one run may have a folder in common, and
 * all were set up before the first of them ran. So a cache that follows another
 * empties its folder once more: who starts first does, and the others wait.
 */
static int claim_at_start(struct thread_data *td)
{
	struct job *job = job_of(td);
	struct replay *r = job->replay;
	uint32_t none = CLAIM_NONE;
	struct error err;

	if (atomic_compare_exchange_strong(&r->claim, &none, CLAIM_BEGUN)) {
		if (claim_again(&job->files, &err)) {
			log_err("mooncake: job '%s': %s\n", td->o.name,
				err.text);
			td_verror(td, EINVAL, "mooncake: folders");
			return -1;
		}
		atomic_store(&r->claim, CLAIM_DONE);
	}
	while (atomic_load(&r->claim) != CLAIM_DONE && !td->terminate &&
	       !replay_failed(r))
		usleep(CLAIM_US);
	return 0;
}

int layout_start(struct thread_data *td)
{
	struct job *job = job_of(td);

	if (!job->layout->in_files)
		return 0;
	if (follows_another(td) && claim_at_start(td))
		return -1;
	return handles_start(&job->files.handles, td);
}

int layout_sync(struct thread_data *td, struct fio_file *f)
{
	const struct object_files *of = &job_of(td)->files;
	unsigned int folder = min((unsigned int)f->fileno, of->nr_folders - 1);

	f->fd = open(of->folders[folder], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->fd < 0)
		return errno;
	if ((unsigned int)f->fileno >= of->nr_folders || !syncfs(f->fd))
		return 0;
	return errno;
}

static void remove_folders(struct thread_data *td)
{
	const struct object_files *of = &job_of(td)->files;
	unsigned int i;
	int error;

	for (i = 0; i < of->nr_folders; i++) {
		error = folder_remove(of->folders[i]);
		if (error)
			log_err("mooncake: can't remove %s: %s\n",
				of->folders[i], strerror(error));
	}
}

/* With unlink=1 the last worker takes the folders away. */
void layout_stop(struct thread_data *td)
{
	struct job *job = job_of(td);

	if (!job->layout->in_files)
		return;
	handles_stop(&job->files.handles);
	job->files.written = job->files.read = NULL;
	if (td->o.unlink && !life_running(job->replay))
		remove_folders(td);
}
