"""
Eviction policies: lookups per second of each at one and a hundred times the
trace; the curve of lru in one pass against single runs.
"""

import units
from pairs import in_turn, show, spread
from traces import repeat

POLICIES = ("lru", "fifo", "lfu", "opt")
SLOTS = 10000


def _speeds(bench, found, times, path):
    runs = in_turn(bench.choose(2, 1) if times > 1 else 5, {
        name: lambda n=name: bench.plan(f"--eviction={n}", "--json",
                                        f"--capacity={SLOTS * times}",
                                        trace=path) for name in POLICIES})
    speeds = {}
    for name, each in runs.items():
        speeds[name] = spread(run.stats["lookups"] / run.plan_seconds / 1e6
                              for run in each)
        found.figures[f"{name}_lookups_per_second_{times}x"] = \
            1e6 * speeds[name].median
    return speeds


def _curve(bench, found, path):
    """One pass against single runs for each capacity that it answers."""
    runs = in_turn(5, {
        "curve": lambda: bench.plan("--curve", trace=path),
        "single": lambda: bench.plan("--json", f"--capacity={SLOTS}",
                                     trace=path)})
    curve, single = (spread(run.plan_seconds for run in runs[name])
                     for name in ("curve", "single"))
    answers = runs["single"][0].stats["unique_blocks"]
    found.figures["curve_in_single_runs"] = curve.median / single.median
    found.table(
        ["", "one-pass curve", "a single run", "curve in single runs",
         "capacities answered", "as many single runs"],
        [["lru", show(curve, units.seconds), show(single, units.seconds),
          f"{curve.median / single.median:.1f}", units.count(answers),
          units.seconds(answers * single.median)]])


def measure(bench, found):
    path = bench.path("repeated.jsonl")
    sizes = bench.choose((1, 100), (1, 10))
    columns = []
    for times in sizes:
        bench.need_room(times * 8 << 20)
        repeat(bench.trace_file(), times, path)
        columns.append(_speeds(bench, found, times, path))
        if times == 1:
            _curve(bench, found, path)
    found.table(
        ["policy", *(f"million lookups a second, {times} x"
                     for times in sizes)],
        [[name, *(show(each[name]) for each in columns)]
         for name in POLICIES])
    found.note(
        f"Planning alone, by mooncake-plan --timing; {SLOTS:,} slots, and as "
        "many times that as the trace.")
