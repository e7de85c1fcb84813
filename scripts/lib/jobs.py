"""The jobs in fio's JSON, and what fio leaves out about them."""

from collections import Counter

import jobfile

KINDS = ("request", "load", "store")
# Those of observers that report operations on files.
OPERATIONS = ("open", "create", "publish", "unlink", "probe")


class Job:
    """One job of fio's JSON with every option in force for it."""

    def __init__(self, raw, global_options):
        self.raw = raw
        self.name = raw.get("jobname", "")
        # None where fio has none, as for clients with merged jobs.
        self.known = raw.get("job options") is not None
        self.own_options = raw.get("job options") or {}
        self.options = {**(global_options or {}), **self.own_options}
        self.host = (raw.get("hostname", ""), raw.get("port", 0))
        self.error = raw.get("error", 0)
        self.walled = None      # waits for all before it; None: not known
        self.clones = 1         # whose figures are in it

    @property
    def observe(self):
        if "observe" in self.options:
            return self.options["observe"]
        # The engine leaves it where no version of fio loses it.
        kind = self.raw.get("desc", "").partition("observe=")[2]
        return kind if kind in KINDS + OPERATIONS else "none"

    @property
    def is_replay(self):
        return jobfile.is_engine(self.options.get("ioengine", ""))

    @property
    def seconds(self):
        """fio adds up the times of clones that report as a group."""
        return self.raw.get("job_runtime", 0) / 1e3 / self.clones

    def direction(self, name):
        return self.raw.get(name) or {}


def clones(options):
    """numjobs=; 1 where fio's JSON has several values of it for all jobs."""
    value = str(options.get("numjobs", 1))
    return max(1, int(value)) if value.isdigit() else 1


def count_clones(jobs):
    """A section with numjobs= that has one entry reports as a group."""
    names = Counter((job.host, job.name) for job in jobs)
    for job in jobs:
        if names[job.host, job.name] == 1:
            job.clones = clones(job.options)


def _moves_nothing(job):
    """What failed at its first I/O moved nothing, either."""
    return not job.error and all(not job.direction(each).get("io_bytes")
               for each in ("read", "write")) and \
        any(job.direction(each).get("total_ios")
            for each in ("read", "write"))


def _observes(job):
    """An observer turns these on for itself, and hardly anybody else does."""
    return any("percentile" in (job.direction(each).get("slat_ns") or {})
               for each in ("read", "write"))


def guess_observers(jobs):
    """
    Marks the observers among jobs whose options fio has left out, and says
    what that rests on.
    """
    said = {}
    for job in jobs:
        if job.known or job.observe != "none" or \
                not (_moves_nothing(job) or _observes(job)):
            continue
        kind = next((each for each in KINDS if each in job.name), None)
        if job.direction("write").get("total_ios"):
            kind = "store"
        job.options["observe"] = kind or "unknown"
        said[job.name] = f"taken for observe={kind} by its name" if kind \
            else "left out, because it observes, but what is not known"
    return [f"fio has no options of job {name} in its JSON: it is {what}; "
            "--job JOB.fio says it for certain"
            for name, what in said.items()]


def add_options(jobs, file):
    """Options from the JobFile that was run; clones have one section."""
    sections = {each.name: each for each in file.sections()}
    for job in jobs:
        section = sections.get(job.name)
        if not section:
            continue
        job.options = {**section.options, **job.options}
        job.walled = section.begins_wall
