#!/usr/bin/python3
"""
Storage that fails: short I/Os, refusals, errors at commit and at reaping, each
at every position of a small trace, full filesystems, a file that another
overwrites, jobs that are killed. A run ends in bounded time, with its own
error or with exact counts, and leaves nothing.
"""

import os
import signal
import subprocess
import time

from fio_runs import (BUILD, SLOT, Run, command, file, finish, jobs_of,
                      mixed_trace, planned, request, start, wait_for,
                      write_trace)
from fio_runs import run as run_fio
from testing import Skip, check, check_equal, check_has, run

SLOW = f"external:{BUILD}/backends/slow.so"


def small_trace():
    """Eight writes and five reads, in six requests."""
    ids = ([1, 2], [1, 3], [1, 2], [4, 5], [1, 3], [6, 7, 8])
    return write_trace("small.jsonl", map(request, ids))


def small(fault, position, depth, jobs, **more):
    return run_fio(command({
        "trace": small_trace(), "backend": SLOW, "iodepth": depth,
        "numjobs": jobs, "group_reporting": 1, "size": 16 * SLOT,
        "backend_options": f"{fault}={position}", **more}))


def report(done):
    """fio puts a hint at the first error before its JSON."""
    return Run(done.status, done.out[done.out.index("{\n"):], done.err)


def everywhere():
    wanted = planned(small_trace(), slots=16)
    for position in (1, 2, 5, sum(wanted)):
        for depth, jobs in ((1, 1), (4, 1), (4, 2)):
            yield position, depth, jobs, wanted


def harmless(fault, more):
    """Each job has one. fio counts the rest of a short I/O as one more, and
    only the rest's bytes."""
    for position, depth, jobs, wanted in everywhere():
        done = small(fault, position, depth, jobs, check_blocks="data")
        what = f"{fault}={position} depth {depth} jobs {jobs}"
        check(done.status == 0, f"{what}: {done.text[-300:]}")
        moved = done.job["read"]["io_bytes"], done.job["write"]["io_bytes"]
        missing = SLOT * sum(wanted) - sum(moved)
        check(0 <= missing <= more * jobs * SLOT // 2, f"{what}: {moved}")
        extra = sum(done.counts) - sum(wanted)
        check(more * (jobs == 1) <= extra <= more * jobs,
              f"{what}: {extra} more I/Os")


def test_the_rest_of_a_short_io_is_issued():
    harmless("short_at", more=1)


def test_a_refused_io_is_issued_again():
    harmless("busy_at", more=0)


def test_errors_of_commit_and_reaping_end_the_run():
    for fault in ("error_at", "commit_error_at", "reap_error_at"):
        for position, depth, jobs, _ in everywhere():
            if position > 5 or (jobs > 1 and position > 1):
                continue        # there may be no such call
            done = small(fault, position, depth, jobs)
            check(done.status > 0, f"{fault}={position} depth {depth} jobs "
                  f"{jobs}: status {done.status}")
            # fio itself forgets to turn the sign of what reaping returns.
            check("func=get_events" in done.text or
                  "Input/output error" in done.text,
                  f"{fault}={position}: {done.err[:300]}")


def test_short_with_a_limit():
    for depth in (1, 4):
        done = small("short_at", 3, depth, 1, number_ios=5,
                     check_blocks="data")
        check(done.status == 0, done.text[-300:])


class Full:
    """A filesystem of 1 MiB."""

    def __enter__(self):
        self.path = file("full")
        self.path.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m",
                               "none", self.path], capture_output=True,
                              check=False)
        if done.returncode:
            self.path.rmdir()
            raise Skip("no filesystem can be mounted here")
        return self.path

    def __exit__(self, *_):
        subprocess.run(["umount", self.path], check=True)
        self.path.rmdir()


def test_a_full_filesystem():
    for backend in ("psync", "libaio", "io_uring", "posixaio"):
        for depth in (1, 8):
            with Full() as folder:
                done = run_fio(command({
                    "trace": "builtin:conversation", "max_requests": 100,
                    "backend": backend, "iodepth": depth, "size": "4m",
                    "fallocate": "none", "filename": folder / "kv.dat"}))
                check(done.status > 0, f"{backend}: status {done.status}")
                check_has(done.text, "No space left on device")


def test_batches_with_a_runtime():
    for _ in range(3):
        done = run_fio(command({
            "trace": "builtin:toolagent", "size": 500 * SLOT, "iodepth": 8,
            "iodepth_batch_submit": 4, "time_based": 1, "runtime": 1,
            "backend": "io_uring"}))
        check(done.status == 0, f"{done.status}: {done.text[-300:]}")


def test_ramp_while_waiting_for_arrivals():
    trace = write_trace("ramp.jsonl", [request([1], 0), request([1], 60000)])
    begin = time.monotonic()
    done = run_fio(command({"trace": trace, "replay_no_stall": 0,
                            "replay_time_scale": 100, "ramp_time": 1,
                            "runtime": 1}))
    check(done.status == 0, f"{done.status}: {done.text[-300:]}")
    check(time.monotonic() - begin < 30, "runtime was not looked at")


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
    time.sleep(0.5)
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
    """Often: fio may be at any step of its own end when it is noticed."""
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


def test_one_wrong_byte_in_the_middle():
    """Another writes into the middle of every block while fio sleeps."""
    path = file("wrong.dat")
    trace = write_trace("wrong.jsonl", [request(range(8)),
                                        request(range(8), 2000)])
    for check_blocks, noticed in ((1, False), ("data", True)):
        process = start(command({
            "trace": trace, "filename": path, "size": 8 * SLOT,
            "replay_no_stall": 0, "check_blocks": check_blocks}))
        wait_for(lambda: path.exists() and
                 path.read_bytes()[7 * SLOT:7 * SLOT + 8] != bytes(8),
                 "the last block")
        with open(path, "r+b") as data:
            for block in range(8):
                data.seek(block * SLOT + SLOT // 2)
                byte = data.read(1)
                data.seek(-1, os.SEEK_CUR)
                data.write(bytes([byte[0] ^ 1]))
        done = finish(process)
        check((done.status > 0) == noticed,
              f"check_blocks={check_blocks}: status {done.status}")
        path.unlink()


def test_one_error_that_is_gone_over_counts_once():
    done = small("error_at", 1, 1, 1, continue_on_error="write")
    # fio counts an asynchronous engine's error twice by itself.
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
