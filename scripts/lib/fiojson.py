"""
fio's JSON: the documents in its output, their jobs, and the replay runs that
the jobs form.
"""

import json
import sys
from fractions import Fraction

from cli import Error


class Samples:
    """
    The samples of one latency, of one job or merged from several. Times are
    in nanoseconds.
    """

    def __init__(self, parts):
        parts = [part for part in parts if part.get("N")]
        self.n = sum(part["N"] for part in parts)
        self.min = min((part["min"] for part in parts), default=None)
        self.max = max((part["max"] for part in parts), default=None)
        self.total = sum(part["mean"] * part["N"] for part in parts)
        self.mean = self.total / self.n if self.n else None
        if len(parts) == 1:
            self.mean = parts[0]["mean"]
        self._percentiles = [
            {float(key): value for key, value in part["percentile"].items()}
            for part in parts if "percentile" in part]
        self.has_percentiles = bool(parts) and \
            len(self._percentiles) == len(parts)
        self.bins = None
        if parts and all("bins" in part for part in parts):
            self.bins = {}
            for part in parts:
                for value, number in part["bins"].items():
                    value = int(value)
                    self.bins[value] = self.bins.get(value, 0) + number

    def percentile(self, percent):
        """
        (value, exact), or None. As fio reckons it. Percentiles of several
        jobs can't be merged without bins: the largest of them is a bound.
        """
        if not self.has_percentiles:
            return None
        if len(self._percentiles) == 1 and percent in self._percentiles[0]:
            return self._percentiles[0][percent], True
        if self.bins:
            return self._from_bins(percent), True
        values = [each.get(percent) for each in self._percentiles]
        if None in values:
            return None
        return max(values), False

    def _from_bins(self, percent):
        need = Fraction(percent) / 100 * sum(self.bins.values())
        seen = 0
        for value in sorted(self.bins):
            seen += self.bins[value]
            if seen >= need:
                return value
        return self.max

    def share_below(self, limit):
        """
        (low, high) between which the share of samples below @limit lies;
        equal with bins.
        """
        if not self.n:
            return None
        if self.bins:
            below = sum(n for value, n in self.bins.items() if value < limit)
            share = below / sum(self.bins.values())
            return share, share
        if limit > self.max:
            return 1.0, 1.0
        if limit <= self.min:
            return 0.0, 0.0
        if len(self._percentiles) != 1:
            return None
        points = sorted(self._percentiles[0].items())
        low = max((p for p, v in points if v < limit), default=0.0)
        high = min((p for p, v in points if v >= limit), default=100.0)
        return low / 100, high / 100

    def curve(self):
        """[(share, value)] of the distribution, rising."""
        if self.bins:
            total = sum(self.bins.values())
            seen = 0
            points = []
            for value in sorted(self.bins):
                points.append((seen / total, value))
                seen += self.bins[value]
            return points
        if len(self._percentiles) == 1:
            return [(p / 100, v)
                    for p, v in sorted(self._percentiles[0].items())]
        return []


class Job:
    """One job of fio's JSON with every option in force for it."""

    def __init__(self, raw, global_options):
        self.raw = raw
        self.name = raw.get("jobname", "")
        self.own_options = raw.get("job options") or {}
        self.options = {**(global_options or {}), **self.own_options}
        self.host = (raw.get("hostname", ""), raw.get("port", 0))
        self.error = raw.get("error", 0)

    @property
    def observe(self):
        return self.options.get("observe", "none")

    @property
    def is_replay(self):
        return "mooncake" in self.options.get("ioengine", "").split("/")[-1]

    def direction(self, name):
        return self.raw.get(name) or {}


class Run:
    """The jobs of one replay, block jobs and observers told apart."""

    def __init__(self, name, jobs, version, warnings):
        self.name = name
        self.version = version
        self.warnings = list(warnings)
        self.blocks = [job for job in jobs if job.observe == "none"]
        self.observers = {
            kind: [job for job in jobs if job.observe == kind]
            for kind in ("request", "load", "store")}
        self.jobs = jobs

    def samples(self, kind, latency="lat_ns"):
        """
        The latencies of "read", "write" and "sync" are the block jobs',
        those of "request", "load" and "store" the observers'.
        """
        if kind in self.observers:
            jobs = self.observers[kind]
            direction = "write" if kind == "store" else "read"
        else:
            jobs = self.blocks
            direction = kind
        return Samples(job.direction(direction).get(latency) or {}
                       for job in jobs)

    def block_latency(self, direction):
        """
        The samples to quote for a block: lat, or clat where fio was not
        asked for percentiles of lat. The second value is which.
        """
        for latency in ("lat_ns", "clat_ns"):
            samples = self.samples(direction, latency)
            if samples.has_percentiles:
                return samples, latency
        return self.samples(direction), "lat_ns"

    def total(self, direction, member):
        return sum(job.direction(direction).get(member, 0)
                   for job in self.blocks)

    def observed(self, kind, member):
        direction = "write" if kind == "store" else "read"
        return sum(job.direction(direction).get(member, 0)
                   for job in self.observers[kind])

    def option(self, name, default=None):
        """The value the block jobs agree on."""
        values = {job.options.get(name, default) for job in self.blocks}
        return values.pop() if len(values) == 1 else default


def _documents(text):
    """
    (documents, text before them, whether one is cut off). fio prints warnings
    before its JSON, and with --status-interval a document each time.
    """
    decoder = json.JSONDecoder()
    documents, at, before, cut = [], 0, None, False
    while True:
        if not text.startswith("{", at):
            at = text.find("\n{", at)
            if at < 0:
                break
            at += 1
        if before is None:
            before = text[:at]
        try:
            document, at = decoder.raw_decode(text, at)
            documents.append(document)
        except json.JSONDecodeError:
            cut = True
            at += 1
    return documents, before or "", cut


def _read(path):
    try:
        if path == "-":
            return sys.stdin.read()
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from error


def _split_at_stonewalls(jobs):
    """
    Lists of jobs that ran at one time. A clone repeats its section's options,
    so only the first job of a section is held behind the wall.
    """
    groups, index, last = {}, {}, {}
    for job in jobs:
        walled = {"stonewall", "wait_for_previous"} & set(job.own_options)
        if walled and job.host in last and last[job.host] != job.name:
            index[job.host] += 1
        index.setdefault(job.host, 0)
        last[job.host] = job.name
        groups.setdefault(index[job.host], []).append(job)
    return [groups[key] for key in sorted(groups)]


def load_object(path):
    """Any file that is one JSON object, such as a plan."""
    text = _read(path)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise Error(f"{path}: no JSON: {error}") from error
    if not isinstance(value, dict):
        raise Error(f"{path}: JSON, but no object")
    return value


def parse(text, path):
    """The runs in fio's output @text; @path is for names and messages."""
    documents, before, cut = _documents(text)
    ours = [each for each in documents
            if isinstance(each, dict) and "fio version" in each]
    if not ours and cut:
        raise Error(f"{path}: the JSON is cut off or damaged, nothing in it "
                    "can be used")
    if not ours and documents:
        raise Error(f"{path}: JSON, but not fio's: it has no \"fio version\"")
    if not ours:
        raise Error(f"{path}: no JSON in it: run fio with "
                    "--output-format=json+ --output=FILE")
    document = ours[-1]
    warnings = []
    if cut:
        warnings.append("the end of the file is cut off: these are the "
                        "figures of its last complete part")
    if "terminating on signal" in text:
        warnings.append("fio was interrupted: the figures are those of what "
                        "was done until then")
    warnings += [f"fio said: {line.strip()}" for line in before.splitlines()
                 if line.startswith(("fio: ", "warning", "Warning"))
                 and "terminating on signal" not in line]
    raw = document.get("client_stats") or document.get("jobs") or []
    jobs = [Job(each, document.get("global options")) for each in raw
            if each.get("jobname") not in (None, "All clients")]
    nameless = sum("jobname" not in each for each in raw)
    if nameless:
        warnings.append(f"fio kept no figures of {nameless} jobs (stats=0)")
    if not jobs:
        raise Error(f"{path}: fio's JSON, but no job is in it")
    groups = _split_at_stonewalls(jobs)
    replays = [[job for job in group if job.is_replay] for group in groups]
    replays = [group for group in replays if group]
    if not replays:
        warnings.append("no job in it uses ioengine mooncake: every job is "
                        "counted as if it did")
        replays = groups
    names = [path] if len(replays) == 1 else \
        [f"{path} ({group[0].name})" for group in replays]
    return [Run(name, group, document["fio version"], warnings)
            for name, group in zip(names, replays)]


def load(path):
    return parse(_read(path), path)
