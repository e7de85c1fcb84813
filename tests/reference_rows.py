"""Rows of the reference figures as jobs, and their counts."""

import csv

from fio_runs import (CONVERSATION, ENGINE, REFERENCE, SLOT, UNBOUNDED, counts,
                      needs_conversation, replay)
from testing import check_equal


def reference(name, **where):
    needs_conversation()
    with open(REFERENCE / name, encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines)
                if all(row[key] == value for key, value in where.items())]


def slots_of(row):
    slots = row["capacity_slots"]
    return UNBOUNDED if slots == "unbounded" else int(slots)


def lru_rows():
    """The largest capacity comes first, so that the file is made once."""
    rows = [{**row, "partial": partial} for partial, name in (
            ("store", "conversation_cache.csv"),
            ("skip", "conversation_partial_skip.csv"))
            for row in reference(name, eviction="lru")]
    return sorted(rows, key=slots_of, reverse=True)


def job_of(row, **more):
    job = {"trace": CONVERSATION, "size": slots_of(row) * SLOT,
           "name": "-".join(row.values()), "stonewall": 1, **more}
    for option in ("lookup", "eviction", "partial", "offload", "evict_high",
                   "evict_low"):
        if option in row:
            job[option] = row[option]
    return job


def check_rows(rows, jobs, engine=ENGINE):
    """One fio runs all jobs, one after the other."""
    for row, job in zip(rows, replay(*jobs, engine=engine).jobs):
        wanted = int(row.get("reads") or row["hits"]), int(row["writes"])
        check_equal(counts(job), wanted, job["jobname"])


def lru_counts(backend, lookup=None, **more):
    """With @lookup only rows of that one: lru keeps no block without those
    before it, so both make the same I/O."""
    rows = [row for row in lru_rows() if lookup in (None, row["lookup"])]
    check_rows(rows, [job_of(row, backend=backend, **more) for row in rows])
