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

/* Is that a name of an object's file or of a bucket, as files.c and buckets.c
 * make them? */
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

void folder_path(char *buf, const char *folder, unsigned int levels,
		 uint64_t hash, const char *name)
{
	unsigned int first = hash & 0xff, second = hash >> 8 & 0xff;

	if (levels == 0)
		snprintf(buf, PATH_MAX, "%s/%s", folder, name);
	else if (levels == 1)
		snprintf(buf, PATH_MAX, "%s/%02x/%s", folder, first, name);
	else
		snprintf(buf, PATH_MAX, "%s/%02x/%02x/%s", folder, first,
			 second, name);
}
