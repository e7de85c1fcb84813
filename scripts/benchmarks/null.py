"""
I/Os per second over backend=null against fio's own null job: what the engine
itself costs.
"""

import math

import units
from pairs import in_turn, ratios, show, show_ratio, spread

DEPTH = 32
AIM = 0.95
# By itself fio takes one clock or another at each start, where it is not sure of
# the processor's; the other one takes twice as long, a third of an I/O's time.
CLOCK = {"clocksource": "cpu"}


class Load:
    """The trace as often as takes about @seconds, and the same mix plain."""

    def __init__(self, bench, slots, seconds, jobs=1):
        self.bench = bench
        self.seconds = seconds
        self.options = {"iodepth": DEPTH, "size": 4096 * slots,
                        "numjobs": jobs, **CLOCK}
        self.loops = 2
        probe = self.replay()
        self.loops = max(2, math.ceil(2 * seconds * probe.iops / probe.ios))
        whole = self.replay()
        self.ios = whole.ios
        # Later passes hit more than the first.
        self.read_share = round(100 * whole.reads / whole.ios)

    def replay(self, inflight=0):
        return self.bench.replay(backend="null", bytes_per_token=8,
                                 loops=self.loops,
                                 max_inflight_requests=inflight,
                                 **self.options)

    def plain(self, **more):
        return self.bench.plain(ioengine="null", rw="randrw", bs=4096,
                                rwmixread=self.read_share, time_based=1,
                                runtime=f"{1000 * self.seconds:.0f}ms",
                                **self.options, **more)


def measure(bench, found):
    load = Load(bench, bench.stats()["unique_blocks"], bench.choose(5, 0.5))
    runs = in_turn(bench.choose(5, 1), {
        "mooncake": load.replay,
        "mooncake, a request at a time": lambda: load.replay(1),
        "fio null": load.plain,
        "fio null, norandommap": lambda: load.plain(norandommap=1)})
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
    found.note(f"iodepth={DEPTH}; {load.loops} loops over {load.ios:,} I/Os, "
               f"{load.read_share}% reads, the plan of each loop included.")
