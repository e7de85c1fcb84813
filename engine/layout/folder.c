#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/layout/folder.h"
#include "trace/base/hash.h"

#define MARK ".mooncake-cache"
#define WALK_FDS 16

/* What look_at() has found. nftw() passes no argument on to it. */
static _Thread_local struct {
	char foreign[PATH_MAX]; /* the first thing that is not ours */
	bool marked;
	unsigned int entries;
} walk;

static bool is_hex(const char *name, size_t digits)
{
	size_t i;

	for (i = 0; i < digits; i++)
		if (!isxdigit((unsigned char)name[i]))
			return false;
	return true;
}

/* Is that a name of an object's file or of a bucket, as folder_object_path()
 * and folder_bucket_path() make them? */
static bool is_our_file(const char *name)
{
	size_t len = strlen(name);

	if (len > FOLDER_NAME_MAX)
		return false;
	if (len > 4 && !strcmp(name + len - 4, ".tmp"))
		len -= 4;
	if (len > 24 && is_hex(name, 16) && name[16] == '-' &&
	    is_hex(name + 17, 8) && name[25] == '.')
		return len > 26 && strspn(name + 26, "0123456789") >= len - 26;
	return len == 24 && is_hex(name, 8) && name[8] == '-' &&
	       is_hex(name + 9, 8) && !strcmp(name + 17, ".bucket");
}

static int look_at(const char *path, const struct stat *st, int type,
		   struct FTW *at)
{
	const char *name = path + at->base;
	bool ours = false;

	(void)st;
	if (!at->level)
		return 0;
	walk.entries++;
	if (at->level == 1 && !strcmp(name, MARK)) {
		walk.marked = true;
		return 0;
	}
	if (type == FTW_D)
		ours = at->level <= 2 && strlen(name) == 2 && is_hex(name, 2);
	else if (type == FTW_F)
		ours = is_our_file(name);
	if (ours)
		return 0;
	snprintf(walk.foreign, sizeof(walk.foreign), "%s", path);
	return 1;
}

int folder_check(const char *path, struct error *err)
{
	struct stat st;

	memset(&walk, 0, sizeof(walk));
	if (strlen(path) > FOLDER_PATH_MAX)
		return fail(err,
			    "filename=%.40s... is a path of %zu bytes, and with those of files below it no more than %d can be opened; name a folder that is nearer",
			    path, strlen(path), PATH_MAX - 1);
	if (stat(path, &st))
		return errno == ENOENT ? 0 :
					 fail(err, "filename=%s: %s", path,
					      strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return fail(err,
			    "filename=%s is a file, and this layout= needs a folder of its own; name one that is not there yet",
			    path);
	if (nftw(path, look_at, WALK_FDS, FTW_PHYS) < 0)
		return fail(err, "filename=%s can't be read: %s", path,
			    strerror(errno));
	if (!walk.foreign[0] && (walk.marked || !walk.entries))
		return 0;
	return fail(err,
		    "filename=%s holds %s, which this engine did not make; name a folder that is empty or not there yet, and it is made",
		    path, walk.foreign[0] ? walk.foreign : "files");
}

static int remove_entry(const char *path, const struct stat *st, int type,
			struct FTW *at)
{
	(void)st;
	if (!at->level || (at->level == 1 && !strcmp(path + at->base, MARK)))
		return 0;
	return type == FTW_DP ? rmdir(path) : unlink(path);
}

static int empty(const char *path)
{
	return nftw(path, remove_entry, WALK_FDS, FTW_PHYS | FTW_DEPTH);
}

static int make_mark(const char *path)
{
	char mark[PATH_MAX];
	int fd;

	snprintf(mark, sizeof(mark), "%s/%s", path, MARK);
	fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	return fd < 0 ? -1 : close(fd);
}

int folder_claim(const char *path, struct error *err)
{
	if ((mkdir(path, 0755) && errno != EEXIST) || make_mark(path) ||
	    empty(path))
		return fail(err,
			    "filename=%s can't be made or emptied: %s; make it, or name another folder",
			    path, strerror(errno));
	return 0;
}

int folder_remove(const char *path)
{
	struct error err;
	char mark[PATH_MAX];

	if (folder_check(path, &err))
		return EEXIST;
	if (!walk.marked)
		return 0;
	snprintf(mark, sizeof(mark), "%s/%s", path, MARK);
	return empty(path) || unlink(mark) || rmdir(path) ? errno : 0;
}

int folder_make_parents(const char *path)
{
	char parent[PATH_MAX];
	char *slash;
	int error = errno;

	snprintf(parent, sizeof(parent), "%s", path);
	slash = strrchr(parent, '/');
	if (!slash)
		return -1;
	*slash = '\0';
	if (!mkdir(parent, 0755) || errno == EEXIST)
		return 0;
	if (errno != ENOENT || folder_make_parents(parent)) {
		errno = errno == ENOENT ? error : errno;
		return -1;
	}
	return mkdir(parent, 0755) && errno != EEXIST ? -1 : 0;
}

/* Names are written once or twice for each operation, and took more time by
 * snprintf() than all else that an engine does for one. */
static char *put_hex(char *at, uint64_t n, unsigned int digits)
{
	while (digits--)
		*at++ = "0123456789abcdef"[n >> 4 * digits & 0xf];
	return at;
}

static char *put_decimal(char *at, uint32_t n)
{
	if (n > 9)
		at = put_decimal(at, n / 10);
	*at++ = '0' + n % 10;
	return at;
}

static char *put_folders(char *at, const char *folder, unsigned int levels,
			 uint64_t hash)
{
	at = stpcpy(at, folder);
	*at++ = '/';
	for (; levels; levels--, hash >>= 8) {
		at = put_hex(at, hash, 2);
		*at++ = '/';
	}
	return at;
}

void folder_object_path(char *buf, const char *folder, unsigned int levels,
			const struct object_name *name)
{
	char *at = put_folders(buf, folder, levels, hash64(name->hash_id));

	at = put_hex(at, name->hash_id, 16);
	*at++ = '-';
	at = put_hex(at, name->slot, 8);
	*at++ = '.';
	*put_decimal(at, name->number) = '\0';
}

void folder_bucket_path(char *buf, const char *folder, unsigned int levels,
			uint64_t key)
{
	char *at = put_folders(buf, folder, levels, hash64(key));

	at = put_hex(at, key >> 32, 8);
	*at++ = '-';
	at = put_hex(at, key, 8);
	strcpy(at, ".bucket");
}
