#!/usr/bin/env python3
"""
Caches far smaller than a request, with ids that come back within it: every
write soon reuses a slot, and reads wait for writes of their own request. In
whatever order a job gives its I/O, it must come to its end, with the counts
of the plan and the right block in every hit.
"""

import itertools
import random

from fio_runs import SLOT, counts, planned, replay, request, write_trace
from testing import check_equal, run

REQUESTS = 400


def trace():
    draw = random.Random(7)
    return write_trace("tiny.jsonl", [
        request([draw.randrange(12) for _ in range(draw.randrange(14))])
        for _ in range(REQUESTS)])


def jobs(path):
    """One job or three, in turn, of every way to store and look up."""
    ways = itertools.product(("inline", "async"), ("block", "prefix"), (1, 3))
    for number, (store, lookup, workers) in enumerate(ways):
        slots = number % 5 + 1
        yield slots, lookup, {
            "trace": path, "size": slots * SLOT, "lookup": lookup,
            "store": store, "numjobs": workers, "group_reporting": 1,
            "iodepth": 8, "max_inflight_requests": 0}


def come_to_an_end(backend):
    path = trace()
    for slots, lookup, job in jobs(path):
        done = replay({**job, "backend": backend})
        check_equal(counts(done.job), planned(path, slots, lookup=lookup),
                    f"{job}")


def test_over_null():
    come_to_an_end("null")


def test_over_libaio():
    come_to_an_end("libaio")


def test_over_io_uring():
    come_to_an_end("io_uring")


if __name__ == "__main__":
    run(globals())
