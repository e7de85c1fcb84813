#!/usr/bin/python3
"""
Each fault that a backend can have (tests/backends/slow.c) at each place of a
small trace: depth, jobs, limits. What does no harm ends with exact counts, an
error ends the run with itself, at whatever moment it comes. FULL=1 in the
environment tries all combinations, not one in some twenty.
"""

import itertools
import os

from backend_runs import report
from fio_runs import SLOT, SLOW, command, planned, small_trace
from fio_runs import run as run_fio
from testing import check, check_equal, run

STEPS = sum(planned(small_trace(), slots=16))
# Limits, and how many I/Os a job then does at the most; with time_based at the
# least.
LIMITS = (({}, STEPS),
          ({"io_size": 6 * SLOT}, 6),
          ({"number_ios": 5}, 5),
          ({"runtime": 100}, STEPS),
          ({"time_based": 1, "runtime": "200ms"}, STEPS))
GRID = list(itertools.product(range(1, STEPS + 2), (1, 4), (1, 2), LIMITS))
# Every so many combinations are tried. It shares no factor with the grid's
# sizes, so that each value of each comes to its turn.
STRIDE = 1 if os.environ.get("FULL") else 23


def each_run(fault):
    """Yields for each combination how the run went, how often the fault came
    to its turn, the job's options, and the I/Os that its limit allows."""
    for position, depth, jobs, (limit, ios) in GRID[::STRIDE]:
        job = {"iodepth": depth, "numjobs": jobs, **limit,
               "backend_options": f"{fault}={position}"}
        done = run_fio(command({
            "trace": small_trace(), "backend": SLOW, "size": 16 * SLOT,
            "group_reporting": 1, "check_blocks": "data", **job}))
        fired = done.err.count(f"slow: {fault}={position}\n")
        if jobs == 1 and not limit and position < 5:
            check(fired == 1, f"{fault}={position} never came to its turn")
        yield done, fired, job, ios


def check_harmless(fault, more):
    """@more is 1 where the fault is a short I/O: of that fio counts two, and
    the bytes of the second alone."""
    for done, fired, job, ios in each_run(fault):
        what = f"{job}: {done.text[-300:]}"
        check_equal(done.status, 0, what)
        counts = sum(report(done).counts) - more * fired
        moved = sum(report(done).job[way]["io_bytes"]
                    for way in ("read", "write"))
        check_equal(moved, counts * SLOT - more * fired * (SLOT // 2), what)
        if "time_based" in job:
            check(counts >= ios, what)
        elif job["numjobs"] == 1 or ios == STEPS:
            check_equal(counts, ios, what)
        else:
            check(ios <= counts <= ios * job["numjobs"], what)


def check_ends(fault):
    for done, fired, job, _ in each_run(fault):
        what = f"{job}, {fired} times: {done.text[-300:]}"
        check_equal(done.status > 0, fired > 0, what)
        check(not fired or "Input/output error" in done.text, what)


def test_the_rest_of_a_short_io_is_issued():
    check_harmless("short_at", more=1)


def test_a_refused_io_is_issued_again():
    check_harmless("busy_at", more=0)


def test_an_error_ends_the_run():
    check_ends("error_at")


def test_an_error_of_commit_ends_the_run():
    check_ends("commit_error_at")


def test_an_error_of_reaping_ends_the_run():
    check_ends("reap_error_at")


if __name__ == "__main__":
    run(globals())
