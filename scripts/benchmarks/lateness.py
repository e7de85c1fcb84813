"""
Requests at their time: how late they are issued, when the last one ends, and
what the waiting costs, next to fio's read_iolog of the same operations and
times.
"""

import os

import fiolog
import traces
import units
from pairs import in_turn, show, spread

DEPTH = 256
BLOCK = 4096
PERCENTILES = (50.0, 99.0, 99.9)


class Timed:
    """A replay with a schedule."""

    def __init__(self, ran, schedule, unpaced_cpu, lateness):
        self.ran = ran
        self.late_end = ran.seconds - schedule
        self.waiting = max(0, ran.cpu_seconds - unpaced_cpu) / ran.seconds
        self.lateness = lateness


class Schedule:
    def __init__(self, bench, seconds):
        self.bench = bench
        self.requests = traces.read(bench.trace_file())
        span = self.requests[-1].timestamp - self.requests[0].timestamp
        self.scale = round(span / seconds / 10)
        self.seconds = span / self.scale / 10
        self.arrivals = traces.spread_arrivals(self.requests, self.seconds)
        # Those of the last timestamp are spread, too.
        self.end = max(self.arrivals)
        self.operations = list(traces.operations(self.requests))
        slots = 1 + max(each.slot for each in self.operations)
        self.options = {"direct": 1, "iodepth": DEPTH, "size": slots * BLOCK}

    def replay(self, backend, *observers, **more):
        return self.bench.replay(*observers, backend=backend,
                                 bytes_per_token=BLOCK // 512,
                                 max_inflight_requests=0, **self.options,
                                 **more)

    def mooncake(self, backend, unpaced_cpu):
        ran = self.replay(backend, "request", replay_no_stall=0,
                          arrivals="spread", replay_time_scale=self.scale)
        slat = ran.run.samples("request", "slat_ns")
        return Timed(ran, self.end, unpaced_cpu,
                     [slat.percentile(each)[0] for each in PERCENTILES])

    def write_iolog(self, path):
        """Its timestamps are microseconds, whatever fio's manual says."""
        file = self.bench.path("kv.dat")
        with open(path, "w", encoding="ascii") as out:
            out.write(f"fio version 3 iolog\n0 {file} add\n0 {file} open\n")
            for each in self.operations:
                arrival = round(1e6 * self.arrivals[each.request])
                out.write(f"{arrival} {file} "
                          f"{'write' if each.write else 'read'} "
                          f"{each.slot * BLOCK} {BLOCK}\n")

    def iolog(self, engine, unpaced_cpu):
        log = self.bench.path("iolog")
        options = {**self.options}
        if engine == "null":
            # With more, fio does not wait at all there.
            options["iodepth"] = 1
        ran = self.bench.plain(
            ioengine=engine, rw="randrw", read_iolog=self.bench.path("ops"),
            write_lat_log=log, **options)
        late = self._lateness(f"{log}_lat.1.log")
        return Timed(ran, self.end, unpaced_cpu, late)

    def _lateness(self, path):
        """
        fio logs when an I/O ended, in milliseconds, and what it took: issue
        is the difference. I/O is issued in the order of the iolog, so the
        n-th issue is that of its n-th operation.
        """
        entries = fiolog.Log(path).entries
        os.unlink(path)
        issues = sorted(each.seconds - each.value / 1e9 for each in entries)
        late, last = [], None
        for issue, each in zip(issues, self.operations):
            if each.request != last:
                late.append(issue - issues[0] - self.arrivals[each.request])
                last = each.request
        late.sort()
        return [1e9 * late[min(len(late) - 1, int(p / 100 * len(late)))]
                for p in PERCENTILES]


def _signed(nanoseconds):
    sign = "-" if nanoseconds < 0 else ""
    return sign + units.nanoseconds(abs(nanoseconds))


def _row(name, runs):
    return [name, show(spread(1e9 * run.late_end for run in runs), _signed),
            *(show(spread(run.lateness[at] for run in runs), _signed)
              for at in range(len(PERCENTILES))),
            show(spread(run.waiting for run in runs), units.share),
            show(spread(run.ran.cpu_seconds / run.ran.seconds
                        for run in runs), units.share)]


def measure(bench, found):
    schedule = Schedule(bench, bench.choose(30, 5))
    schedule.write_iolog(bench.path("ops"))
    bench.fill(schedule.options["size"])
    rows = []
    for engine in ("null", "io_uring"):
        unpaced = schedule.replay(engine).cpu_seconds
        runs = in_turn(bench.choose(2, 1), {
            "mooncake": lambda e=engine, c=unpaced: schedule.mooncake(e, c),
            "read_iolog": lambda e=engine, c=unpaced: schedule.iolog(e, c)})
        for name, each in runs.items():
            rows.append(_row(f"{engine}, {name}", each))
        ours = runs["mooncake"]
        key = f"{engine}_late_end_share"
        found.figures[key] = spread(run.late_end for run in ours).median / \
            schedule.seconds
        found.figures[f"{engine}_p99_ns"] = spread(
            run.lateness[1] for run in ours).median
        found.figures[f"{engine}_waiting_cores"] = spread(
            run.waiting for run in ours).median
    os.unlink(bench.path("ops"))
    found.table(["", "end after the schedule's",
                 *(f"late, {each:g}%" for each in PERCENTILES),
                 "CPU for waiting", "CPU in all"], rows)
    found.note(
        f"{len(schedule.requests):,} requests, {len(schedule.operations):,} "
        f"I/Os of 4 KiB, schedule of {schedule.end:.3f} s, "
        f"iodepth={DEPTH} (read_iolog over null: 1, since fio 3.33 does not "
        "wait there with more). A request is late by the time from its "
        "arrival to its first I/O: mooncake's is slat of observe=request. read_iolog's "
        "is issue by write_lat_log (end less latency, to the millisecond) "
        "less the time in the iolog. CPU is of a core; for waiting: less "
        "what mooncake takes for the same I/O without a schedule.")
