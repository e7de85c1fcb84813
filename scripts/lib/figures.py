"""
The figures of a run, under the names of Mooncake's storage benchmark where
it has them. docs/metrics.md tells what each means.
"""

from collections import namedtuple

import units

Figure = namedtuple("Figure", "section key label value show note")

PERCENTILES = (50.0, 95.0, 99.0)

LATENCIES = (
    ("request", "Request latency"),
    ("load", "Load latency"),
    ("store", "Store latency"),
    ("read", "Read latency, a block"),
    ("write", "Write latency, a block"),
    ("sync", "Sync latency"),
)


def _ratio(part, whole):
    return part / whole if whole else None


class _Collector:
    def __init__(self):
        self.figures = []
        self.section = ""

    def add(self, key, label, value, show, note=""):
        self.figures.append(
            Figure(self.section, key, label, value, show, note))


def share_done(run, plan):
    """How much of the plan's bytes the run moved."""
    planned = (plan.read_bytes or 0) + (plan.write_bytes or 0)
    moved = run.total("read", "io_bytes") + run.total("write", "io_bytes")
    return _ratio(moved, planned)


def _traffic(out, run, plan, io_time, overlap):
    out.section = "Traffic"
    requests = run.samples("request").n if run.observers["request"] else None
    note = ""
    if requests is None and plan and share_done(run, plan) == 1:
        requests, note = plan.requests, "of the plan"
    elif requests is not None and plan and plan.requests \
            and requests < plan.requests:
        note = f"of {units.count(plan.requests)} planned"
    out.add("requests", "Requests", requests, units.count, note)
    # fio has no rate of jobs that move no bytes.
    qps = run.observed("request", "iops") or \
        _ratio(run.samples("request").n, wall_seconds(run)) or None
    out.add("qps", "QPS", qps, units.rate, "by wall time")
    out.add("qps_io", "QPS, waiting left out",
            _ratio(requests, io_time) if requests and not overlap else None,
            units.rate, "by I/O time, as Mooncake counts it")

    ios = [run.total(each, "total_ios") for each in ("read", "write")]
    blocks, note = ios, "one I/O is taken for one block"
    if plan and plan.slot_bytes:
        note = ""
        blocks = [plan.blocks(run.total(each, "io_bytes"))
                  for each in ("read", "write")]
    hit_rate = _ratio(blocks[0], sum(blocks))
    hit_note = "blocks read / (read + written)"
    if plan and plan.hit_rate is not None and share_done(run, plan) == 1:
        hit_rate, hit_note = plan.hit_rate, "of the plan"
    out.add("hit_rate", "Hit rate", hit_rate, units.share, hit_note)
    out.add("write_ratio", "Write ratio", _ratio(blocks[1], sum(blocks)),
            units.share, "blocks written / (read + written)")
    out.add("blocks_read", "Blocks read", blocks[0], units.count, note)
    out.add("blocks_written", "Blocks written", blocks[1], units.count, note)
    out.add("reads", "Read I/Os", ios[0], units.count)
    out.add("writes", "Write I/Os", ios[1], units.count)
    if not plan:
        return
    for key, label in (("memory_hits", "Memory hits"),
                       ("skipped", "Blocks skipped"),
                       ("evictions", "Evictions"),
                       ("unadmitted", "Blocks unadmitted")):
        out.add(key, label, plan.members.get(key), units.count, "of the plan")


def _latency(out, run, kind, label):
    samples, latency = run.samples(kind), "lat_ns"
    if kind in ("read", "write"):
        samples, latency = run.block_latency(kind)
    note = "" if latency == "lat_ns" else \
        "fio's clat: it has percentiles of lat with lat_percentiles=1 only"
    out.section = label
    out.add(f"{kind}.samples", "Samples", samples.n or None, units.count)
    out.add(f"{kind}.avg", "Avg", samples.mean, units.nanoseconds, note)
    for percent in PERCENTILES:
        found = samples.percentile(percent)
        value, exact = found if found else (None, True)
        why = "" if exact else \
            "an upper bound: several jobs, use json+ or group_reporting"
        out.add(f"{kind}.p{percent:g}", f"P{percent:g}", value,
                units.nanoseconds, why)
    out.add(f"{kind}.max", "Max", samples.max, units.nanoseconds)


def _volume(out, run, plan):
    out.section = "Bytes and bandwidth"
    both = 0
    for direction, label in (("read", "Read"), ("write", "Written")):
        out.add(f"{direction}_bytes", label,
                run.total(direction, "io_bytes"), units.size)
    for direction, label in (("read", "Read"), ("write", "Write")):
        value = run.total(direction, "bw_bytes")
        both += value
        out.add(f"{direction}_bw", f"{label} bandwidth", value,
                units.bandwidth, "by wall time")
    out.add("bw", "Bandwidth", both, units.bandwidth, "by wall time")

    out.section = "Storage"
    out.add("syncs", "Syncs", run.total("sync", "total_ios"), units.count)
    if not plan:
        return
    in_use = plan.blocks_in_use()
    out.add("slots", "Slots", plan.slots, units.count)
    out.add("blocks_in_use", "Blocks in use", in_use, units.count,
            "at the end of the plan")
    out.add("blocks_free", "Blocks free",
            None if in_use is None else plan.slots - in_use, units.count,
            "at the end of the plan")
    out.add("block_tokens", "Tokens per block", plan.block_tokens,
            units.count)
    out.add("block_bytes", "Bytes per block", plan.block_bytes, units.size)
    out.add("slot_bytes", "Bytes per slot", plan.slot_bytes, units.size)


def io_seconds(run):
    """
    Time in which requests were being served: each one's from its first I/O
    to its last completion, added up. Without a request observer, the
    blocks' latencies added up.
    """
    if run.observers["request"]:
        return run.samples("request", "clat_ns").total / 1e9
    return sum(run.samples(each).total for each in ("read", "write")) / 1e9


def wall_seconds(run):
    return max((job.direction(each).get("runtime", 0) / 1e3
                for job in run.blocks for each in ("read", "write")),
               default=0)


def _times(out, run, wall, io_time, overlap):
    out.section = "Time"
    out.add("wall", "Wall time", wall, units.seconds)
    out.add("io_time", "I/O time", io_time, units.seconds,
            "first I/O to last completion, all requests"
            if run.observers["request"] else "all blocks")
    if run.observers["request"]:
        out.add("wait_time", "Waiting time",
                run.samples("request", "slat_ns").total / 1e9, units.seconds,
                "arrival to first I/O, all requests")
    out.add("sleep_time", "Sleep time", None if overlap else wall - io_time,
            units.seconds, "wall less I/O time; at least")
    busy = [job.raw.get("job_runtime", 0) / 1e3 *
            (job.raw.get("usr_cpu", 0) + job.raw.get("sys_cpu", 0)) / 100
            for job in run.jobs]
    out.add("cpu", "CPU time", sum(busy), units.seconds, "all jobs")


def _loads_with_tokens(run, plan):
    """
    [(tokens, nanoseconds)] of each load, from the log of its observer; [] if
    there is none. The log has no bytes where observers move none, but with
    log_offset=1 the number of the request, whose blocks the plan knows.
    """
    log = run.load_log()
    if not log or not log.per_io:
        return []
    if all(entry.bytes for entry in log.entries):
        return [(plan.tokens(entry.bytes), entry.value)
                for entry in log.entries]
    hits = plan.hits_of_requests()
    if not hits or any(entry.offset is None for entry in log.entries):
        return []
    return [(hits[entry.offset % len(hits)] * plan.block_tokens, entry.value)
            for entry in log.entries]


def _prefill(out, run, plan, rate):
    """
    A load beats prefill when it takes less time than computing its tokens.
    fio's log of the load observer has both for each load; the JSON alone has
    the latencies, to be held against the tokens of the mean load.
    """
    out.section = f"Loading against prefill at {units.digits(rate)} tokens/s"
    samples = run.samples("load")
    # Not the observer's bytes: it moves none.
    tokens = plan.tokens(run.total("read", "io_bytes")) if plan else None
    if not samples.n or not tokens:
        out.add("prefill.beaten", "Loads that beat prefill", None,
                units.share, "needs a load observer and --plan")
        return
    out.add("prefill.break_even", "Tokens loaded per second of load time",
            tokens / (samples.total / 1e9), units.count,
            "loading wins on the whole against a slower prefill")
    loads = _loads_with_tokens(run, plan)
    if loads:
        beaten = sum(tokens / rate * 1e9 > took for tokens, took in loads)
        out.add("prefill.beaten", "Loads that beat prefill",
                beaten / len(loads), units.share,
                "each load by its own tokens")
        return
    limit = tokens / samples.n / rate * 1e9
    out.add("prefill.mean_load", "Prefill of the mean load", limit,
            units.nanoseconds, f"{units.digits(tokens / samples.n)} tokens")
    found = samples.share_below(limit)
    low, high = found if found else (None, None)
    note = "by the tokens of the mean load"
    if found and low != high:
        note += f"; at most {units.share(high)}, json+ says it exactly"
    out.add("prefill.beaten", "Loads that beat prefill", low, units.share,
            note)


def warnings(run, plan):
    """What keeps the figures from being those of a whole, good run."""
    said = list(run.warnings)
    moved = run.total("read", "total_ios") + run.total("write", "total_ios")
    if not moved:
        said.append("no block was read or written")
    if not any(run.observers.values()):
        said.append("no observers: add jobs with observe=request and "
                    "observe=load for the latency of requests")
    done = share_done(run, plan) if plan else None
    if moved and done and done < 1:
        said.append("the run ended before the plan: "
                    f"{units.share(done)} of its bytes were moved")
    return said


def collect(run, plan=None, prefill_rate=None):
    """All figures of @run, in the order to show them."""
    if plan and len({job.host for job in run.jobs}) > 1:
        plan = plan.shape()
    out = _Collector()
    io_time = io_seconds(run)
    wall = wall_seconds(run)
    overlap = io_time > wall
    _traffic(out, run, plan, io_time, overlap)
    for kind, label in LATENCIES:
        if kind in run.observers and not run.observers[kind]:
            continue
        if kind == "sync" and not run.samples("sync").n:
            continue
        _latency(out, run, kind, label)
    _volume(out, run, plan)
    _times(out, run, wall, io_time, overlap)
    if prefill_rate:
        _prefill(out, run, plan, prefill_rate)
    return out.figures
