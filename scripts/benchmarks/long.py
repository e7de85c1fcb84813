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


def _run(bench, path, slots, **more):
    return bench.replay(trace=path, backend="null", bytes_per_token=8,
                        size=slots * BLOCK, iodepth=32,
                        max_inflight_requests=0, output="json", **CLOCK,
                        **more)


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

    def run(self, bench, name, **more):
        slots = SHORT_SLOTS if name == "short" else SLOTS
        return _run(bench, self.paths[name], slots, **more)


def _measure_ios(bench, traces):
    """As many I/Os of all, in turn; all evict all the time."""
    ios = bench.choose(IOS, IOS // 100)

    def run(name):
        if name == "long":
            return traces.run(bench, name, number_ios=ios)
        return traces.run(bench, name,
                          loops=max(1, ios // traces.lookups[name]))

    return in_turn(bench.choose(9, 1), {
        name: lambda n=name: run(n) for name in traces.paths})


def _measure_starts(bench, traces):
    return in_turn(bench.choose(5, 1), {
        name: lambda n=name: traces.run(bench, n, number_ios=1)
        for name in traces.paths})


def _measure_whole(bench, traces):
    """All of the long one, between as many I/Os of the short one."""
    loops = max(1, traces.times["long"] // 2)
    before = traces.run(bench, "short", loops=loops)
    whole = traces.run(bench, "long")
    after = traces.run(bench, "short", loops=loops)
    short = (before.ios + after.ios) / (before.ios / before.iops
                                        + after.ios / after.iops)
    return whole, whole.iops / short


def _whole_cells(whole, ratio):
    return [f"{whole.iops / 1e6:.3f}", f"{ratio:.3f}",
            units.size(whole.usage.peak)]


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
            against, *(whole if name == "long" else [""] * len(whole)),
            units.size(os.path.getsize(traces.paths[name]))]


def measure(bench, found):
    traces = _Traces(bench)
    starts = _measure_starts(bench, traces)
    runs = _measure_ios(bench, traces)
    whole, whole_ratio = _measure_whole(bench, traces)
    found.figures.update({
        "lookups": traces.lookups["long"],
        "start_seconds": spread(run.usage.seconds
                                for run in starts["long"]).median,
        "iops_ratio": ratios(runs, "long", "short",
                             lambda run: run.iops).median,
        "same_cache_ratio": ratios(runs, "long", "looped",
                                   lambda run: run.iops).median,
        "whole_iops_ratio": whole_ratio,
        "peak_bytes": whole.usage.peak,
        "file_bytes": os.path.getsize(traces.paths["long"])})
    found.table(
        ["trace", "lookups", "slots", "share of reads",
         "start, one I/O, end", "million I/Os a second", "CPU time an I/O",
         "the long one against it",
         "whole replay, million I/Os a second", "against the short one",
         "memory of a whole replay", "file"],
        [_row(traces, name, starts, runs, _whole_cells(whole, whole_ratio))
         for name in traces.paths])
    found.note(
        f"Run with --lookups={bench.lookups}. Each is the trace so many times "
        "with other ids each time, those but the longest over and over. The "
        "short one has a cache, and with it tables, that a core's own cache "
        "holds, and fewer hits; the one in the middle differs from the long "
        "one by its length alone. Those are the first I/Os of each, "
        f"{units.count(IOS)}, in turn; a whole replay is between as many I/Os "
        "of the short one, half of them before it and half after it. Memory is "
        "that of the larger one of fio's processes, with what it has mapped of "
        "the file.")
