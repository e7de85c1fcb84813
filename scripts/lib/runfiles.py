"""
The files that belong to a run: its plan and its logs. fio's JSON names them
in the options of its jobs; they are looked for beside it, then where it says.
"""

import glob
import os
import re

import fiojson
import fiolog
import jobs as jobs_of_fio
from cli import Error
from planfile import Plan

_LOG_OPTIONS = (("bw", "write_bw_log"), ("lat", "write_lat_log"))
_ENDING = r"_(?:bw|lat|clat|slat)(?:\.\d+)?\.log"
_KINDS = {"bw": ("bw",), "lat": ("lat", "clat", "slat")}


def _places(run, name):
    """Beside the JSON, in its folder logs, or where fio has put it."""
    folder = os.path.dirname(run.path or "")
    base = os.path.basename(name)
    return [os.path.join(folder, base), os.path.join(folder, "logs", base),
            name]


def find_plan(run):
    """The Plan that the run's option plan_json= names, if it is there."""
    name = run.option("plan_json")
    if not name:
        return None
    for path in _places(run, name):
        if not os.path.isfile(path):
            continue
        try:
            plan = Plan(fiojson.load_object(path), path)
        except Error:
            continue
        if plan.fits(run):
            return plan
        run.warnings.append(f"{path} is left out: it is the plan of another "
                            "run")
    return None


def _log_prefix(job, option):
    """The file's name begins so; fio takes the job's name for want of it."""
    value = job.options.get(option)
    return None if value is None else value or job.name


def find_logs(run):
    """The logs that the options of the run's jobs name."""
    found = {}
    for job in run.jobs:
        for kind, option in _LOG_OPTIONS:
            prefix = _log_prefix(job, option)
            if not prefix:
                continue
            for place in _places(run, prefix):
                paths = _with_prefix(place, _KINDS[kind])
                found.update((os.path.realpath(path), path)
                             for path in paths)
                if paths:
                    break
    logs = [fiolog.Log(path) for path in found.values()]
    assign(logs, [run])
    return [log for log in logs if log.job and _is_of(log, run)]


def _is_of(log, run):
    """A log of another run by the same name must not be shown."""
    samples = sum(log.job.direction(each).get("total_ios", 0)
                  for each in log.directions())
    runtime = log.job.seconds
    if log.observes and log.per_io and len(log.entries) != samples or \
            log.end > 1.2 * runtime + 2 or log.end < 0.5 * runtime - 2:
        run.warnings.append(f"{log.path} is left out: it is of another run")
        return False
    return True


def _with_prefix(prefix, kinds):
    """Logs of fio whose names are @prefix and what fio puts behind it."""
    return sorted(path for kind in kinds
                  for pattern in (f"_{kind}.log", f"_{kind}.*.log")
                  for path in glob.glob(glob.escape(prefix) + pattern))


def with_prefix(prefix):
    """
    The logs of --log-prefix: all in a folder; else those of PREFIX itself,
    for want of them those of PREFIX_ANYTHING.
    """
    folder, base = os.path.split(prefix)
    if os.path.isdir(prefix):
        folder, base = prefix, ""
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError as error:
        raise Error(f"{prefix}: {error.strerror}") from error
    for pattern in (rf"{re.escape(base)}{_ENDING}",
                    rf"{re.escape(base)}[-_.].*{_ENDING}" if base else
                    rf".+{_ENDING}"):
        found = [name for name in names if re.fullmatch(pattern, name)]
        if found:
            return [os.path.join(folder, name) for name in found]
    raise Error(f"{prefix}: no log begins so: fio's logs of bandwidth and "
                f"latency are called {prefix}_bw.1.log, {prefix}_lat.1.log")


def _numbers(run):
    """
    {number of a log: job}. fio numbers the jobs of its whole file; the JSON
    has one entry for all clones where they report as a group.
    """
    numbers, number = {}, 1
    jobs = run.document.get("jobs") or []
    names = [each.get("jobname") for each in jobs]
    byraw = {id(job.raw): job for job in run.jobs}
    for at, raw in enumerate(jobs):
        options = {**(run.document.get("global options") or {}),
                   **(raw.get("job options") or {})}
        alone = names.count(names[at]) == 1
        for _ in range(jobs_of_fio.clones(options) if alone else 1):
            numbers[number] = byraw.get(id(raw))
            number += 1
    return numbers


def assign(logs, runs):
    """Finds the job of each log, by its number and by the option's value."""
    for log in logs:
        option = "write_bw_log" if log.kind == "bw" else "write_lat_log"
        for run in runs:
            jobs = [job for job in run.jobs if os.path.basename(
                _log_prefix(job, option) or "") == log.prefix]
            numbered = _numbers(run).get(log.number)
            if numbered in jobs:
                log.job = numbered
            elif len(jobs) == 1 and log.number is None:
                log.job = jobs[0]
            if log.job:
                break
