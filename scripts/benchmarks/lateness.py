"""
Requests at their time: how late they are issued, when the last one ends, and
what the waiting costs, next to fio's read_iolog of the same operations and
times, and to a bare loop, which only waits for them.
"""

import json
import os

import fiolog
import traces
import units
from pairs import in_turn, ratios, show, show_ratio, spread

DEPTH = 256
BLOCK = 4096
PERCENTILES = (50.0, 99.0, 99.9)
ENGINES = ("null", "io_uring")
BARE_LOOP = "a bare loop"


class Timed:
    """
    What waited for the schedule: by how much it ended after it, how late it
    was in nanoseconds at each of PERCENTILES, and its CPU in cores.
    """

    def __init__(self, late_end, lateness, waiting, cpu):
        self.late_end = late_end
        self.lateness = lateness
        self.waiting = waiting
        self.cpu = cpu

    @property
    def p999(self):
        return self.lateness[-1]


def _percentiles(values):
    values = sorted(values)
    return [values[min(len(values) - 1, int(p / 100 * len(values)))]
            for p in PERCENTILES]


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
        return self._timed(ran, unpaced_cpu, [slat.percentile(each)[0]
                                              for each in PERCENTILES])

    def _timed(self, ran, unpaced_cpu, lateness):
        waiting = max(0, ran.cpu_seconds - unpaced_cpu)
        return Timed(ran.seconds - self.end, lateness, waiting / ran.seconds,
                     ran.cpu_seconds / ran.seconds)

    def bare_loop(self):
        """The floor that the machine gives: nothing but the waits."""
        path = self.bench.path("arrivals.json")
        with open(path, "w", encoding="ascii") as out:
            json.dump(self.arrivals, out)
        said = self.bench.bare_loop(path)
        os.unlink(path)
        cpu = said["cpu_seconds"] / said["seconds"]
        return Timed(said["seconds"] - self.end,
                     _percentiles(said["late_ns"]), cpu, cpu)

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
        return self._timed(ran, unpaced_cpu,
                           self._lateness(f"{log}_lat.1.log"))

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
                late.append(1e9 * (issue - issues[0] -
                                   self.arrivals[each.request]))
                last = each.request
        return _percentiles(late)


def _signed(nanoseconds):
    sign = "-" if nanoseconds < 0 else ""
    return sign + units.nanoseconds(abs(nanoseconds))


def _row(name, runs, against):
    return [name, show(spread(1e9 * run.late_end for run in runs), _signed),
            *(show(spread(run.lateness[at] for run in runs), _signed)
              for at in range(len(PERCENTILES))), against,
            show(spread(run.waiting for run in runs), units.share),
            show(spread(run.cpu for run in runs), units.share)]


def _measure(bench, schedule):
    """All in turn: what the machine does falls on the bare loop, too."""
    things = {}
    for engine in ENGINES:
        unpaced = schedule.replay(engine).cpu_seconds
        things[f"{engine}, mooncake"] = \
            lambda e=engine, c=unpaced: schedule.mooncake(e, c)
        things[f"{engine}, read_iolog"] = \
            lambda e=engine, c=unpaced: schedule.iolog(e, c)
    things[BARE_LOOP] = schedule.bare_loop
    return in_turn(bench.choose(4, 1), things)


def _figures(found, schedule, results):
    """Returns the words of the ratios, by the name of the row."""
    against = {}
    for engine in ENGINES:
        name = f"{engine}, mooncake"
        ratio = ratios(results, name, BARE_LOOP, lambda run: run.p999)
        against[name] = show_ratio(ratio)

        def median(figure, runs=results[name]):
            return spread(map(figure, runs)).median

        found.figures.update({
            f"{engine}_late_end_share":
                median(lambda run: run.late_end) / schedule.seconds,
            f"{engine}_p99_ns": median(lambda run: run.lateness[1]),
            f"{engine}_p999_ns": median(lambda run: run.p999),
            f"{engine}_p999_ratio": ratio.median,
            f"{engine}_waiting_cores": median(lambda run: run.waiting)})
    found.figures["bare_loop_p999_ns"] = spread(
        run.p999 for run in results[BARE_LOOP]).median
    return against


def measure(bench, found):
    schedule = Schedule(bench, bench.choose(30, 2))
    schedule.write_iolog(bench.path("ops"))
    bench.fill(schedule.options["size"])
    results = _measure(bench, schedule)
    os.unlink(bench.path("ops"))
    against = _figures(found, schedule, results)
    found.table(["", "end after the schedule's",
                 *(f"late, {each:g}%" for each in PERCENTILES),
                 "99.9% against the bare loop's", "CPU for waiting",
                 "CPU in all"],
                [_row(name, runs, against.get(name, ""))
                 for name, runs in results.items()])
    found.note(
        f"{len(schedule.requests):,} requests, {len(schedule.operations):,} "
        f"I/Os of 4 KiB, schedule of {schedule.end:.3f} s, "
        f"iodepth={DEPTH} (read_iolog over null: 1, since fio 3.33 does not "
        "wait there with more). A request is late by the time from its "
        "arrival to its first I/O: mooncake's is slat of observe=request. "
        "read_iolog's is issue by write_lat_log (end less latency, to the "
        "millisecond) less the time in the iolog. The bare loop does no I/O "
        "and waits for the same arrivals in the same way: it is late by what "
        "the machine does. CPU is of a core; for waiting: less what mooncake "
        "takes for the same I/O without a schedule.")
