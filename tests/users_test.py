#!/usr/bin/python3
"""Sessions and users through fio: counts, order, think times, pace."""

import csv
import itertools
import json

from fio_runs import (BUILD, FILES, REFERENCE, SLOT, counts, plan, planned,
                      refused, replay, request, write_trace)
from testing import TOP, Skip, check, check_equal, check_has, run

CASES = TOP.parent / "shared" / "cases"
SLOW = f"external:{BUILD / 'backends' / 'slow.so'}"
SERVICE_MS = 10
TABLES = ("sessions_open.csv", "sessions_users.csv")


def turn(session, block, **more):
    line = {"session_id": session, "input_length": 512, "output_length": 1,
            "hash_ids": [block], **more}
    return json.dumps(line)


def sessions_trace(name, users, turns, delay):
    """Each user one session; no block is looked up twice."""
    lines = [turn(user, user * turns + k, **({"delay": delay} if k else {}))
             for user in range(users) for k in range(turns)]
    return write_trace(name, lines)


def reference(name):
    path = REFERENCE / name
    if not path.exists() or not CASES.exists():
        raise Skip(f"{path} is not here")
    with open(path, encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def traces_of(name):
    """The rows of a table of reference counts, each with its trace."""
    for row in reference(name):
        yield row, CASES / ("sessions_untimed.jsonl" if "users" in name else
                            f"sessions_{row['rows']}.jsonl")


def check_rows(rows, **more):
    """One fio runs them one after the other."""
    jobs = []
    for row, trace in rows:
        slots = row["capacity_slots"]
        size = (3000 if slots == "unbounded" else int(slots)) * SLOT
        jobs.append({"name": "-".join(row.values()), "stonewall": 1,
                     "trace": trace, "session_rows": row["rows"],
                     "sessions": row["sessions"], "size": size, "iodepth": 8,
                     "check_blocks": 1, "group_reporting": 1, **more})
    for (row, _), job in zip(rows, replay(*jobs).jobs, strict=True):
        check_equal(counts(job), (int(row["hits"]), int(row["writes"])),
                    f"counts of {row} with {more}")


def test_rows_of_the_command():
    for name in TABLES:
        for row, trace in traces_of(name):
            found, = plan(trace, session_rows=row["rows"],
                          sessions=row["sessions"],
                          capacity=row["capacity_slots"])
            names = {"writes": "misses"}
            for each in ("lookups", "hits", "writes", "skipped", "evictions"):
                check_equal(found[names.get(each, each)], int(row[each]),
                            f"{each} of {row}")


def test_rows_through_fio():
    rows = [each for name in TABLES for each in traces_of(name)]
    for backend, jobs in itertools.product(("null", "io_uring"), (1, 4)):
        check_rows(rows, backend=backend, numjobs=jobs)


def test_rows_of_users_at_their_pace():
    check_rows(list(traces_of("sessions_users.csv")), backend="libaio",
               numjobs=2, thread=1, replay_no_stall=0,
               replay_time_scale=1000000)


def test_stamped_rows_that_arrive_together():
    """More requests of a session wait for a slot than there are sessions."""
    lines = [request([0, *range(turn + 1)], session_id=turn % 2)
             for turn in range(100)]
    trace = write_trace("together.jsonl", lines)
    wanted = planned(trace)
    for jobs in (1, 2):
        done = replay({"trace": trace, "replay_no_stall": 0, "iodepth": 2,
                       "numjobs": jobs, "group_reporting": 1,
                       "size": 64 * SLOT, "backend": "libaio",
                       "check_blocks": "data"})
        check_equal(done.counts, wanted, f"{jobs} jobs")


def users(count, delay, turns=20, **more):
    """The JSON of a closed loop over a device with a known service time."""
    trace = sessions_trace("users.jsonl", count, turns, delay)
    return replay({
        "trace": trace, "sessions": count, "replay_no_stall": 0,
        "size": count * turns * SLOT, "store": "inline", "iodepth": 64,
        "backend": SLOW, "group_reporting": 1,
        "backend_options": f"service_us={SERVICE_MS * 1000},"
                           f"write_us={SERVICE_MS * 1000},parallel=64",
        **more}).job


def test_no_more_in_flight_than_users():
    """What a user asks comes after the answer and the think time."""
    for count, delay in ((1, 0), (1, 20), (4, 0), (4, 20)):
        job = users(count, delay)
        check_equal(counts(job)[1], count * 20, "requests")
        least = 20 * SERVICE_MS + 19 * delay
        check(job["write"]["runtime"] >= least - 2,
              f"{count} users with {delay} ms took"
              f" {job['write']['runtime']} ms, not {least}")


def test_several_jobs_share_the_users():
    job = users(8, 5, numjobs=4)
    check_equal(counts(job)[1], 160, "requests")
    check(job["write"]["runtime"] >= 20 * SERVICE_MS + 19 * 5 - 2,
          "users asked before they were answered")


def test_a_slow_user_holds_up_nobody():
    """The others' last requests come long before the slow one's."""
    fast = [turn(n, 100 * n + k, **({"delay": 1} if k else {}))
            for n in range(3) for k in range(20)]
    slow = [turn("slow", 900 + k, **({"delay": 1000} if k else {}))
            for k in range(3)]
    trace = write_trace("slow.jsonl", slow + fast)
    log = FILES / "pace"
    replay({"trace": trace, "sessions": 4, "replay_no_stall": 0,
            "size": 100 * SLOT, "backend": "io_uring", "iodepth": 8,
            "write_lat_log": log, "store": "inline"})
    times = [int(line.split(",")[0]) for line in
             (FILES / "pace_clat.1.log").read_text(encoding="utf-8")
             .splitlines()]
    check_equal(len(times), 63, "writes")
    check(sum(t < 1000 for t in times) >= 61, f"the others waited: {times}")


def test_a_read_waits_for_another_user():
    """By the plan it hits what a user writes who thinks for a while first."""
    lines = [turn("a", 1), turn("a", 2, delay=300), turn("b", 5),
             turn("b", 2, delay=310)]
    trace = write_trace("waits.jsonl", lines)
    for jobs in (1, 2):
        done = replay({"trace": trace, "sessions": 2, "replay_no_stall": 0,
                       "numjobs": jobs, "group_reporting": 1, "iodepth": 4,
                       "backend": "io_uring"})
        check_equal(counts(done.job), (1, 3), "counts")


def test_time_scale_is_of_think_times():
    job = users(2, 200, turns=4, replay_time_scale=400)
    check(4 * SERVICE_MS + 3 * 50 - 2 <= job["write"]["runtime"] < 600,
          f"think times of 50 ms took {job['write']['runtime']} ms")


def test_loops_and_limits():
    job = users(4, 0, turns=10, loops=3)
    check_equal(sum(counts(job)), 120, "requests of three passes")
    trace = sessions_trace("long.jsonl", 4, 50, 1)
    done = replay({"trace": trace, "sessions": 4, "time_based": 1,
                   "runtime": 1, "size": 300 * SLOT, "backend": "io_uring",
                   "iodepth": 8, "replay_no_stall": 0})
    check(sum(done.counts) > 200, f"only {done.counts} in a second")
    done = replay({"trace": trace, "sessions": 4, "number_ios": 30,
                   "size": 300 * SLOT, "backend": "io_uring", "iodepth": 8})
    check_equal(sum(done.counts), 30, "limited I/Os")


def test_observers_see_when_the_user_asked():
    trace = sessions_trace("seen.jsonl", 3, 10, 2)
    base = {"trace": trace, "sessions": 3, "replay_no_stall": 0,
            "size": 40 * SLOT, "backend": "io_uring", "iodepth": 8}
    done = replay(base, {**base, "name": "seen", "observe": "request",
                         "new_group": 1})
    check_equal(done.jobs[1]["read"]["total_ios"], 30, "samples")


def test_plan_line():
    trace = sessions_trace("said.jsonl", 3, 4, 2)
    done = replay({"trace": trace, "sessions": 2, "size": 20 * SLOT},
                  output="normal")
    check_has(done.out, "3 sessions, 2 users")
    first = write_trace("unit.jsonl", [request([n], timestamp=n * 60 + 1e9,
                                               tokens=512)
                                       for n in range(4)])
    done = replay({"trace": first, "timestamp_unit": "s"}, output="normal")
    check_has(done.out, "over 3 min")
    refused("timestamp_unit=s", replay_no_stall=0, trace=write_trace(
        "wrong.jsonl", [request(range(100), timestamp=n / 1000)
                        for n in range(9)]))


if __name__ == "__main__":
    run(globals())
