"""
What came out for a store: its figures, which of them are the best, and what
limits it, in words.
"""

import os
import statistics
from collections import namedtuple

import figures
import units
from stores import runs as storeruns

Column = namedtuple("Column", "key label show best")

# @best picks the value to mark. Of reads nothing is: fewer than were asked for
# are the page cache's doing.
COLUMNS = (
    Column("qps", "requests/s", units.digits, max),
    Column("load_p50", "load P50", units.nanoseconds, min),
    Column("load_p99", "load P99", units.nanoseconds, min),
    Column("read", "read", units.size, None),
    Column("read_asked", "read / asked", units.share, None),
    Column("written", "written", units.size, None),
    Column("written_asked", "written / asked", units.share, min),
    Column("operations", "file ops", units.count, min),
    Column("syncs", "syncs", units.count, min),
    Column("cpu", "CPU", units.seconds, min),
    Column("hit_rate", "hit rate", units.share, max),
)

# Shares from which something is what limits a store, or is worth saying.
MOST = 0.75
MUCH = 0.2
FEW_IN_FLIGHT = 2
FASTER_AT_DEPTH = 1.2


class Run:
    """One run of a store, from what storeruns keeps."""

    def __init__(self, run, plan, usage):
        self.run = run
        self.plan = plan
        self.usage = usage
        self.wall = figures.wall_seconds(run)

    def operations(self):
        """{kind: (how many, seconds of all)} of the file operations."""
        found = {}
        for job in self.run.jobs:
            if job.observe in storeruns.OPERATIONS:
                latency = job.direction("read").get("lat_ns") or {}
                number = latency.get("N", 0)
                found[job.observe] = (
                    number, number * latency.get("mean", 0) / 1e9)
        return found

    def seconds_in(self, kind):
        """Seconds of all its reads, writes or syncs, added up."""
        return self.run.samples(kind).total / 1e9

    def asked(self, direction):
        """Bytes of the blocks that the plan reads or writes."""
        number = self.plan.members.get(
            "hits" if direction == "read" else "writes", 0)
        return number * self.plan.members.get("block_bytes", 0)

    def cpu(self):
        return sum(job.raw.get("job_runtime", 0) / 1e3 *
                   (job.raw.get("usr_cpu", 0) + job.raw.get("sys_cpu", 0))
                   / 100 for job in self.run.blocks)

    def figures(self):
        def ratio(part, whole):
            return part / whole if whole else None

        def percentile(percent):
            found = self.run.samples("load").percentile(percent)
            return found[0] if found else None

        read, written = self.usage["read"], self.usage["written"]
        return {
            "qps": ratio(self.run.samples("request").n, self.wall),
            "load_p50": percentile(50.0), "load_p99": percentile(99.0),
            "read": read, "read_asked": ratio(read, self.asked("read")),
            "written": written,
            "written_asked": ratio(written, self.asked("write")),
            "operations": sum(n for n, _ in self.operations().values()),
            "syncs": self.run.samples("sync").n, "cpu": self.cpu(),
            "hit_rate": self.plan.hit_rate, "wall": self.wall,
        }


def _drive_seconds(run, drive):
    """The least time in which the drive alone moves what this run moved."""
    return run.usage["read"] / drive["read_32"] + \
        run.usage["written"] / drive["write_16"]


def _parts(run, profile, drive):
    """[(share of the run's time, words)] of what may limit it."""
    threads = profile.number("numjobs", 1)
    time = run.wall * threads
    cores = min(threads, os.cpu_count() or 1)
    parts = []

    def part(share, words):
        parts.append((share, words.format(units.percent(share))))

    part(_drive_seconds(run, drive) / run.wall,
         "the drive: {} of what it gave alone")
    part(run.cpu() / run.wall / cores,
         "the processor: {} of " + ("a core" if cores == 1 else
                                    f"{cores} cores"))
    for kind, (_, seconds) in run.operations().items():
        part(seconds / time, f"file operations: {{}} of its time ({kind})")
    part(run.seconds_in("sync") / time, "syncs: {} of its time")
    if profile.number("fsync_on_close", 0):
        # fio keeps no time of these: what nothing else accounts for.
        part(1 - _in_flight(run) / threads - _operating(run) / time,
             "syncs of files that are closed: at most {} of its time")
    return parts


def _operating(run):
    return sum(seconds for _, seconds in run.operations().values())


def _in_flight(run):
    return (run.seconds_in("read") + run.seconds_in("write")) / run.wall


def _depth(flying, drive):
    better = drive["read_32"] / drive["read_1"]
    words = f"depth: {flying:.1f} I/Os in flight"
    if better < FASTER_AT_DEPTH:
        return words + ", though this drive reads no faster at 32 than at 1"
    return words + f"; the drive reads {better:.1f} times as fast at 32 as at 1"


def _cached(run):
    """How much of what was read was in memory, where it is worth saying."""
    asked = run.asked("read")
    share = 1 - run.usage["read"] / asked if asked else 0
    return share if share >= MUCH else None


def limit(run, profile, drive):
    """What limits this store on this drive, in words."""
    flying = _in_flight(run)
    parts = sorted(_parts(run, profile, drive), reverse=True)
    said = [words for share, words in parts if share >= MOST][:1]
    if not said and flying < FEW_IN_FLIGHT * profile.number("numjobs", 1):
        said.append(_depth(flying, drive))
    said += [words for share, words in parts
             if MUCH <= share and words not in said][:2]
    if flying < 0.5 and "flush_interval" in profile.options:
        said.append("waiting for its next heartbeat "
                    f"({profile.options['flush_interval']})")
    cached = _cached(run)
    if cached:
        said.append(f"{units.percent(cached)} of what it read was in memory")
    return "; ".join(said) or "nothing by itself"


class Store:
    """All runs of one store: the median of each figure, and its range."""

    def __init__(self, profile, runs, drive):
        self.profile = profile
        self.name = profile.name
        self.runs = runs
        found = [run.figures() for run in runs]
        self.figures = {}
        self.range = {}
        for key in found[0]:
            values = [each[key] for each in found if each[key] is not None]
            self.figures[key] = statistics.median(values) if values else None
            self.range[key] = (min(values), max(values)) if values else None
        middle = sorted(runs, key=lambda run: run.wall)[len(runs) // 2]
        self.limit = limit(middle, profile, drive)
        self.operations = {kind: number for kind, (number, _)
                           in middle.operations().items() if number}


def best(stores):
    """{(store, key)} of the best figure of each column."""
    marked = set()
    for column in COLUMNS:
        values = {store.name: store.figures[column.key] for store in stores
                  if store.figures[column.key] is not None}
        if column.best is None or not values:
            continue
        # What looks the same is as good.
        top = column.show(column.best(values.values()))
        shown = {name: column.show(value) for name, value in values.items()}
        if set(shown.values()) != {top}:
            marked |= {(name, column.key) for name, value in shown.items()
                       if value == top}
    return marked
