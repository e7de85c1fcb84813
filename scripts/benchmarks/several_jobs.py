"""
Jobs that share one trace and cache, against as many plain jobs: I/Os per
second over null, bandwidth over io_uring, and the time lost in waiting for
the order of slots.
"""

import os

import null
import units
from direct import Workload
from pairs import in_turn, ratios, show, show_ratio, spread

DEPTH = null.DEPTH
AIM = 0.9           # over io_uring; over null it is that of one job
EVICTING = 10000    # slots


def _row(found, name, count, runs, figure, how, aim):
    ratio = ratios(runs, "mooncake", "plain", figure)
    key = f"{name.replace(', ', '_')}_{count}_jobs_ratio"
    found.figures[key] = ratio.median
    met = "no aim"
    if count <= os.cpu_count():
        met = found.aim(key, ratio.median, aim)
    return [f"{name}, {count}",
            *(show(spread(figure(run) for run in runs[each]), how)
              for each in ("mooncake", "plain")),
            show_ratio(ratio), met,
            show_ratio(ratios(runs, "mooncake", "plain",
                              lambda run: run.cpu_per_io)),
            show(spread(run.waited / (count * run.seconds)
                        for run in runs["mooncake"]), units.share)]


def measure(bench, found):
    seconds = bench.choose(3, 0.5)
    rounds = bench.choose(5, 1)
    load = Workload(bench, seconds)
    rows = []
    for name, slots in (("null", bench.stats()["unique_blocks"]),
                        ("null, evicting", EVICTING)):
        for count in (1, 2, 4):
            each = null.Load(bench, slots, seconds, count)
            runs = in_turn(rounds, {"mooncake": each.replay,
                                    "plain": each.plain})
            rows.append(_row(found, name, count, runs,
                             lambda run: run.iops / 1e6,
                             lambda value: f"{units.digits(value)} M/s",
                             null.AIM))
    for count in (1, 2, 4):
        runs = in_turn(rounds, {
            "mooncake": lambda n=count: load.replay("io_uring", numjobs=n),
            "plain": lambda n=count: load.plain("io_uring", numjobs=n)})
        rows.append(_row(found, "io_uring", count, runs,
                         lambda run: run.bandwidth, units.bandwidth, AIM))
    found.table(["engine, jobs", "mooncake", "plain", "ratio", "aim",
                 "CPU time an I/O, ratio", "waited for order"], rows)
    found.note(
        f"iodepth={DEPTH} each; evicting: a cache of {EVICTING:,} slots, "
        "otherwise one for every block. Waiting for order is the share of "
        "the jobs' time, as the engine tells it in normal output. The machine "
        f"has {os.cpu_count()} cores; beyond them there is no aim.")
