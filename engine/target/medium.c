#include <errno.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "engine/target/medium.h"

#define GIB (1024.0 * 1024 * 1024)

/* Finds @path, or the nearest folder above it that is there, and writes its
 * name to @nearest of PATH_MAX bytes. */
static int stat_nearest(const char *path, char *nearest, struct stat *st)
{
	char *slash;

	snprintf(nearest, PATH_MAX, "%s", path);
	while (stat(nearest, st)) {
		slash = strrchr(nearest, '/');
		if (!slash)
			snprintf(nearest, PATH_MAX, ".");
		else if (slash == nearest)
			nearest[1] = '\0';
		else
			*slash = '\0';
		if ((errno != ENOENT && errno != ENOTDIR) ||
		    (!slash && stat(nearest, st)))
			return -1;
	}
	return 0;
}

static void add(char text[MEDIUM_TEXT], const char *part)
{
	size_t used = strlen(text);

	snprintf(text + used, MEDIUM_TEXT - used, "%s%s", used ? ", " : "",
		 part);
}

/* Returns 1 for a rotational device, 0 for another, or -1 where it isn't known.
 * A partition has no queue of its own, but the device above it has. */
static int rotational(dev_t dev)
{
	static const char *const places[] = { "queue", "../queue" };
	char path[128], answer = 0;
	unsigned int i;
	FILE *f;

	for (i = 0; i < 2 && !answer; i++) {
		snprintf(path, sizeof(path),
			 "/sys/dev/block/%u:%u/%s/rotational", major(dev),
			 minor(dev), places[i]);
		f = fopen(path, "r");
		if (!f)
			continue;
		answer = fgetc(f);
		fclose(f);
	}
	return answer ? answer == '1' : -1;
}

static void add_kind(char text[MEDIUM_TEXT], dev_t dev)
{
	int turns = rotational(dev);

	if (turns >= 0)
		add(text, turns ? "rotational" : "solid state");
}

static void add_filesystem(char text[MEDIUM_TEXT], const struct stat *st)
{
	struct mntent *mount, buf;
	char part[MEDIUM_TEXT], strings[1024];
	FILE *f = setmntent("/proc/self/mounts", "r");
	struct stat root;
	bool found = false;

	while (f && !found &&
	       (mount = getmntent_r(f, &buf, strings, sizeof(strings)))) {
		found = !stat(mount->mnt_dir, &root) &&
			root.st_dev == st->st_dev;
		if (!found)
			continue;
		snprintf(part, sizeof(part), "%s, %s at %s", mount->mnt_fsname,
			 mount->mnt_type, mount->mnt_dir);
		add(text, part);
	}
	if (f)
		endmntent(f);
}

static void add_space(char text[MEDIUM_TEXT], const char *path)
{
	struct statvfs fs;
	char part[64];

	if (statvfs(path, &fs))
		return;
	snprintf(part, sizeof(part), "%.1f GiB, %.1f GiB free",
		 (double)fs.f_blocks * fs.f_frsize / GIB,
		 (double)fs.f_bavail * fs.f_frsize / GIB);
	add(text, part);
}

void medium_describe(char text[MEDIUM_TEXT], const char *path)
{
	char nearest[PATH_MAX];
	struct stat st;

	text[0] = '\0';
	if (stat_nearest(path, nearest, &st))
		return;
	if (S_ISBLK(st.st_mode) || S_ISCHR(st.st_mode)) {
		add(text, path);
		add_kind(text, st.st_rdev);
		return;
	}
	add_filesystem(text, &st);
	add_kind(text, st.st_dev);
	add_space(text, nearest);
}

int medium_check(const char *path, struct error *err)
{
	char nearest[PATH_MAX];
	struct stat st, dev;

	if (strncmp(path, "/dev/", 5) || stat_nearest(path, nearest, &st) ||
	    stat("/dev", &dev) || st.st_dev != dev.st_dev ||
	    S_ISBLK(st.st_mode) || S_ISCHR(st.st_mode))
		return 0;
	return fail(err,
		    "filename=%s is no device, and a file there would lie in memory; name one that is there (lsblk lists them), or a file elsewhere",
		    path);
}
