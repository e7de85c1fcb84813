#!/usr/bin/python3
"""Which of fio's logs belong to a run, what they are called and add up to."""

import json
import sys

sys.dont_write_bytecode = True
import fio_runs
from fio_runs import ENGINE, FILES, FIO
from testing import TOP, check, check_equal, fails, run

sys.path.insert(0, str(TOP / "scripts" / "lib"))
import fiojson
import runfiles
import timeline
from fiolog import Log

JOB = f"""[global]
ioengine=external:{ENGINE.library}
trace=builtin:conversation
max_requests=300
bytes_per_token=8
filename=logs.cache
size=4m
rw=randrw
replay_no_stall=1
backend=psync
write_bw_log=mine
write_lat_log=mine
[workers]
numjobs=2
lat_percentiles=1
[loads]
observe=load
new_group=1
log_offset=1
"""


def replay():
    """The run of JOB, whose jobs all log under one name."""
    path = FILES / "logs.json"
    if not path.exists():
        (FILES / "logs.fio").write_text(JOB)
        done = fio_runs.run([FIO, "--output-format=json+",
                             "--output=logs.json", "logs.fio"])
        check_equal(done.status, 0, done.text)
        # Two that are of other runs: by its number, and by its name, which
        # only begins alike.
        (FILES / "mine_bw.9.log").write_text("10, 999999, 0, 4096, 0\n")
        (FILES / "mine2_bw.1.log").write_text("10, 999999, 0, 4096, 0\n")
    one, = fiojson.load(str(path))
    return one


def test_each_log_has_the_name_of_its_job():
    one = replay()
    logs = runfiles.find_logs(one)
    names = sorted((log.kind, log.number, log.name) for log in logs
                   if log.kind in ("bw", "lat"))
    check_equal(names, [(kind, number, name) for kind in ("bw", "lat")
                        for number, name in ((1, "workers"), (2, "workers"),
                                             (3, "loads"))], "logs")
    check_equal([log.observes for log in logs if log.kind == "bw"],
                [False, False, True], "observers")


def test_prefix_takes_its_own():
    replay()
    found = {path.rsplit("/", 1)[1]
             for path in runfiles.with_prefix(str(FILES / "mine"))}
    check("mine_bw.1.log" in found and "mine_bw.9.log" in found, found)
    check("mine2_bw.1.log" not in found, found)
    everything = runfiles.with_prefix(str(FILES))
    check(str(FILES / "mine2_bw.1.log") in everything, everything)
    fails("mooncake-report", FILES / "logs.json", "--log-prefix",
          FILES / "min", saying="no log begins so")


def test_throughput_is_that_of_the_block_jobs():
    """Without what observers log, the bytes over time are the JSON's."""
    one = replay()
    logs = [log for log in runfiles.find_logs(one)
            if log.kind == "bw" and not log.observes]
    for direction in ("read", "write"):
        end = timeline.end_of(logs)
        points = timeline.throughput(logs, direction, end)
        step = timeline.step_of(end)
        got = sum(rate for _, rate in points) * step
        wanted = one.total(direction, "io_bytes")
        check(abs(got - wanted) < 1, f"{direction}: {got}, not {wanted}")


def grouped(**job):
    """A run of four clones that report as a group, with logs of means."""
    document = {"fio version": "fio-3.33", "global options": {
        "ioengine": "external:build/mooncake.so", "write_bw_log": "grouped",
        "log_avg_msec": "250", "numjobs": "4"}, "jobs": [{
            "jobname": "workers", "groupid": 0, "job options": {},
            "job_runtime": 80000,
            "read": {"io_bytes": 0, "runtime": 0},
            "write": {"io_bytes": 4 << 20, "total_ios": 4, "runtime": 20000},
            **job}]}
    path = FILES / "grouped.json"
    path.write_text(json.dumps(document))
    for clone in range(1, 5):
        (FILES / f"grouped_bw.{clone}.log").write_text(
            "250, 51, 1, 0, 0\n20000, 51, 1, 0, 0\n")
    one, = fiojson.load(str(path))
    return one


def test_logs_of_clones_that_report_as_a_group():
    """fio adds up the times of clones; the logs are this run's all the
    same."""
    one = grouped()
    check_equal(one.jobs[0].seconds, 20, "seconds of each")
    logs = runfiles.find_logs(one)
    check_equal((len(logs), one.warnings), (4, []), "logs")
    # By its means alone nobody knows what a clone moved.
    points = timeline.throughput(logs, "write", 20)
    check(points[80][1] == 0, f"{points[80]} between two windows")


def test_several_values_of_numjobs_are_no_number():
    """fio's JSON puts those of all [global] sections into one string."""
    one = grouped(job_runtime=20000)
    one.document["global options"]["numjobs"] = "4, 1"
    (FILES / "several.json").write_text(json.dumps(one.document))
    one, = fiojson.load(str(FILES / "several.json"))
    check_equal(one.jobs[0].clones, 1, "clones")
    check_equal(runfiles.find_logs(one)[0].name, "workers", "job of a log")


def test_what_the_last_window_lacks_is_in_the_throughput():
    """fio logs no window that is not over when the job ends."""
    one = grouped(**{"job options": {"numjobs": "1"}, "job_runtime": 1000,
                     "write": {"io_bytes": 1 << 20, "total_ios": 1,
                               "runtime": 1000}})
    for clone in (2, 3, 4):
        (FILES / f"grouped_bw.{clone}.log").unlink()
    (FILES / "grouped_bw.1.log").write_text("600, 1000, 1, 0, 0\n")
    logs = runfiles.find_logs(one)
    end = timeline.end_of(logs)
    check_equal(end, 1, "the end of the run")
    points = timeline.throughput(logs, "write", end)
    total = sum(rate for _, rate in points) * timeline.step_of(end)
    check(abs(total - (1 << 20)) < 1, f"{total} bytes")
    check(points[-1][0] > 0.99 and points[-1][1] > 0, f"ends by {points[-1]}")


def test_nothing_is_left_over_at_the_end():
    """Whatever a run takes, its last moment is in the last step."""
    for end in (3, 10, 34, 999, 1501, 60007):
        path = FILES / "end_bw.1.log"
        path.write_text(f"{end // 2}, 1, 0, 4096, 0\n{end}, 1, 0, 4096, 0\n")
        log = Log(str(path))
        points = timeline.throughput([log], "read", log.end)
        check(points[-1][0] < log.end, f"a step behind {end} ms: {points[-1]}")
        total = sum(rate for _, rate in points) * timeline.step_of(log.end)
        check(abs(total - 8192) < 1, f"{total} bytes in {end} ms")


def test_means_over_time_add_up():
    """With log_avg_msec an entry is the rate since the one before."""
    path = FILES / "means_bw.1.log"
    path.write_text("500, 100, 0, 0, 0\n1000, 300, 0, 0, 0\n")
    log = Log(str(path))
    points = timeline.throughput([log], "read", log.end)
    total = sum(rate for _, rate in points) * timeline.step_of(log.end)
    check(abs(total - 200 * 1024) < 1, f"{total} bytes")


if __name__ == "__main__":
    run(globals())
