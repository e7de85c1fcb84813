#!/usr/bin/python3
"""Reads and writes that fio counts, against counts known beforehand."""

import itertools

from fio_runs import (BACKENDS, CONVERSATION, DATA_BACKENDS, ENGINE, SLOT,
                      counts, newer_engine, plan, replay, request, write_trace)
from reference_rows import (check_rows, job_of, lru_counts, lru_rows,
                            reference, slots_of)
from testing import check_equal, run


def small_trace():
    """With three slots and lru: the third request's 5 takes the place of 2,
    and the last one's 3 that of 4. That request's prefix ends at once."""
    return write_trace("small.jsonl", [
        request([1, 2, 3], 0), request([1, 2, 4], 1000),
        request([1, 5], 1000), request([3, 1, 2], 2500)])


# By lookup and slots: reads, writes, skipped, evictions.
SMALL = {
    ("prefix", 5): (6, 5, 0, 0),
    ("block", 5): (6, 5, 0, 0),
    ("prefix", 3): (3, 7, 1, 4),
    ("block", 3): (4, 7, 0, 4),
}


def small_counts(engine, backend):
    trace = small_trace()
    jobs = [{"name": f"{lookup}-{slots}", "lookup": lookup, "trace": trace,
             "size": slots * SLOT, "backend": backend, "stonewall": 1}
            for lookup, slots in SMALL]
    done = replay(*jobs, engine=engine)
    for job, wanted in zip(done.jobs, SMALL.values()):
        check_equal(counts(job), wanted[:2], f"{backend} {job['jobname']}")


def test_small_trace():
    for backend in BACKENDS:
        small_counts(ENGINE, backend)


def test_small_trace_in_the_newer_fio():
    engine = newer_engine()
    for backend in BACKENDS:
        small_counts(engine, backend)


def test_small_trace_by_mooncake_plan():
    for (lookup, slots), wanted in SMALL.items():
        row, = plan(small_trace(), lookup=lookup, capacity=slots)
        got = (row["hits"], row["misses"], row["skipped"], row["evictions"])
        check_equal(got, wanted, f"{lookup} with {slots} slots")


def test_lru_rows_by_mooncake_plan():
    for row in lru_rows():
        got, = plan(CONVERSATION, lookup=row["lookup"],
                    partial=row["partial"], capacity=slots_of(row))
        for ours, theirs in (("lookups", "lookups"), ("hits", "hits"),
                             ("misses", "writes"), ("skipped", "skipped"),
                             ("evictions", "evictions")):
            check_equal(got[ours], int(row[theirs]), f"{ours} of {row}")


def test_lru_rows_over_null():
    lru_counts("null")


def test_lru_rows_over_psync():
    lru_counts("psync", lookup="block")


def test_watermarks():
    """Evictions in bursts change the plan alone, and so the counts: each row
    goes over one backend."""
    rows = reference("conversation_watermarks.csv", capacity_slots="1000",
                     lookup="prefix")
    check_rows(rows, [
        job_of(row, backend=backend, iodepth=1 if backend == "psync" else 16)
        for row, backend in zip(rows, itertools.cycle(DATA_BACKENDS))])


def test_watermarks_with_several_jobs():
    row = reference("conversation_watermarks.csv", capacity_slots="10000",
                    lookup="block", eviction="lru", evict_high="90")[0]
    for numjobs in (2, 4):
        for thread in ("0", "1"):
            done = replay(job_of(row, backend="psync", numjobs=numjobs,
                                 thread=thread))
            totals = tuple(map(sum, zip(*map(counts, done.jobs))))
            check_equal(totals, (int(row["hits"]), int(row["writes"])),
                        f"{numjobs} jobs, thread={thread}")


def test_other_policies():
    rows = [row for row in reference("conversation_cache.csv",
                                     capacity_slots="1000")
            if row["eviction"] != "lru"]
    check_rows(rows, [job_of(row, backend="psync") for row in rows])


def test_admission():
    rows = reference("conversation_admit2.csv", capacity_slots="10000")
    check_rows(rows, [job_of(row, admit=2) for row in rows])


def test_memory_tier():
    rows = reference("conversation_tiers.csv", capacity_slots="10000",
                     memory_blocks="5000")
    check_rows(rows, [
        job_of(row, memory_size=int(row["memory_blocks"]) * SLOT)
        for row in rows])


if __name__ == "__main__":
    run(globals())
