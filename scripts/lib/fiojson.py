"""
fio's JSON: the documents in its output, their jobs, and the replay runs that
the jobs form.
"""

import errno
import json
import os
import re
import sys

import jobs as jobs_of_fio
import walls
from cli import Error
from jobs import Job
from samples import Samples


def _errors(jobs):
    """What ended the jobs; those that it took with it are named at its end."""
    failed = [job for job in jobs if job.error]
    own = [job for job in failed if job.error != errno.ECANCELED] or failed
    others = [job.name for job in failed if job not in own]
    said = [f"job {job.name} ended with error {job.error} "
            f"({os.strerror(job.error)})" for job in own]
    if others:
        said[-1] += f", and with it {', '.join(dict.fromkeys(others))}"
    return said


class Run:
    """The jobs of one replay, block jobs and observers told apart."""

    def __init__(self, name, jobs, document, warnings, failures):
        self.name = name
        self.path = None
        self.plan = None
        self.logs = []
        self.jobs = jobs
        self.document = document
        self.warnings = list(warnings)
        self.failures = list(failures) + _errors(jobs)
        self.blocks = [job for job in jobs if job.observe == "none"]
        self.observers = {
            kind: [job for job in jobs if job.observe == kind]
            for kind in ("request", "load", "store")}

    @property
    def version(self):
        return self.document["fio version"]

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

    def load_log(self):
        """The latency log of the load observer, where there is one."""
        return next((log for log in self.logs if log.kind == "lat" and
                     log.job in self.observers["load"]), None)

    def option(self, name, default=None):
        """The value the block jobs agree on."""
        values = {job.options.get(name, default) for job in self.blocks}
        return values.pop() if len(values) == 1 else default


def _all_values(pairs):
    """A name that stands more than once has all its values, if in words."""
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    for name in value:
        found = [each for key, each in pairs if key == name]
        if all(isinstance(each, str) for each in found):
            value[name] = ", ".join(dict.fromkeys(found))
    return value


def _object(pairs):
    """
    With several clients fio writes "global options" once for each, or each
    option once for each, from 3.39 on as an array: what they differ in is
    named with all values.
    """
    value = _all_values(pairs)
    repeated = [each for key, each in pairs if key == "global options"]
    listed = bool(repeated) and isinstance(repeated[0], list)
    if listed:
        repeated = repeated[0]
    if listed or len(repeated) > 1:
        value["global options"] = _all_values(
            [(name, str(each[name])) for each in repeated for name in each])
    return value


def _documents(text):
    """
    (documents, text before them, whether one is cut off). fio prints warnings
    before its JSON, and with --status-interval a document each time.
    """
    decoder = json.JSONDecoder(object_pairs_hook=_object)
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


def _last_of_fio(documents, cut, path):
    ours = [each for each in documents
            if isinstance(each, dict) and "fio version" in each]
    if ours:
        return ours[-1]
    if cut:
        raise Error(f"{path}: the JSON is cut off or damaged, nothing in it "
                    "can be used")
    if documents:
        raise Error(f"{path}: JSON, but not fio's: it has no \"fio version\"")
    raise Error(f"{path}: no JSON in it: run fio with "
                "--output-format=json+ --output=FILE")


# What fio prints of jobs that were killed, and of servers that were lost.
_FAILURE = re.compile(r"fio: pid=\d+, got signal=|client: .*disconnected|"
                      r"mooncake: job .* died")
# What the JSON has as well: a job's error, and that fio was interrupted.
_KNOWN = re.compile(r"fio: (?:pid=\d+, err=|terminating on signal)")


def _what_fio_said(text, before, cut):
    """(warnings, failures)"""
    warnings = []
    if cut:
        warnings.append("the end of the file is cut off: these are the "
                        "figures of its last complete part")
    if "terminating on signal" in text:
        warnings.append("fio was interrupted: the figures are those of what "
                        "was done until then")
    # Lines of servers have their name before them.
    lines = [re.sub(r"^<[^<>]*> ", "", line).strip()
             for line in before.splitlines()]
    failures = [line for line in lines if _FAILURE.search(line)]
    warnings += [
        f"fio said: {line.removeprefix('fio: ')}" for line in lines
        if line.startswith(("fio: ", "warning", "Warning", "mooncake: "))
        and line not in failures and not _KNOWN.match(line)]
    return warnings, failures


def _jobs(document, path, job_file, warnings):
    raw = document.get("client_stats") or document.get("jobs") or []
    named = [each for each in raw if each.get("jobname") is not None]
    if len(named) < len(raw):
        warnings.append(f"fio kept no figures of {len(raw) - len(named)} "
                        "jobs (stats=0)")
    jobs = [Job(each, document.get("global options")) for each in named
            if each["jobname"] != "All clients"]
    if not jobs:
        raise Error(f"{path}: fio's JSON, but no job is in it")
    if job_file:
        jobs_of_fio.add_options(jobs, job_file)
    else:
        warnings += jobs_of_fio.guess_observers(jobs)
    jobs_of_fio.count_clones(jobs)
    return jobs


def parse(text, path, job_file=None):
    """
    The runs in fio's output @text; @path is for messages, and their name.
    With the JobFile that was run nothing has to be guessed from what fio
    leaves out.
    """
    documents, before, cut = _documents(text)
    document = _last_of_fio(documents, cut, path)
    warnings, failures = _what_fio_said(text, before, cut)
    jobs = _jobs(document, path, job_file, warnings)
    groups, doubt = walls.split(jobs)
    warnings += doubt
    replays = [[job for job in group if job.is_replay] for group in groups]
    replays = [group for group in replays if group]
    if not replays:
        warnings.append("no job in it uses ioengine mooncake: every job is "
                        "counted as if it did")
        replays = groups
    names = [path] if len(replays) == 1 else \
        [f"{path} ({group[0].name})" for group in replays]
    return [Run(name, group, document, warnings, failures)
            for name, group in zip(names, replays)]


def load(path, job_file=None):
    runs = parse(_read(path), path, job_file)
    for run in runs:
        run.path = path
    return runs
