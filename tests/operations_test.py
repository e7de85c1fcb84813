#!/usr/bin/python3
"""Operations on files of layout=files and buckets: which system calls there
are, and what observers see of them."""

import os
import re
import signal
import time
from pathlib import Path

from fio_runs import (command, counts, file, finish, jobs_of, replay, start,
                      traced, wait_for)
from fio_runs import run as run_fio
from layout_runs import files_below, folder, job, planned
from testing import check, check_equal, check_has, run


def test_calls_are_the_plans():
    row = planned("files")
    folder()
    calls = traced("openat,rename,unlink", job("files", publish="rename"))
    cache = f'"{file("cache")}/'
    made = [c for c in calls if " openat(" in c and cache in c]
    check_equal(sum(" rename(" in c for c in calls), row["writes"], "renames")
    # Only those of the cache: a sanitizer unlinks a file of its own.
    check_equal(sum(" unlink(" in c and cache in c for c in calls),
                row["evictions"], "unlinks")
    check_equal(sum("O_RDONLY" in c for c in made), row["hits"], "loads")
    check_equal(sum("O_CREAT" in c and "= -1" not in c for c in made),
                row["writes"] + 1, "files made, and the mark")


def test_buckets_are_made_and_unlinked_whole():
    row = planned("buckets")
    folder()
    calls = traced("openat,unlink", job("buckets"))
    made = [c for c in calls if ".bucket" in c and "O_CREAT" in c and
            "= -1" not in c]
    check_equal(len(made), row["files_created"], "buckets made")
    check_equal(sum(" unlink(" in c and ".bucket" in c for c in calls),
                row["files_unlinked"], "buckets unlinked")


def test_observers():
    folder()
    watch = {kind: {"name": kind, "observe": kind, "new_group": 1}
             for kind in ("open", "create", "publish", "unlink", "probe")}
    base = job("files", publish="rename", probe="stat", numjobs=2)
    jobs = [base] + [{**base, "numjobs": 1, **w} for w in watch.values()]
    begun = time.monotonic()
    done = replay(*jobs)
    longest = (time.monotonic() - begun) * 1e9
    row = planned("files", probe="stat")
    seen = {j["jobname"]: j["read"] for j in done.jobs}
    told = {j["jobname"]: j.get("desc") for j in done.jobs}
    for kind, wanted in (("open", row["hits"]), ("create", row["writes"]),
                         ("publish", row["writes"]),
                         ("unlink", row["evictions"]),
                         ("probe", row["probes"])):
        check_equal(seen[kind]["total_ios"], wanted, f"samples of {kind}")
        check_equal(seen[kind]["io_bytes"], 0, f"bytes of {kind}")
        check(seen[kind]["lat_ns"]["max"] <= longest,
              f"{kind} took longer than the run")
        check_equal(told[kind], f"observe={kind}", "what the job says of itself")


def has_stalled(pid):
    """Whether it makes no system call that writes within a second."""
    def writes():
        text = Path(f"/proc/{pid}/io").read_text(encoding="utf-8")
        return re.search(r"syscw: (\d+)", text)[1]

    before = writes()
    time.sleep(1)
    return writes() == before


def test_observers_that_lag_behind():
    """A worker waits until they have room for more; that is no part of the
    time that its operations take."""
    path, seconds = folder(), 3
    base = job("files", loops=200)
    process = start(command(base, {**base, "name": "seen", "new_group": 1,
                                   "observe": "unlink"}))
    wait_for(lambda: path.exists() and files_below(path), "files")
    worker, observer = jobs_of(process)
    os.kill(observer, signal.SIGSTOP)
    wait_for(lambda: has_stalled(worker), "the worker to wait")
    time.sleep(seconds)
    os.kill(observer, signal.SIGCONT)
    done = finish(process)
    check_equal(done.status, 0, f"status: {done.err}")
    seen = done.jobs[1]["read"]
    check(seen["total_ios"] > 32768, "the worker never had to wait")
    check(seen["clat_ns"]["max"] < seconds * 1e9, "the longest unlink "
          f"took {seen['clat_ns']['max'] / 1e9} s")


def test_observers_of_nothing():
    base = job("slots", filename=file())
    done = run_fio(command(base, {**base, "name": "seen", "new_group": 1,
                                  "observe": "open"}))
    check(done.status > 0, f"observe=open ended with {done.status}")
    check_has(done.err, "layout=slots")
    check(" died" not in done.err, done.err)


def test_looking_for_blocks_in_buckets():
    """Each lookup up to the first miss, and that one too, is a stat."""
    row = planned("buckets", probe="stat")
    blocks, probes = replay(
        job("buckets", probe="stat", name="blocks"),
        job("buckets", probe="stat", name="probes", observe="probe",
            new_group=1)).jobs
    check_equal(counts(blocks), (row["hits"], row["writes"]), "counts")
    check_equal(counts(probes)[0], row["probes"], "probes")


if __name__ == "__main__":
    run(globals())
