"""
A trace far beyond memory, compiled (--lookups): the time to its first I/O,
I/Os a second against the short trace's, and the memory of a whole replay.
"""

import multiprocessing
import os

import units
from pairs import in_turn, show, spread
from traces import repeat

SLOTS = 1 << 20
SHORT_SLOTS = 10000
IOS = 30_000_000
BLOCK = 4096


def _compile_repeated(bench, times, path):
    """The text goes through a FIFO: its file would be three times as large."""
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
                        max_inflight_requests=0, output="json", **more)


def _measure_ios(bench, short, path, once):
    """Runs both in turn for as many I/Os; both evict all the time."""
    ios = bench.choose(IOS, IOS // 100)
    return in_turn(bench.choose(5, 1), {
        "short": lambda: _run(bench, short, SHORT_SLOTS,
                              loops=max(1, ios // once)),
        "long": lambda: _run(bench, path, SLOTS, number_ios=ios)})


def _measure_starts(bench, short, path):
    return in_turn(bench.choose(5, 1), {
        "short": lambda: _run(bench, short, SHORT_SLOTS, number_ios=1),
        "long": lambda: _run(bench, path, SLOTS, number_ios=1)})


def _row(name, lookups, starts, runs, ratio, whole):
    return [name, units.count(lookups),
            show(spread(run.usage.seconds for run in starts), units.seconds),
            show(spread(run.iops / 1e6 for run in runs)), ratio, *whole]


def measure(bench, found):
    short, path = bench.path("short.mct"), bench.path("long.mct")
    bench.compile(bench.trace_file(), short)
    once = bench.stats(f"--capacity={SHORT_SLOTS}")["lookups"]
    times = max(1, round(bench.lookups / once))
    bench.need_room(times * once * 5)
    _compile_repeated(bench, times, path)
    starts = _measure_starts(bench, short, path)
    runs = _measure_ios(bench, short, path, once)
    ratio = spread(of_long.iops / of_short.iops for of_long, of_short in
                   zip(runs["long"], runs["short"]))
    whole = _run(bench, path, SLOTS)
    found.figures.update({
        "lookups": times * once,
        "start_seconds": spread(run.usage.seconds
                                for run in starts["long"]).median,
        "iops_ratio": ratio.median, "peak_bytes": whole.usage.peak,
        "file_bytes": os.path.getsize(path)})
    found.table(
        ["trace", "lookups", "start, one I/O, end", "million I/Os a second",
         "against the short one", "memory of a whole replay", "file"],
        [_row("short", once, starts["short"], runs["short"], "1.000",
              ("", units.size(os.path.getsize(short)))),
         _row("long", times * once, starts["long"], runs["long"],
              show(ratio), (units.size(whole.usage.peak),
                            units.size(os.path.getsize(path))))])
    found.note(
        f"The short trace over and over in {SHORT_SLOTS:,} slots; the long "
        f"one, which is the short one {times:,} times with other ids each "
        f"time, in {SLOTS:,}. Memory is that of the larger one of fio's "
        "processes, with what it has mapped of the file.")
