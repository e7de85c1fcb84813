#include <string.h>

#include "fio.h"

#include "engine/place/known.h"
#include "engine/setup/options.h"

/* osd_max_object_size of Ceph, by default. */
#define RADOS_OBJECT (UINT64_C(128) << 20)

struct known {
	const char *name;
	const char *no_cache; /* why it can't hold a cache, or NULL */
	bool one_place;	      /* all files of a job are the same bytes */
	bool caches;	      /* in each job by itself, without direct=1 */
	bool by_options;      /* its options alone name the place */
	bool elsewhere;	      /* files are in what options name */
	bool by_length;	      /* an object for each (offset, length) */
	bool no_sync;	      /* it fails or crashes when it is to sync */
	unsigned int depth;   /* above it the engine loses I/O; 0: no limit */
	uint64_t file_bytes;  /* what a file holds at the most, or 0 */
};

static const struct known engines[] = {
	{ .name = "falloc", .no_cache = "it allocates and moves no data" },
	{ .name = "ftruncate", .no_cache = "it truncates and moves no data" },
	{ .name = "e4defrag", .no_cache = "it defragments and moves no data" },
	{ .name = "libhdfs", .no_cache = "HDFS writes no file in the middle" },
	{ .name = "rbd", .one_place = true, .by_options = true, .caches = true },
	{ .name = "nbd", .one_place = true, .by_options = true },
	{ .name = "libblkio", .one_place = true, .by_options = true },
	{ .name = "gfapi", .one_place = true, .elsewhere = true },
	{ .name = "gfapi_async", .one_place = true, .elsewhere = true },
	{ .name = "rados",
	  .elsewhere = true,
	  .no_sync = true,
	  .file_bytes = RADOS_OBJECT },
	{ .name = "http",
	  .elsewhere = true,
	  .no_sync = true,
	  .by_length = true },
	{ .name = "nfs", .elsewhere = true, .no_sync = true, .depth = 1 },
	{ .name = "libiscsi", .elsewhere = true },
	{ .name = "mtd", .no_sync = true },
	{ .name = "dfs", .elsewhere = true },
	{ .name = "ime_psync", .elsewhere = true },
	{ .name = "ime_psyncv", .elsewhere = true },
	{ .name = "ime_aio", .elsewhere = true },
};

static const struct known *find(const char *name)
{
	static const struct known any_other = { 0 };
	size_t i;

	for (i = 0; i < FIO_ARRAY_SIZE(engines); i++)
		if (!strcmp(engines[i].name, name))
			return &engines[i];
	return &any_other;
}

static uint64_t bytes_of_a_file(const struct thread_data *td)
{
	const struct thread_options *o = &td->o;

	if (o->file_size_low)
		return o->file_size_low;
	return o->nr_files ? o->start_offset + o->size / o->nr_files : 0;
}

static int refuse_length(const struct thread_data *td, const char *name,
			 const struct mooncake_options *o, struct error *err)
{
	if (td->o.bs[DDIR_READ] != td->o.bs[DDIR_WRITE])
		return fail(err,
			    "backend=%s keeps an object for each offset and length, so what is written in pieces of %llu bytes can't be read in pieces of %llu; give both directions the same bs=",
			    name, (unsigned long long)td->o.bs[DDIR_WRITE],
			    (unsigned long long)td->o.bs[DDIR_READ]);
	if (o->settings.shape.object_header)
		return fail(err,
			    "object_header=%u: backend=%s keeps an object for each offset and length, and data is read without the header that it was written with; leave it out",
			    o->settings.shape.object_header, name);
	/* Of fio 3.41 on. */
	if (o->backend_options &&
	    strstr(o->backend_options, "http_object_mode=range"))
		return fail(err,
			    "backend_options=: with http_object_mode=range each write of backend=%s replaces the whole file by one block; leave it out, for an object each",
			    name);
	return 0;
}

static bool has_sync(const struct thread_data *td)
{
	const struct thread_options *o = &td->o;

	return o->fsync_blocks || o->fdatasync_blocks || o->end_fsync ||
	       o->fsync_on_close || td->sync_file_range_nr;
}

int known_refuse(const struct thread_data *td, const struct mooncake_options *o,
		 unsigned int workers, struct error *err)
{
	const char *name = o->backend;
	const struct known *k = find(name);
	bool alone = workers == 1 || o->share == SHARE_EACH;
	uint64_t bytes = bytes_of_a_file(td);

	if (k->no_cache)
		return fail(err,
			    "backend=%s: %s; name an engine that reads and writes",
			    name, k->no_cache);
	if (k->one_place && td->o.nr_files > 1)
		return fail(err,
			    "backend=%s puts the %u files of filename= or nrfiles= into one place, over each other; give it one",
			    name, td->o.nr_files);
	if (k->caches && !alone && !td->o.odirect)
		return fail(err,
			    "backend=%s keeps a cache in each of the %u jobs, so that none sees what another wrote; set direct=1, which switches it off",
			    name, workers);
	if (k->depth && td->o.iodepth > k->depth)
		return fail(err,
			    "backend=%s loses writes above iodepth=%u, in plain fio too; lower iodepth=, and use more jobs",
			    name, k->depth);
	if (k->no_sync && has_sync(td))
		return fail(err,
			    "backend=%s can't sync; leave out fsync=, fdatasync=, sync_file_range=, end_fsync= and fsync_on_close=",
			    name);
	if (k->file_bytes && bytes > k->file_bytes)
		return fail(err,
			    "backend=%s: each file is one object, which holds %llu bytes at the most (osd_max_object_size), and nobody says when more is lost; spread size= over more of them by nrfiles=%llu",
			    name, (unsigned long long)k->file_bytes,
			    (unsigned long long)(td->o.size / k->file_bytes +
						 1));
	return k->by_length ? refuse_length(td, name, o, err) : 0;
}

bool known_by_options(const char *name)
{
	return find(name)->by_options;
}

bool known_elsewhere(const char *name)
{
	return find(name)->elsewhere || find(name)->by_options;
}

static bool same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

bool known_same_service(const struct mooncake_options *a,
			const struct mooncake_options *b)
{
	if (!known_elsewhere(a->backend) && !known_elsewhere(b->backend))
		return true;
	return same(a->backend, b->backend) &&
	       same(a->backend_options, b->backend_options);
}
