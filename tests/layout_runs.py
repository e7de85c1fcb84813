"""What tests of layouts in files share: jobs, folders, runs that are spoilt."""

import shutil
import time

from fio_runs import (SLOT, command, counts, file, finish, held, mixed_trace,
                      plan, start, wait_for)
from testing import check, check_equal, check_has

SLOTS = 32


def folder(name="cache"):
    path = file(name)
    shutil.rmtree(path, ignore_errors=True)
    return path


def job(layout, **more):
    options = {"trace": mixed_trace(), "layout": layout, "size": SLOTS * SLOT,
               "filename": file("cache"), "check_blocks": "data"}
    if layout == "buckets":
        options["bucket_objects"] = 4
    return {**options, **more}


def planned(layout, **more):
    options = {"layout": layout, "size": SLOTS * SLOT, "bytes_per_token": 8}
    if layout == "buckets":
        options["bucket_objects"] = 4
    return plan(mixed_trace(), **{**options, **more})[0]


def check_counts(done, row):
    """The counts of all jobs together are those of the plan."""
    read = sum(counts(job)[0] for job in done.jobs)
    written = sum(counts(job)[1] for job in done.jobs)
    check_equal((read, written), (row["hits"], row["writes"]), "counts")


def files_below(path):
    return [p for p in path.rglob("*") if p.is_file() and
            p.name != ".mooncake-cache"]


def endless(layout, **more):
    path = folder()
    return path, start(command(job(layout, time_based=1, runtime=600,
                                   size=256 * SLOT, **more)))


def fails_when(layout, spoil, *saying, **more):
    path, process = endless(layout, **more)
    wait_for(lambda: path.exists() and len(files_below(path)) > 8, "files")
    time.sleep(0.2)
    with held(process):
        spoil([p for p in files_below(path) if p.stat().st_size])
    done = finish(process)
    check(done.status > 0, f"{layout} ended with {done.status}")
    for part in saying:
        check_has(done.err, part)


def spoil_bytes(paths, at=100):
    for path in paths:
        with open(path, "r+b") as target:
            target.seek(at)
            target.write(b"?")
