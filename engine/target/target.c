#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fio.h"

#include "engine/job.h"
#include "engine/target/target.h"

uint64_t target_slots_in(const struct target *t, unsigned int i)
{
	return (t->slots + t->files - 1 - i) / t->files;
}

static bool is_local_file(struct thread_data *td, const struct fio_file *f)
{
	return f->filetype == FIO_TYPE_FILE &&
	       !td_ioengine_flagged(td, FIO_DISKLESSIO);
}

/* Returns how many bytes of a file slots may use: UINT64_MAX where it grows as
 * needed. */
static uint64_t file_room(struct thread_data *td, const struct fio_file *f)
{
	uint64_t end = f->real_file_size;

	if (td->o.file_size_low)
		end = td->o.file_size_low;
	else if (is_local_file(td, f) && td->o.size)
		return UINT64_MAX;
	if (end == -1ULL)
		return UINT64_MAX;
	return end > f->file_offset ? end - f->file_offset : 0;
}

/* Returns the room in all files together, for where size= is missing or a
 * percentage; 0 where it isn't known. */
static uint64_t measured_bytes(struct thread_data *td)
{
	uint64_t room, bytes = 0;
	struct fio_file *f;
	unsigned int i;

	for_each_file (td, f, i) {
		room = file_room(td, f);
		if (room == UINT64_MAX)
			return 0;
		bytes += room;
	}
	if (td->o.size_percent && td->o.size_percent != 100)
		bytes = bytes / 100 * td->o.size_percent;
	return bytes;
}

static uint64_t capacity_bytes(struct thread_data *td)
{
	if (td->o.size && !td->o.file_size_low)
		return td->o.size;
	return measured_bytes(td);
}

/* Returns how many slots there are before one of the files is full, which ends
 * the stripe. */
static uint64_t stripe_limit(struct target *t, struct thread_data *td)
{
	uint64_t room, limit = UINT64_MAX;
	struct fio_file *f;
	unsigned int i;

	for_each_file (td, f, i) {
		room = file_room(td, f);
		if (room != UINT64_MAX)
			limit = min(limit, room / t->slot_bytes * t->files + i);
	}
	return limit;
}

int target_measure(struct target *t, struct thread_data *td,
		   const struct shape *shape, struct error *err)
{
	uint64_t bytes, limit;
	struct fio_file *f;
	unsigned int i;

	t->slot_bytes = shape->slot_bytes;
	t->piece_bytes = shape->slot_bytes / shape->pieces;
	t->files = td->o.nr_files;
	for_each_file (td, f, i)
		f->file_offset = get_start_offset(td, f);

	bytes = capacity_bytes(td);
	if (!bytes)
		return fail(err,
			    "size= is missing; it is the capacity of the cache, at least one slot of %llu bytes",
			    (unsigned long long)t->slot_bytes);
	t->slots = bytes / t->slot_bytes;
	if (!t->slots)
		return fail(err,
			    "size=%llu is less than one slot of %llu bytes; give the cache room for at least one block",
			    (unsigned long long)bytes,
			    (unsigned long long)t->slot_bytes);
	limit = stripe_limit(t, td);
	if (limit < t->slots && td->o.size && !td->o.size_percent &&
	    !td->o.file_size_low)
		return fail(err,
			    "size=%llu is more than %s holds (room for %llu slots of %llu bytes); lower size= or leave it out",
			    (unsigned long long)bytes,
			    t->files > 1 ? "a stripe over the files" :
					   td->files[0]->file_name,
			    (unsigned long long)limit,
			    (unsigned long long)t->slot_bytes);
	t->slots = min(t->slots, limit);
	return 0;
}

/* Returns how long a file must be for its slots, and for what fio itself
 * checks. */
static uint64_t wanted_size(const struct target *t, struct thread_data *td,
			    const struct fio_file *f, unsigned int i)
{
	uint64_t slots = target_slots_in(t, i) * t->slot_bytes;
	uint64_t fio = td->o.size / td->o.nr_files;

	if (td->o.file_size_low)
		return td->o.file_size_low;
	return f->file_offset + max(slots, fio);
}

static int allocate_blocks(int fd, uint64_t size, enum fio_fallocate_mode mode)
{
	int flags = mode == FIO_FALLOCATE_KEEP_SIZE ? FALLOC_FL_KEEP_SIZE : 0;

	if (mode == FIO_FALLOCATE_NONE || mode == FIO_FALLOCATE_TRUNCATE)
		return 0;
	/* Where the filesystem can't do this the file stays sparse:
	 * posix_fallocate() would write it full. */
	if (fallocate(fd, flags, 0, size) && errno != EOPNOTSUPP &&
	    errno != ENOSYS)
		return errno;
	return 0;
}

/* Returns the size of a file, or -1 if there is none. */
static int64_t size_of(const char *name)
{
	struct stat st;

	return stat(name, &st) ? -1 : st.st_size;
}

/* Gives the file the size that size_of() returned before it was changed. */
static void put_back(const char *name, int64_t size)
{
	if (size_of(name) == size)
		return;
	if (size < 0 ? unlink(name) : truncate(name, size))
		log_err("mooncake: can't put %s back as it was: %s\n", name,
			strerror(errno));
}

/* Opens the file for writing, and grows it to the size unless that is 0. */
static int ready_file(struct thread_data *td, const char *name, uint64_t size)
{
	int fd, ret = 0, flags = td->o.allow_create ? O_CREAT : 0;

	fd = open(name, O_RDWR | flags | O_CLOEXEC, 0644);
	if (fd < 0)
		return errno;
	if (size)
		ret = allocate_blocks(fd, size, td->o.fallocate_mode);
	if (size && !ret && ftruncate(fd, size))
		ret = errno;
	close(fd);
	return ret;
}

static bool too_short(const struct target *t, struct thread_data *td,
		      const struct fio_file *f, unsigned int i)
{
	return is_local_file(td, f) &&
	       (f->real_file_size == -1ULL ||
		f->real_file_size < wanted_size(t, td, f, i));
}

bool target_fresh(const struct target *t, struct thread_data *td)
{
	struct fio_file *f;
	unsigned int i;

	for_each_file (td, f, i)
		if (too_short(t, td, f, i))
			return true;
	return false;
}

static int report_file(struct thread_data *td, const char *name, uint64_t size,
		       int error, struct error *err)
{
	bool no_room = error == ENOSPC || error == EDQUOT || error == EFBIG;

	if (error == ENOENT && !td->o.allow_create)
		return fail(err,
			    "there is no cache file %s, and allow_file_create=0 forbids to make it; make it first, or leave that out",
			    name);
	if (!size)
		return fail(err,
			    "can't write to the cache file %s: %s; make it writable, or name another file",
			    name, strerror(error));
	return fail(err, "can't make the cache file %s %llu bytes long: %s; %s",
		    name, (unsigned long long)size, strerror(error),
		    no_room ? "free space, lower size=, or name another file" :
			      "name a file that can be made and written");
}

/* Readies all files or, after an error, none. @before gets their sizes, to put
 * them back. */
static int ready_files(const struct target *t, struct thread_data *td,
		       int64_t *before, struct error *err)
{
	struct fio_file *f;
	unsigned int i;
	uint64_t size;
	int error;

	for_each_file (td, f, i) {
		before[i] = size_of(f->file_name);
		if (!is_local_file(td, f))
			continue;
		size = too_short(t, td, f, i) ? wanted_size(t, td, f, i) : 0;
		error = ready_file(td, f->file_name, size);
		if (!error)
			continue;
		report_file(td, f->file_name, size, error, err);
		do
			put_back(td->files[i]->file_name, before[i]);
		while (i--);
		return -1;
	}
	return 0;
}

int target_allocate(const struct target *t, struct thread_data *td,
		    struct error *err)
{
	int64_t *before = calloc(td->o.nr_files, sizeof(*before));
	struct fio_file *f;
	unsigned int i;
	int ret;

	if (!before)
		return fail(err, "out of memory");
	/* fio would add what this division leaves over to some files, in units
	 * of bs=. */
	td->o.size -= td->o.size % td->o.nr_files;
	ret = ready_files(t, td, before, err);
	for_each_file (td, f, i)
		if (!ret && too_short(t, td, f, i))
			f->real_file_size = wanted_size(t, td, f, i);
	free(before);
	return ret;
}
