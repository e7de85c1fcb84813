"""
The figures of a replay, worked out from fio's JSON and the plan's with nothing
of scripts/, to hold the report against.
"""

import re
from fractions import Fraction

from testing import check, check_equal

KINDS = {"request": "read", "load": "read", "store": "write"}
PERCENTILES = (50, 95, 99)
OF_THE_PLAN = ("memory_hits", "skipped", "evictions", "unadmitted")

_UNITS = {"": 1, "%": 0.01, "s": 1e9, "ms": 1e6, "us": 1e3, "ns": 1, "B": 1,
          "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
# Shown in seconds, and kept in seconds.
_SECONDS = ("wall", "io_time", "wait_time", "sleep_time", "cpu")


def merged(parts):
    """Samples of several jobs as one: N, mean, min, max, percentiles."""
    parts = [part for part in parts if part.get("N")]
    number = sum(part["N"] for part in parts)
    if not number:
        return {"N": 0}
    bins = {}
    for part in parts:
        for value, count in part.get("bins", {}).items():
            bins[int(value)] = bins.get(int(value), 0) + count
    found = {"N": number, "max": max(part["max"] for part in parts),
             "mean": sum(part["mean"] * part["N"]
                         for part in parts) / number}
    if len(parts) == 1:
        found["mean"] = parts[0]["mean"]
        shares = parts[0].get("percentile", {})
        found |= {p: shares.get(f"{p}.000000") for p in PERCENTILES}
    elif bins and all("percentile" in part for part in parts):
        found |= {p: _percentile(bins, p) for p in PERCENTILES}
    return found


def _percentile(bins, percent):
    need, seen = Fraction(percent, 100) * sum(bins.values()), 0
    for value, count in sorted(bins.items()):
        seen += count
        if seen >= need:
            return value
    return None


class Replay:
    """One replay of a document of fio's; @plan is None where it has none."""

    def __init__(self, jobs, blocks, observers, plan=None):
        def named(names):
            return [job for job in jobs if job["jobname"] in names]

        self.blocks = named(blocks)
        self.observers = {kind: named(names)
                          for kind, names in observers.items()}
        self.plan = plan

    def total(self, direction, member):
        return sum(job[direction].get(member, 0) for job in self.blocks)

    def samples(self, kind, latency="lat_ns"):
        jobs = self.observers.get(kind) if kind in KINDS else self.blocks
        direction = KINDS.get(kind, kind)
        return merged([job[direction].get(latency, {}) for job in jobs or []])

    def figures(self):
        found = {**self._traffic(), **self._volume(), **self._times()}
        for kind in (*KINDS, "read", "write", "sync"):
            found |= self._latency(kind)
        found["qps"], found["qps_io"] = self._rates(found)
        return found

    def _latency(self, kind):
        if kind in KINDS and kind not in self.observers:
            return {}
        samples = self.samples(kind)
        if kind == "sync" and not samples["N"]:
            return {}
        if kind in ("read", "write") and samples.get(99) is None:
            clat = self.samples(kind, "clat_ns")
            samples = clat if clat.get(99) is not None else samples
        found = {f"{kind}.p{p}": samples.get(p) for p in PERCENTILES}
        return found | {f"{kind}.samples": samples["N"] or None,
                        f"{kind}.avg": samples.get("mean"),
                        f"{kind}.max": samples.get("max")}

    def _whole(self):
        return self.plan and self.plan["read_bytes"] + \
            self.plan["write_bytes"] == self.total("read", "io_bytes") + \
            self.total("write", "io_bytes")

    def _traffic(self):
        ios = [self.total(each, "total_ios") for each in ("read", "write")]
        blocks = [self.total(each, "io_bytes") / self.plan["slot_bytes"]
                  for each in ("read", "write")] if self.plan else ios
        whole = sum(blocks) or None
        requests = self.samples("request")["N"] \
            if "request" in self.observers else \
            self.plan["requests"] if self._whole() else None
        found = {"requests": requests, "reads": ios[0], "writes": ios[1],
                 "blocks_read": blocks[0], "blocks_written": blocks[1],
                 "hit_rate": whole and blocks[0] / whole,
                 "write_ratio": whole and blocks[1] / whole}
        return found | {name: self.plan[name] for name in OF_THE_PLAN
                        if self.plan}

    def _volume(self):
        found = {f"{each}_bytes": self.total(each, "io_bytes")
                 for each in ("read", "write")}
        found |= {f"{each}_bw": self.total(each, "bw_bytes")
                  for each in ("read", "write")}
        found |= {"bw": found["read_bw"] + found["write_bw"],
                  "syncs": self.total("sync", "total_ios")}
        if not self.plan:
            return found
        slots, written = self.plan["slots"], \
            self.plan["write_bytes"] // self.plan["slot_bytes"]
        used = slots if self.plan["evictions"] else min(slots, written)
        return found | {
            "slots": slots, "blocks_in_use": used,
            "blocks_free": slots - used,
            "block_tokens": self.plan["options"]["block_tokens"],
            "block_bytes": self.plan["block_bytes"],
            "slot_bytes": self.plan["slot_bytes"]}

    def _times(self):
        def spent(kind, latency):
            samples = self.samples(kind, latency)
            return samples["N"] and samples["N"] * samples["mean"] / 1e9

        wall = max((job[each].get("runtime", 0) / 1e3 for job in self.blocks
                    for each in ("read", "write")), default=0)
        found = {"wall": wall}
        if "request" in self.observers:
            found["io_time"] = spent("request", "clat_ns")
            found["wait_time"] = spent("request", "slat_ns")
        else:
            found["io_time"] = spent("read", "lat_ns") + \
                spent("write", "lat_ns")
        found["sleep_time"] = None if found["io_time"] > wall \
            else wall - found["io_time"]
        jobs = [*self.blocks, *sum(self.observers.values(), [])]
        found["cpu"] = sum(
            job["job_runtime"] / 1e3 * (job["usr_cpu"] + job["sys_cpu"]) / 100
            for job in jobs)
        return found

    def _rates(self, found):
        seen = self.samples("request")["N"] or None
        rate = sum(job["read"]["iops"]
                   for job in self.observers.get("request", []))
        by_io = found["requests"] and found["io_time"] and \
            found["sleep_time"] is not None and \
            found["requests"] / found["io_time"]
        return rate or (seen and seen / found["wall"]), by_io or None


def check_shown(shown, key, value, where):
    """@shown must be @value, rounded where its last digit stands."""
    if value is None:
        check_equal(shown, "-", f"{key} {where}")
        return
    match = re.fullmatch(r"(-?[\d,]+)(\.\d+)?(?: ?(%|[KMGT]iB|B|[num]?s))?"
                         r"(?:/s)?", shown)
    check(match, f"{key} {where}: {shown!r} is no figure")
    size = 1 if key in _SECONDS else _UNITS[match[3] or ""]
    decimals = match[2] or ""
    half = 0.5 * 10.0 ** -max(len(decimals) - 1, 0) * size
    got = float(match[1].replace(",", "") + decimals) * size
    check(abs(got - value) <= half * (1 + 1e-6),
          f"{key} {where}: {shown}, not {value}")
