"""
Layouts in files against plain fio: making, finding and deleting files against
its engines for that, and reads and writes against as many plain files.
"""

import os
import shutil

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


class Folder:
    """A folder for objects of @size bytes, and one for plain files."""

    def __init__(self, bench, count, size):
        self.bench = bench
        self.count = count
        self.size = size
        self._objects = bench.path("objects")
        self._plain = bench.path("plain")
        bench.need_room(3 * count * size)

    def replay(self, *observers, layout="files", times=1, capacity=1,
               **options):
        """
        Looks each id of the folder up @times times, with a cache that has room
        for @capacity of them, a share.
        """
        trace = self.bench.path(f"ids-{self.count}-{times}.jsonl")
        if not os.path.exists(trace):
            traces.number(self.count, times, PER_REQUEST, trace)
        return self.bench.replay(
            *observers, layout=layout, folders=0, trace=trace,
            filename=self._objects, size=int(capacity * self.count) * self.size,
            bytes_per_token=self.size // 512, **options)

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
            "filename_format": "f.$filenum", "nrfiles": self.count,
            "openfiles": 1, "filesize": self.size, "bs": self.size,
            "file_service_type": "sequential", "fallocate": "none",
            "invalidate": 0, **options})

    def write_plain(self):
        self.remove()
        self.plain(rw="write", ioengine="psync", create_on_open=1)

    def remove(self):
        for path in (self._plain, self._objects):
            shutil.rmtree(path, ignore_errors=True)


def _mean(run, kind):
    """The mean of an operation in ns; fio counts it as a read or a write."""
    job, = (each for each in run.run.jobs if each.observe == kind)
    return max(job.direction(each).get("clat_ns", {}).get("mean", 0)
               for each in ("read", "write"))


def _our_operations(folder):
    made = folder.replay("create", "unlink", capacity=0.5, backend="psync")
    found = folder.hits("probe", backend="psync", probe="stat")
    return {"create": _mean(made, "create"), "unlink": _mean(made, "unlink"),
            "probe": _mean(found, "probe")}


def _plain_operations(folder):
    def mean(engine, rw):
        return _mean(folder.plain(ioengine=engine, rw=rw), "none")

    folder.remove()
    made = mean("filecreate", "write")
    folder.write_plain()
    return {"create": made, "probe": mean("filestat", "read"),
            "unlink": mean("filedelete", "write")}


def _operations(bench, found):
    folder = Folder(bench, bench.choose(5000, 500), PAGE)
    runs = in_turn(bench.choose(5, 1), {
        "mooncake": lambda: _our_operations(folder),
        "plain": lambda: _plain_operations(folder)})
    folder.remove()
    rows = []
    for kind, engine in OPERATIONS.items():
        def time(run, kind=kind):
            return run[kind]

        ratio = ratios(runs, "plain", "mooncake", time)
        rows.append([f"observe={kind} against {engine}",
                     *(show(spread(map(time, runs[name])), units.nanoseconds)
                       for name in ("mooncake", "plain")),
                     show_ratio(ratio),
                     found.aim(f"{kind}_ratio", ratio.median, AIM)])
    found.table(["time of an operation, mean", "layout=files", "plain fio",
                 "plain over ours", "aim"], rows)
    found.note(f"{folder.count:,} files of {units.size(PAGE)} in one folder; "
               "half of ours are evicted again. fio's filecreate makes empty "
               "files, ours are written before they are closed.")


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
        _reads(bench, found, "reads of files, psync, page cache",
               bench.choose(8, 1), engine="psync"),
        _reads(bench, found, "reads of files, io_uring, O_DIRECT", 1,
               engine="io_uring", direct=1, iodepth=DEPTH),
        _bucket_writes(bench, found)])
    found.note(f"Files of {units.size(BLOCK)} are read whole, each opened for "
               "it and closed behind it; buckets of "
               f"{units.size(_bucket_bytes(bench))} are new files, written in "
               f"pieces of {units.size(CHUNK)}. The "
               "plain job has the same files, as nrfiles= in order "
               "(file_service_type=sequential), with as many open as are in "
               f"flight. iodepth={DEPTH} for io_uring.")
