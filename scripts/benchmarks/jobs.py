"""
Jobs that share one trace and cache, against as many plain jobs: I/Os per
second over null, bandwidth over io_uring, and the time lost in waiting for
the order of slots.
"""

import math
import os

import units
from direct import Workload
from pairs import in_turn, ratios, show, show_ratio, spread

DEPTH = 32
AIM = 0.9


def _null(bench, count, seconds, stats):
    slots = stats["unique_blocks"]

    def replay(loops):
        return bench.replay(backend="null", iodepth=DEPTH, numjobs=count,
                            bytes_per_token=8, size=4096 * slots, loops=loops,
                            max_inflight_requests=0)

    def plain():
        return bench.plain(ioengine="null", rw="randrw", bs=4096,
                           rwmixread=round(100 * stats["hit_rate"]),
                           iodepth=DEPTH, size=4096 * slots, numjobs=count,
                           time_based=1, runtime=f"{1000 * seconds:.0f}ms")

    loops = max(2, math.ceil(seconds * replay(2).iops / stats["lookups"]))
    return {"mooncake": lambda: replay(loops), "plain": plain}


def _row(found, name, count, runs, figure, how):
    ratio = ratios(runs, "mooncake", "plain", figure)
    key = f"{name}_{count}_jobs_ratio"
    found.figures[key] = ratio.median
    aim = "no aim"
    if count <= os.cpu_count():
        aim = found.aim(key, ratio.median, AIM)
    return [f"{name}, {count}",
            *(show(spread(figure(run) for run in runs[each]), how)
              for each in ("mooncake", "plain")),
            show_ratio(ratio), aim,
            show_ratio(ratios(runs, "mooncake", "plain",
                              lambda run: run.cpu_per_io)),
            show(spread(run.waited / (count * run.seconds)
                        for run in runs["mooncake"]), units.share)]


def measure(bench, found):
    seconds = bench.choose(3, 0.5)
    rounds = bench.choose(3, 1)
    stats = bench.stats()
    load = Workload(bench, seconds)
    rows = []
    for count in (1, 2, 4):
        runs = in_turn(rounds, _null(bench, count, seconds, stats))
        rows.append(_row(found, "null", count, runs,
                         lambda run: run.iops / 1e6,
                         lambda value: f"{units.digits(value)} M/s"))
    for count in (1, 2, 4):
        runs = in_turn(rounds, {
            "mooncake": lambda n=count: load.replay("io_uring", numjobs=n),
            "plain": lambda n=count: load.plain("io_uring", numjobs=n)})
        rows.append(_row(found, "io_uring", count, runs,
                         lambda run: run.bandwidth, units.bandwidth))
    found.table(["engine, jobs", "mooncake", "plain", "ratio", "aim",
                 "CPU time an I/O, ratio", "waited for order"], rows)
    found.note(
        f"iodepth={DEPTH} each. Waiting for order is the share of the jobs' "
        "time, as the engine tells it in normal output. The machine has "
        f"{os.cpu_count()} cores; beyond them there is no aim.")
