"""
A trace far beyond memory, compiled (--lookups): the time to its first I/O,
I/Os a second against the short trace's and those of one that differs in
length alone, at its beginning and of a whole replay, and the memory of that.
"""

import multiprocessing
import os

import units
from null import CLOCK
from pairs import in_turn, ratios, show, show_ratio, spread
from traces import repeat

SLOTS = 1 << 20
SHORT_SLOTS = 10000
LOOPED = 10  # times the short trace, which SLOTS have no room for
IOS = 30_000_000
BLOCK = 4096
SLICE = 5  # seconds of a whole replay at a time


def _compile_repeated(bench, times, path):
    """Through a FIFO: as text it would be three times as large."""
    fifo = bench.path("repeated.fifo")
    os.mkfifo(fifo)
    writer = multiprocessing.Process(
        target=repeat, args=(bench.trace_file(), times, fifo))
    writer.start()
    try:
        bench.compile(fifo, path)
    finally:
        writer.terminate()
        writer.join()
        os.unlink(fifo)


class _Traces:
    """The short one, the long one, and one that fills the same cache."""

    def __init__(self, bench):
        self.paths = {name: bench.path(f"{name}.mct")
                      for name in ("short", "looped", "long")}
        bench.compile(bench.trace_file(), self.paths["short"])
        once = bench.stats(f"--capacity={SHORT_SLOTS}")["lookups"]
        times = {"short": 1, "looped": LOOPED,
                 "long": max(1, round(bench.lookups / once))}
        bench.need_room(times["long"] * once * 5)
        for name in ("looped", "long"):
            _compile_repeated(bench, times[name], self.paths[name])
        self.times = times
        self.lookups = {name: each * once for name, each in times.items()}

    def options(self, name):
        slots = SHORT_SLOTS if name == "short" else SLOTS
        return {"trace": self.paths[name], "backend": "null",
                "bytes_per_token": 8, "size": slots * BLOCK, "iodepth": 32,
                "max_inflight_requests": 0, "output": "json", **CLOCK}

    def run(self, bench, name, **more):
        return bench.replay(**self.options(name), **more)


def _measure_ios(bench, traces):
    """As many I/Os of all, in turn; all evict all the time."""
    ios = bench.choose(IOS, IOS // 100)

    def run(name):
        return traces.run(bench, name, number_ios=ios,
                          loops=ios // traces.lookups[name] + 1)

    return in_turn(bench.choose(9, 1), {
        name: lambda n=name: run(n) for name in traces.paths})


def _measure_starts(bench, traces):
    return in_turn(bench.choose(5, 1), {
        name: lambda n=name: traces.run(bench, n, number_ios=1)
        for name in traces.paths})


def _measure_whole(bench, traces, starts):
    """
    All of the long one and as many I/Os of the short one, a slice of each in
    turn. Returns the I/Os a second of the short one and of the long one in
    their own slices, without the start of fio, and the memory of the long one.
    """
    def rate(name, run):
        start = spread(each.usage.seconds for each in starts[name]).median
        return run.ios / (run.usage.seconds - start)

    short, long = bench.replay_in_slices(
        bench.choose(SLICE, 0.1),
        {**traces.options("short"), "loops": traces.times["long"]},
        traces.options("long"))
    return rate("short", short), rate("long", long), long.usage.peak


def _row(traces, name, starts, runs, whole):
    runs, long = runs[name], runs["long"]
    against = "" if name == "long" else show_ratio(spread(
        a.iops / b.iops for a, b in zip(long, runs)))
    return [f"{traces.times[name]:,} x", units.count(traces.lookups[name]),
            units.count(SHORT_SLOTS if name == "short" else SLOTS),
            f"{runs[0].reads / runs[0].ios:.3f}",
            show(spread(run.usage.seconds for run in starts[name]),
                 units.seconds),
            show(spread(run.iops / 1e6 for run in runs)),
            show(spread(run.cpu_per_io for run in runs), units.nanoseconds),
            against, *whole,
            units.size(os.path.getsize(traces.paths[name]))]


def measure(bench, found):
    traces = _Traces(bench)
    starts = _measure_starts(bench, traces)
    runs = _measure_ios(bench, traces)
    short, long, peak = _measure_whole(bench, traces, starts)
    whole = {"short": [f"{short / 1e6:.3f}", "", ""], "looped": [""] * 3,
             "long": [f"{long / 1e6:.3f}", f"{long / short:.3f}",
                      units.size(peak)]}
    found.figures.update({
        "lookups": traces.lookups["long"],
        "start_seconds": spread(run.usage.seconds
                                for run in starts["long"]).median,
        "iops_ratio": ratios(runs, "long", "short",
                             lambda run: run.iops).median,
        "same_cache_ratio": ratios(runs, "long", "looped",
                                   lambda run: run.iops).median,
        "whole_iops_ratio": long / short,
        "peak_bytes": peak,
        "file_bytes": os.path.getsize(traces.paths["long"])})
    found.table(
        ["trace", "lookups", "slots", "share of reads",
         "start, one I/O, end", "million I/Os a second", "CPU time an I/O",
         "the long one against it",
         "whole replay, million I/Os a second", "against the short one",
         "memory of a whole replay", "file"],
        [_row(traces, name, starts, runs, whole[name])
         for name in traces.paths])
    found.note(
        f"Run with --lookups={bench.lookups}. Each is the trace so many times "
        "with other ids each time, those but the longest over and over. The "
        "short one has a cache, and with it tables, that a core's own cache "
        "holds, and fewer hits; the one in the middle differs from the long "
        "one by its length alone. Those are the first I/Os of each, "
        f"{units.count(IOS)}, in turn; of a whole replay and as many I/Os of "
        f"the short one each runs for {SLICE} s at a time, while the other is "
        "stopped, with thread=1, so that a stop is one of all that fio is. "
        "Memory is that of the whole replay, with what it has mapped of the "
        "file.")
