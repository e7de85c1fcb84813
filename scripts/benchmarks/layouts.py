"""
Layouts in files against plain fio: making, finding and deleting files against
its engines for that, and reads and writes against as many plain files.
"""

import fcntl
import itertools
import os
import shutil
import struct
import uuid
from collections import namedtuple

import traces
import units
from pairs import in_turn, ratios, show, show_ratio, spread

AIM = 0.95
AIM_BUCKETS = 0.98
PAGE = 4 << 10
BLOCK = 128 << 10
CHUNK = 1 << 20
DEPTH = 32
PER_REQUEST = 64
OPERATIONS = {"create": "filecreate", "probe": "filestat",
              "unlink": "filedelete"}
# As long as those of objects: a folder of short names has fewer blocks.
PLAIN_NAME = "0000000000000000-00000.$filenum"
GET_FLAGS, SET_FLAGS, TOP_FOLDER = 0x80086601, 0x40086602, 0x20000

Took = namedtuple("Took", "median mean")


def _spread_folders(path):
    """
    ext4 without a journal passes over the inodes that were freed in the last
    minutes, each time it makes a file. So folders below @path are put apart
    from each other, where the filesystem can do that (chattr +T).
    """
    folder = os.open(path, os.O_RDONLY)
    try:
        flags, = struct.unpack("L", fcntl.ioctl(folder, GET_FLAGS, bytes(8)))
        fcntl.ioctl(folder, SET_FLAGS, struct.pack("L", flags | TOP_FOLDER))
    except OSError:
        pass
    finally:
        os.close(folder)


class Folder:
    """A folder for objects of @size bytes, and one for plain files."""

    def __init__(self, bench, count, size):
        self.bench = bench
        self.count = count
        self.size = size
        self._parent = bench.path("files")
        self._objects = os.path.join(self._parent, "objects")
        self._plain = os.path.join(self._parent, "plain")
        self._spare = os.path.join(self._parent, "spare")
        bench.need_room(3 * count * size)
        os.makedirs(self._parent, exist_ok=True)
        _spread_folders(self._parent)

    def _make(self, path):
        """A new one there; its place on the drive follows from the name that
        it has first."""
        if os.path.exists(path):
            os.rename(path, path + uuid.uuid4().hex)
        name = os.path.join(self._parent, uuid.uuid4().hex)
        os.mkdir(name)
        os.rename(name, path)

    def replay(self, *observers, layout="files", times=1, capacity=1, more=0,
               **options):
        """
        Looks each id of the folder and @more up @times times, with a cache that
        has room for @capacity of the folder's, a share.
        """
        trace = self.bench.path(f"ids-{self.count + more}-{times}.jsonl")
        if not os.path.exists(trace):
            traces.number(self.count + more, times, PER_REQUEST, trace)
        return self.bench.replay(
            *observers, layout=layout, folders=0, trace=trace,
            filename=self._objects, size=int(capacity * self.count) * self.size,
            bytes_per_token=self.size // 512, **options)

    def fresh(self):
        """With a new folder for objects, beside what others left."""
        self._make(self._objects)
        return self

    def hits(self, *observers, times=1, **options):
        """
        The warm-up, which is not counted, writes all objects; then each is hit
        @times times.
        """
        return self.replay(*observers, times=1 + times,
                           warmup_requests=-(-self.count // PER_REQUEST),
                           **options)

    def plain(self, **options):
        os.makedirs(self._plain, exist_ok=True)
        return self.bench.fio({
            "name": "plain", "directory": self._plain,
            "filename_format": PLAIN_NAME, "nrfiles": self.count,
            "openfiles": 1, "filesize": self.size, "bs": self.size,
            "file_service_type": "sequential", "fallocate": "none",
            "invalidate": 0, **options})

    def make_plain(self, **options):
        """
        In a new folder, too. fio has looked for each of its files before, so
        that the kernel knows that they aren't there; so the folder gives way
        to another just before the run. The # keeps fio from a file of what mv
        says.
        """
        self._make(self._plain)
        self._make(self._spare)
        return self.plain(
            rw="write", exec_prerun=f"mv -T {self._spare} {self._plain} #",
            **options)

    def write_plain(self):
        return self.make_plain(ioengine="psync", create_on_open=1)

    def remove(self):
        shutil.rmtree(self._parent)


def _took(run, kind):
    """An operation in ns; fio counts it as a read or a write."""
    job, = (each for each in run.run.jobs if each.observe == kind)
    times = max((job.direction(each).get("clat_ns", {})
                 for each in ("read", "write")),
                key=lambda times: times.get("N", 0))
    return Took(times["percentile"]["50.000000"], times["mean"])


def _our_operations(folder):
    made = folder.fresh().replay("create", backend="psync")
    found = folder.fresh().hits("probe", backend="psync", probe="stat")
    swept = folder.fresh().replay("unlink", backend="psync", more=1,
                                  evict_low=1)
    apart = folder.fresh().replay("unlink", backend="psync", capacity=0.5)
    return {"create": _took(made, "create"), "probe": _took(found, "probe"),
            "unlink": _took(swept, "unlink"), "apart": _took(apart, "unlink")}


def _plain_operations(folder):
    made = folder.make_plain(ioengine="filecreate")
    folder.write_plain()
    return {"create": _took(made, "none"),
            "probe": _took(folder.plain(ioengine="filestat", rw="read"),
                           "none"),
            "unlink": _took(folder.plain(ioengine="filedelete", rw="write"),
                            "none")}


def _operation_row(found, runs, kind, engine):
    def all_of(name, figure):
        return show(spread(getattr(run[kind], figure) for run in runs[name]),
                    units.nanoseconds)

    ratio = ratios(runs, "plain", "mooncake", lambda run: run[kind].median)
    columns = itertools.product(("median", "mean"), ("mooncake", "plain"))
    ours, plain, *means = (all_of(name, figure) for figure, name in columns)
    return [f"observe={kind} against {engine}", ours, plain,
            show_ratio(ratio), *means,
            found.aim(f"{kind}_ratio", ratio.median, AIM)]


def _operations(bench, found):
    folder = Folder(bench, bench.choose(5000, 500), PAGE)
    runs = in_turn(bench.choose(9, 1), {
        "mooncake": lambda: _our_operations(folder),
        "plain": lambda: _plain_operations(folder)})
    folder.remove()
    found.table(
        ["time of an operation", "layout=files, median", "plain fio, median",
         "plain over ours", "layout=files, mean", "plain fio, mean", "aim"],
        [_operation_row(found, runs, kind, engine)
         for kind, engine in OPERATIONS.items()])
    apart = spread(run["apart"].median for run in runs["mooncake"])
    found.note(f"{folder.count:,} files of {units.size(PAGE)} in a new folder, "
               "with names of the same length. fio's filecreate makes empty "
               "files, ours are written before the next is made. Ours are "
               "deleted one after the other (evict_low=1), as by filedelete; "
               "one at a time, each before a write, takes "
               f"{show(apart, units.nanoseconds)}.")


def _bandwidths(found, key, runs, aim):
    ratio = ratios(runs, "mooncake", "plain", lambda run: run.bandwidth)
    return [key, *(show(spread(run.bandwidth for run in runs[name]),
                        units.bandwidth) for name in ("mooncake", "plain")),
            show_ratio(ratio), found.aim(f"{key}_ratio", ratio.median, aim)]


def _reads(bench, found, key, times, **options):
    folder = Folder(bench, bench.choose(2000, 200), BLOCK)
    folder.write_plain()
    engine = options.pop("engine")
    runs = in_turn(bench.choose(5, 1), {
        "mooncake": lambda: folder.hits(backend=engine, times=times,
                                        max_inflight_requests=0, **options),
        "plain": lambda: folder.plain(
            ioengine=engine, rw="read", loops=times,
            **{**options, "openfiles": options.get("iodepth", 1)})})
    folder.remove()
    return _bandwidths(found, key, runs, AIM)


def _writes(bench, found):
    folder = Folder(bench, bench.choose(5000, 500), PAGE)
    runs = in_turn(bench.choose(5, 1), {
        "mooncake": lambda: folder.fresh().replay(backend="psync"),
        "plain": folder.write_plain})
    folder.remove()
    return _bandwidths(found, "writes of new files, psync, page cache", runs,
                       AIM)


def _bucket_bytes(bench):
    return bench.choose(256, 4) * CHUNK


def _bucket_writes(bench, found):
    buckets = bench.choose(4, 2)
    size = _bucket_bytes(bench)
    ours = Folder(bench, buckets * (size // CHUNK), CHUNK)
    plain = Folder(bench, buckets, size)
    options = {"direct": 1, "iodepth": DEPTH, "unlink": 1}
    runs = in_turn(bench.choose(5, 1), {
        "mooncake": lambda: ours.replay(
            layout="buckets", capacity=2, bucket_size=size,
            backend="io_uring", max_inflight_requests=0, **options),
        "plain": lambda: plain.plain(ioengine="io_uring", rw="write", bs=CHUNK,
                                     create_on_open=1, **options)})
    ours.remove()
    return _bandwidths(found, "writes of buckets, io_uring, O_DIRECT", runs,
                       AIM_BUCKETS)


def measure(bench, found):
    _operations(bench, found)
    found.table(["bandwidth", "mooncake", "plain fio", "ratio", "aim"], [
        _writes(bench, found),
        _reads(bench, found, "reads of files, psync, page cache",
               bench.choose(16, 1), engine="psync"),
        _reads(bench, found, "reads of files, io_uring, O_DIRECT",
               bench.choose(4, 1), engine="io_uring", direct=1, iodepth=DEPTH),
        _bucket_writes(bench, found)])
    found.note(f"New files are those of {units.size(PAGE)} above. "
               f"Files of {units.size(BLOCK)} are read whole, each opened for "
               "it and closed behind it; buckets of "
               f"{units.size(_bucket_bytes(bench))} are new files, written in "
               f"pieces of {units.size(CHUNK)}. The "
               "plain job has the same files, as nrfiles= in order "
               "(file_service_type=sequential), with as many open as are in "
               f"flight. iodepth={DEPTH} for io_uring.")
