#!/usr/bin/python3
"""
What comes from outside a run: jobs that are killed or stopped, limits and a
trace that never comes. A run ends in bounded time, with its own error or with
exact counts, and leaves nothing.
"""

import os
import signal
import time

from backend_runs import report
from fio_runs import (SLOT, SLOW, command, file, finish, jobs_of, mixed_trace,
                      planned, request, small_trace, start, wait_for,
                      write_trace)
from fio_runs import run as run_fio
from testing import check, check_equal, check_has, run


def test_batches_with_a_runtime():
    for _ in range(3):
        done = run_fio(command({
            "trace": "builtin:toolagent", "size": 500 * SLOT, "iodepth": 8,
            "iodepth_batch_submit": 4, "time_based": 1, "runtime": "300ms",
            "backend": "io_uring"}))
        check(done.status == 0, f"{done.status}: {done.text[-300:]}")


def test_ramp_while_waiting_for_arrivals():
    trace = write_trace("ramp.jsonl", [request([1], 0), request([1], 60000)])
    begin = time.monotonic()
    done = run_fio(command({"trace": trace, "replay_no_stall": 0,
                            "replay_time_scale": 100, "ramp_time": 1,
                            "runtime": 1}))
    check(done.status == 0, f"{done.status}: {done.text[-300:]}")
    took = time.monotonic() - begin
    check(took < 30, "runtime was not looked at")
    check(took >= 2, f"a second of runtime after one of ramp took {took} s")


def test_all_lookups_in_memory():
    trace = write_trace("memory.jsonl", [request([1, 2])] * 5)
    process = start(["env", "--default-signal=INT",
                     *command({"trace": trace, "memory_size": 64 * SLOT,
                               "time_based": 1, "runtime": 1})])
    done = finish(process)
    check(done.status == 0, f"{done.status}: {done.text[-300:]}")


def endless(**more):
    return {"trace": "builtin:toolagent", "size": 500 * SLOT, "time_based": 1,
            "runtime": 600, "backend": "io_uring", "iodepth": 4, **more}


def running(process, wanted):
    wait_for(lambda: len(jobs_of(process)) == wanted, "jobs")
    time.sleep(0.2)
    return jobs_of(process)


def test_stopped_and_continued():
    process = start(command(endless(numjobs=3, runtime=3)))
    for pid in running(process, 3)[:2]:
        os.kill(pid, signal.SIGSTOP)
        time.sleep(0.3)
        os.kill(pid, signal.SIGCONT)
    done = finish(process)
    check(done.status == 0, f"{done.status}: {done.text[-300:]}")


def test_the_only_job_is_killed():
    """Several times, since fio may be at any step of its own end when it is
    noticed."""
    for _ in range(8):
        process = start(command(endless()))
        os.kill(running(process, 1)[0], signal.SIGKILL)
        done = finish(process)
        check_equal(done.status, 1, "exit status")


def gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().split()[2] == "Z"
    except OSError:
        return True


def test_the_parent_is_killed():
    for backend in ("psync", "io_uring"):
        process = start(command(endless(numjobs=3, backend=backend)))
        pids = running(process, 3)
        process.kill()
        process.communicate()
        wait_for(lambda pids=pids: all(map(gone, pids)), "its jobs")


def test_one_error_that_is_gone_over_counts_once():
    done = run_fio(command({
        "trace": small_trace(), "backend": SLOW, "size": 16 * SLOT,
        "backend_options": "error_at=1", "continue_on_error": "write"}))
    # fio itself counts each error of an asynchronous engine twice.
    check_equal(report(done).job["total_err"], 2, f"errors: {done.err}")
    check_equal(report(done).counts, planned(small_trace(), slots=16), "I/Os")


def test_a_trace_that_never_comes():
    path = file("fifo")
    os.mkfifo(path)
    process = start(["env", "--default-signal=INT",
                     *command({"trace": path})])
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    done = finish(process)
    check(done.status > 0, f"status {done.status}")
    path.unlink()


def test_a_job_of_the_group_waits_for_another():
    trace = mixed_trace()
    done = run_fio(command({"trace": trace, "name": "a"},
                           {"trace": trace, "name": "b", "wait_for": "a"}))
    if done.status == 0:
        check_equal(sum(sum((job["read"]["total_ios"],
                             job["write"]["total_ios"]))
                        for job in done.jobs), sum(planned(trace)), "I/Os")
    else:
        check_has(done.err, "wait_for=")


if __name__ == "__main__":
    run(globals())
