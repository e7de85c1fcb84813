"""How far a running replay is."""

import sys
import time

import figures
import fiojson
import runfiles
import units
from cli import Error

PLAIN_SECONDS = 10


def _last_begun(text, job_file):
    """The run in fio's JSON that is going on, or the last that was."""
    try:
        runs = fiojson.parse(text, "fio", job_file)
    except Error:
        return None
    begun = [run for run in runs if run.total("read", "total_ios") +
             run.total("write", "total_ios")]
    return begun[-1] if begun else None


def _share(run, plan):
    """
    How much of all passes over the trace is done; None where a run time ends
    the run.
    """
    if run.option("time_based", "0") != "0" or not plan:
        return None
    share = figures.share_done(run, plan)
    passes = units.parse_size(run.option("loops") or "1") or 1
    return None if share is None else min(share / passes, 1.0)


def _seconds_left(run, plan, share):
    gone = figures.wall_seconds(run)
    runtime = run.option("runtime")
    limit = units.parse_duration(runtime) if runtime else None
    if share:
        left = gone * (1 - share) / share
        paced = plan.paced_seconds
        if paced:
            left = max(paced - gone, 0)
        return left if limit is None else min(left, max(limit - gone, 0))
    return None if limit is None else max(limit - gone, 0)


def _words(run, plan):
    """What is known of the run so far, part by part."""
    share = _share(run, plan)
    rows = {each.key: each.value for each in figures.collect(run, plan)}
    if share is not None:
        yield f"{100 * share:.0f}% of the trace"
    if rows["qps"]:
        yield f"{units.digits(rows['qps'])} requests/s"
    if rows["hit_rate"] is not None:
        yield f"hit rate {units.share(rows['hit_rate'])}"
    if rows.get("load.p99"):
        yield f"loads P99 {units.nanoseconds(rows['load.p99'])}"
    left = _seconds_left(run, plan, share)
    if left is not None:
        yield f"{units.duration(left)} left"


class Progress:
    """One line that changes on a terminal, else a line now and then."""

    def __init__(self, job_file, stream=sys.stderr):
        self.job_file = job_file
        self.stream = stream
        self.live = stream.isatty()
        self._shown = 0
        self._width = 0

    def show(self, text):
        if not self.live and time.monotonic() - self._shown < PLAIN_SECONDS:
            return
        run = _last_begun(text, self.job_file)
        if not run:
            return
        self._shown = time.monotonic()
        line = ", ".join(_words(run, runfiles.find_plan(run)))
        if self.live:
            self.stream.write("\r" + line.ljust(self._width))
            self._width = len(line)
        else:
            self.stream.write(line + "\n")
        self.stream.flush()

    def say(self, line):
        """A line of its own, where the changing one may stand."""
        if self._width:
            self.stream.write("\r" + " " * self._width + "\r")
            self._width = 0
        self.stream.write(line + "\n")
        self.stream.flush()

    def end(self):
        if self._width:
            self.stream.write("\n")
            self.stream.flush()
