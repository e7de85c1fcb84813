"""
Bandwidth over io_uring and libaio with O_DIRECT against the plain engines
with the same mix, block size, depth and file.
"""

import units
from pairs import in_turn, ratios, show, show_ratio, spread

DEPTH = 32
BLOCK = 128 << 10
SLOTS = 10000
AIM = 0.98


class Workload:
    """As much of the trace as takes about @seconds, and the same mix plain."""

    def __init__(self, bench, seconds):
        self.bench = bench
        self.size = SLOTS * BLOCK
        bench.fill(self.size)
        speed = self._plain("io_uring", 50, 1 << 30).bandwidth
        everything = bench.stats(f"--capacity={SLOTS}")
        ios = everything["hits"] + everything["misses"]
        share = min(1, seconds * speed / (ios * BLOCK))
        self.requests = max(1, round(share * everything["requests"]))
        stats = bench.stats(f"--capacity={SLOTS}",
                            f"--max-requests={self.requests}")
        self.ios = stats["hits"] + stats["misses"]
        self.read_share = round(100 * stats["hits"] / self.ios)

    def replay(self, backend, **more):
        return self.bench.replay(
            backend=backend, direct=1, iodepth=DEPTH, max_inflight_requests=0,
            size=self.size, max_requests=self.requests,
            bytes_per_token=BLOCK // 512, **more)

    def _plain(self, engine, read_share, total, **more):
        return self.bench.plain(
            ioengine=engine, direct=1, iodepth=DEPTH, rw="randrw", bs=BLOCK,
            norandommap=1, rwmixread=read_share, size=self.size,
            io_size=total // more.get("numjobs", 1), **more)

    def plain(self, engine, **more):
        return self._plain(engine, self.read_share, self.ios * BLOCK, **more)


def measure(bench, found):
    load = Workload(bench, bench.choose(2.5, 1))
    rows = []
    for engine in ("io_uring", "libaio"):
        runs = in_turn(bench.choose(7, 2), {
            "mooncake": lambda e=engine: load.replay(e),
            "plain": lambda e=engine: load.plain(e),
            "again": lambda e=engine: load.plain(e)})
        ratio = ratios(runs, "mooncake", "plain", lambda run: run.bandwidth)
        again = ratios(runs, "again", "plain", lambda run: run.bandwidth)
        cpu = ratios(runs, "mooncake", "plain", lambda run: run.cpu_per_io)
        rows.append([
            engine,
            *(show(spread(run.bandwidth for run in runs[name]),
                   units.bandwidth) for name in ("mooncake", "plain")),
            show_ratio(ratio),
            found.aim(f"{engine}_bandwidth_ratio", ratio.median, AIM),
            show_ratio(again), show_ratio(cpu)])
        found.figures[f"{engine}_plain_against_plain"] = again.median
    found.table(["engine", "mooncake", "plain", "ratio", "aim",
                 "plain against plain", "CPU time an I/O, ratio"], rows)
    found.note(
        f"Blocks of {units.size(BLOCK)}, iodepth={DEPTH}, a file of "
        f"{units.size(load.size)} written before; {load.ios:,} I/Os a run, "
        f"{load.read_share}% reads. The plain job is rw=randrw with that mix "
        "on all of the file.")
