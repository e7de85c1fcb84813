"""
I/Os per second over backend=null against fio's own null job: what the engine
itself costs.
"""

import math

import units
from pairs import in_turn, ratios, show, show_ratio, spread

DEPTH = 32
AIM = 0.95


def measure(bench, found):
    seconds = bench.choose(5, 0.5)
    stats = bench.stats()
    slots = stats["unique_blocks"]
    share = round(100 * stats["hit_rate"])

    def replay(loops, inflight=0):
        return bench.replay(backend="null", iodepth=DEPTH, bytes_per_token=8,
                            size=4096 * slots, loops=loops,
                            max_inflight_requests=inflight)

    def plain(**more):
        return bench.plain(ioengine="null", rw="randrw", rwmixread=share,
                           bs=4096, iodepth=DEPTH, size=4096 * slots,
                           time_based=1, runtime=f"{1000 * seconds:.0f}ms",
                           **more)

    loops = max(2, math.ceil(seconds * replay(2).iops / stats["lookups"]))
    runs = in_turn(bench.choose(5, 1), {
        "mooncake": lambda: replay(loops),
        "mooncake, a request at a time": lambda: replay(loops, 1),
        "fio null": plain,
        "fio null, norandommap": lambda: plain(norandommap=1)})
    rows = []
    for name, each in runs.items():
        ratio = ratios(runs, name, "fio null", lambda run: run.iops)
        cpu = ratios(runs, name, "fio null", lambda run: run.cpu_per_io)
        aim = ""
        if name == "mooncake":
            aim = found.aim("iops_ratio", ratio.median, AIM)
        rows.append([name,
                     show(spread(run.iops / 1e6 for run in each)),
                     show_ratio(ratio), aim,
                     show(spread(run.cpu_per_io for run in each),
                          units.count), show_ratio(cpu)])
        if name == "mooncake":
            found.figures["cpu_ratio"] = cpu.median
    found.table(["", "million I/Os a second", "against fio null", "aim",
                 "CPU time an I/O, ns", "against fio null"], rows)
    found.note(f"iodepth={DEPTH}; {loops} loops over {stats['lookups']:,} "
               "I/Os, the plan of each loop included.")
