#!/usr/bin/python3
"""Objects side by side in buckets, which direct I/O can't read as they are."""

import re

from fio_runs import DATA_BACKENDS, replay, traced
from layout_runs import (SLOTS, check_counts, fails_when, job, planned,
                         spoil_bytes)
from testing import check, check_equal, run

PACKED = {"object_header": 100, "object_align": 1, "direct": 1,
          "chunk_tokens": 128, "bytes_per_token": 32}
OBJECT = 128 * 32 + 100


def packed(layout="buckets", **more):
    return job(layout, **{**PACKED, "size": SLOTS * 4 * OBJECT, **more})


def test_packed_objects_with_direct_io():
    whole = {"bucket_objects": 4}
    apart = {"bucket_objects": 8, "direct_writes": 0}
    for backend in DATA_BACKENDS:
        for more in ({**apart, "bs": "1536,512", "header_reads": 1},
                     {**whole, "bs": "1024,5120", "numjobs": 2,
                      "header_reads": 2}):
            replay(packed(backend=backend, iodepth=8, **more))
        row = planned("buckets", bucket_objects=2)
        check_counts(replay(packed(backend=backend, **apart)),
                     {"hits": 4 * row["hits"], "writes": 4 * row["writes"]})
        row = planned("buckets", bucket_objects=1)
        check_counts(replay(packed(backend=backend, bs="64k", **whole)),
                     {"hits": 4 * row["hits"], "writes": row["writes"]})
    replay(packed("files", bucket_objects=None, direct_writes=0, loops=2))
    replay(packed(direct=0, **apart))


def test_a_widened_read_is_one():
    """Also of an object that is less than two pages long and lies in three."""
    row = planned("buckets", bucket_objects=2)
    check_counts(replay(packed(bucket_objects=8, direct_writes=0,
                               object_header=0, bytes_per_token=44,
                               size=SLOTS * 4 * 128 * 44)),
                 {"hits": 4 * row["hits"], "writes": 4 * row["writes"]})


def ios_of(kind, calls):
    """Size and offset of each pread64 or pwrite64."""
    return [tuple(map(int, re.search(r", (\d+), (\d+)\)\s+= ", call).groups()))
            for call in calls if f" {kind}(" in call and ".bucket" in call]


def opened(calls):
    return [call for call in calls if " openat(" in call and
            ".bucket" in call]


def test_packed_objects_are_read_within_bounds():
    """Reads are widened to multiples of 4096 on both sides, and no further."""
    calls = traced("openat,pread64,pwrite64",
                   packed(bucket_objects=8, direct_writes=0))
    reads, writes = ios_of("pread64", calls), ios_of("pwrite64", calls)
    check(reads and writes, "no I/O was seen")
    check_equal({at % OBJECT for _, at in writes}, {0}, "places of objects")
    check_equal({size for size, _ in writes}, {OBJECT}, "bytes of a write")
    data = {(at, at + 4096) for at in range(100, 8 * OBJECT, OBJECT)}
    wanted = {(begin & -4096, (end + 4095) & -4096) for begin, end in data}
    check({(at, at + size) for size, at in reads} <= wanted,
          f"reads of {sorted(set(reads))}")
    for call in opened(calls):
        check_equal("O_DIRECT" in call, "O_RDONLY" in call, call)


def test_packed_objects_are_written_in_whole_buckets():
    row = planned("buckets", bucket_objects=1)
    calls = traced("openat,pwrite64", packed(bucket_objects=4, bs=8192))
    whole = (4 * OBJECT + 4095) // 4096 * 4096
    parts = [(min(8192, whole - at), at) for at in range(0, whole, 8192)]
    check_equal(ios_of("pwrite64", calls), parts * row["writes"], "writes")
    check(all("O_DIRECT" in call for call in opened(calls)),
          "a bucket was opened without O_DIRECT")


def test_a_wrong_byte_in_packed_objects():
    """In a bucket's first object, or in its second, which begins at no
    multiple of 4096."""
    for at in (100, OBJECT + 100):
        for more in ({"bucket_objects": 8, "direct_writes": 0},
                     {"bucket_objects": 4}):
            fails_when("buckets", lambda paths, at=at: spoil_bytes(paths, at),
                       "is not what was written", **PACKED, **more)


if __name__ == "__main__":
    run(globals())
