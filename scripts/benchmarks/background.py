"""
Load latency on a device near its limit: stores in the background, stores in
line with the loads, and no stores at all.
"""

import traces
import units
from pairs import in_turn, show, spread

LOAD = 0.8      # of what the device gives
PERCENTILES = (50.0, 99.0)


class Drive:
    """The drive that the scratch directory is on."""

    name = "drive"
    block = 128 << 10
    depth = 256
    about = "this machine's drive by io_uring with direct=1"

    def __init__(self, bench):
        self.bench = bench
        self.options = {"backend": "io_uring", "direct": 1}

    def prepare(self, size):
        self.bench.fill(size)


class Model:
    """Four places that take half a millisecond for each I/O."""

    name = "model"
    block = 4 << 10
    depth = 64
    about = "a device of four places and 0.5 ms an I/O"

    def __init__(self, bench):
        self.options = {
            "backend": f"external:{bench.slow_backend}",
            "backend_options": "service_us=500,parallel=4,data=0",
            "check_blocks": 0}

    def prepare(self, size):
        """Nothing is stored."""


class Setup:
    """The first requests of the trace, at a rate the device just bears."""

    def __init__(self, bench, device, seconds):
        self.bench = bench
        self.device = device
        requests = traces.read(bench.trace_file())
        trial = self._replay(max_requests=200, size=self._size(requests[:200]))
        lookups, count = 0, 0
        most = LOAD * seconds * trial.iops
        while count < len(requests) and lookups < most:
            lookups += len(requests[count].hash_ids)
            count += 1
        self.requests = requests[:count]
        self.size = self._size(self.requests)
        unpaced = self._replay(max_requests=count, size=self.size)
        span = self.requests[-1].timestamp - self.requests[0].timestamp
        self.seconds = unpaced.seconds / LOAD
        self.scale = max(1, round(span / self.seconds / 10))
        self.limit = unpaced.iops
        self.loads = bench.path("loads.jsonl")
        traces.loads_alone(self.requests, self.loads)

    def _size(self, requests):
        return self.device.block * len(
            {i for each in requests for i in each.hash_ids})

    def _replay(self, *observers, **options):
        self.device.prepare(options["size"])
        return self.bench.replay(
            *observers, iodepth=self.device.depth, max_inflight_requests=0,
            bytes_per_token=self.device.block // 512, **self.device.options,
            **options)

    def timed(self, **options):
        return self._replay("load", size=self.size, replay_no_stall=0,
                            arrivals="spread", replay_time_scale=self.scale,
                            **options)

    def stored(self, store):
        return self.timed(max_requests=len(self.requests), store=store)

    def alone(self):
        return self.timed(trace=self.loads, warmup_requests=1)


def _rows(found, setup, runs):
    for name, each in runs.items():
        samples = [run.run.samples("load") for run in each]
        latencies = [spread(one.percentile(percent)[0] for one in samples)
                     for percent in PERCENTILES]
        key = f"{setup.device.name}, {name}"
        found.figures[f"{key}: p99_ns"] = latencies[-1].median
        yield [key, units.count(samples[0].n),
               *(show(latency, units.nanoseconds) for latency in latencies),
               show(spread(one.mean for one in samples), units.nanoseconds),
               units.size(each[0].reads * setup.device.block),
               units.size(each[0].writes * setup.device.block)]


def measure(bench, found):
    rows = []
    for device in (Model(bench), Drive(bench)):
        setup = Setup(bench, device, bench.choose(8, 3))
        runs = in_turn(bench.choose(3, 1), {
            "no stores": setup.alone,
            "store=async": lambda s=setup: s.stored("async"),
            "store=inline": lambda s=setup: s.stored("inline")})
        rows += _rows(found, setup, runs)
        found.note(
            f"{device.name}: {device.about}; {len(setup.requests):,} requests "
            f"in {setup.seconds:.1f} s, {LOAD:.0%} of the rate at which it "
            f"did them ({units.digits(setup.limit)} I/Os of "
            f"{units.size(device.block)} a second). iodepth={device.depth}.")
    found.table(["", "loads", *(f"load latency, {each:g}%"
                                for each in PERCENTILES),
                 "mean", "read", "written"], rows)
    found.note("Without stores: the blocks are stored before, unpaced and "
               "uncounted; the loads are the same.")
