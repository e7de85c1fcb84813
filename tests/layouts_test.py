#!/usr/bin/python3
"""layout=files and buckets over real files: counts, headers, pieces, flushes,
refusals."""

import csv
import json
import time

from fio_runs import (CONVERSATION, DATA_BACKENDS, FILES, REFERENCE, SLOT,
                      counts, file, mixed_trace, needs_conversation, plan,
                      refused, replay, request, write_trace)
from layout_runs import SLOTS, check_counts, files_below, folder, job, planned
from testing import check, check_equal, run


def test_counts():
    for layout in ("files", "buckets"):
        row = planned(layout)
        for backend in DATA_BACKENDS:
            for more in ({}, {"iodepth": 8, "max_inflight_requests": 0},
                         {"iodepth": 4, "store": "async"},
                         {"numjobs": 4, "iodepth": 4},
                         {"numjobs": 2, "thread": 1, "iodepth": 4}):
                if backend == "psync":
                    more = {**more, "iodepth": 1}
                check_counts(replay(job(layout, backend=backend, **more)), row)


def test_later_passes():
    for layout in ("files", "buckets"):
        for more in ({}, {"numjobs": 2, "backend": "io_uring", "iodepth": 8}):
            replay(job(layout, loops=4, **more))


def test_what_is_left_is_what_is_cached():
    # A block of two objects.
    two = {"chunk_tokens": 256, "size": 2 * SLOTS * SLOT}
    for layout, more in (("files", {}), ("files", two), ("buckets", {})):
        path = folder()
        replay(job(layout, **more))
        row = planned(layout, **more)
        check_equal(len(files_below(path)),
                    row["files_created"] - row["files_unlinked"], "files")


def test_conversation_rows():
    """Each lookup and each eviction once; mooncake-plan has all rows."""
    needs_conversation()
    with open(REFERENCE / "conversation_buckets.csv", encoding="utf-8",
              newline="") as rows:
        rows = [row for row in csv.DictReader(rows)
                if row["capacity_slots"] == "10000" and
                row["bucket_blocks"] == "500" and
                (row["lookup"], row["eviction"]) in (("prefix", "fifo"),
                                                     ("block", "lru"))]
    check_equal(len(rows), 2, "rows")
    for row in rows:
        done = replay({"trace": CONVERSATION, "layout": "buckets",
                       "bucket_objects": 500, "size": 10000 * SLOT,
                       "filename": file("cache"), "lookup": row["lookup"],
                       "eviction": row["eviction"], "numjobs": 2,
                       "evict_high": row["evict_high"], "iodepth": 8,
                       "evict_low": row["evict_low"], "backend": "io_uring"})
        check_counts(done, {"hits": int(row["hits"]),
                            "writes": int(row["writes"])})


def test_refused():
    for layout in ("files", "buckets"):
        folder()
        for saying, more in {
                "backend=null": {"backend": "null"},
                "backend=mmap": {"backend": "mmap"},
                "pieces=2": {"pieces": 2, "object_align": 512},
                "discard=1": {"discard": 1},
                "offset=": {"offset": 4096},
                "size= is missing": {"size": None},
                "header_reads=1": {"header_reads": 1},
                "verify=": {"verify": "crc32c"},
        }.items():
            refused(saying, **job(layout, **more))
        refused("object_align=1 with direct=1", "direct_writes=0",
                **job(layout, direct=1, object_align=1))
    refused("object_align=1 with direct=1", **job("slots", direct=1,
                                                  object_align=1,
                                                  filename=file()))
    refused("direct_writes=0", "layout=slots",
            **job("slots", direct=1, direct_writes=0, filename=file()))
    refused("publish=rename is of layout=files", "while it is being filled",
            "leave it out", **job("buckets", publish="rename"))
    refused("eviction=lfu", **job("buckets", eviction="lfu"))
    refused("probe=", **job("slots", probe="stat", filename=file()))
    refused("publish=rename", **job("slots", publish="rename",
                                    filename=file()))
    refused("discard=1", **job("slots", discard=1, filename=file()))
    refused("flush_interval=", "store=async",
            **job("slots", flush_interval=1, filename=file()))
    refused("bucket_size=", **job("slots", bucket_size="1m", filename=file()))
    refused("bucket_objects=", **job("files", bucket_objects=7))
    refused("folders=", **job("slots", folders=1, filename=file()))
    plain = file("plain")
    plain.write_text("", encoding="utf-8")
    refused("is a file", "folder", **job("files", filename=plain))


def test_plan_json():
    path = FILES / "plan.json"
    for layout in ("files", "buckets"):
        replay(job(layout, plan_json=path))
        got = json.loads(path.read_text(encoding="utf-8"))
        row = planned(layout)
        for name in ("writes", "files_created", "files_unlinked", "buckets",
                     "probes", "trims"):
            check_equal(got[name], row[name], name)


def test_headers_are_read_first():
    row = planned("files")
    done = replay(job("files", object_header=8192, header_reads=2,
                      backend="libaio", iodepth=8, size=None) | {
                          "size": SLOTS * (SLOT + 8192)})
    check_equal(counts(done.job), (3 * row["hits"], row["writes"]), "I/Os")
    replay(job("slots", object_header=24, header_reads=3, filename=file(),
               object_align=1, size=SLOTS * (SLOT + 24)))


def test_a_header_is_read_as_often_as_is_said():
    """By the bytes of all reads: an object has a header and 4096 bytes."""
    folder()
    row = planned("files")
    for direct, header, reads, wanted in (
            (0, 64, 0, SLOT), (0, 64, 2, SLOT + 2 * 64), (0, 8192, 0, SLOT),
            (1, 4096, 0, SLOT), (1, 4096, 1, SLOT + 4096),
            (1, 64, 0, 2 * SLOT)):
        done = replay(job("files", object_header=header, header_reads=reads,
                          object_align=4096 if direct else 1, direct=direct,
                          size=SLOTS * (2 * SLOT if direct else
                                        SLOT + header)))
        check_equal(done.job["read"]["io_bytes"], row["hits"] * wanted,
                    f"bytes with direct={direct}, object_header={header}, "
                    f"header_reads={reads}")


def test_pieces():
    for pieces, more in ((2, {}), (4, {"backend": "io_uring", "iodepth": 8})):
        row = plan(mixed_trace(), size=SLOTS * 4 * SLOT, bytes_per_token=32)[0]
        done = replay(job("slots", pieces=pieces, bytes_per_token=32,
                          filename=file(), size=SLOTS * 4 * SLOT, **more))
        check_equal(counts(done.job),
                    (pieces * row["hits"], pieces * row["writes"]), "I/Os")


def test_flush_interval():
    """Writes go together, and a read that needs one has it sent first."""
    lines = [request([n, n + 1], timestamp=n * 20) for n in range(0, 60, 2)]
    trace = write_trace("flush.jsonl", lines * 1)
    replay({"trace": trace, "store": "async", "flush_interval": "300ms",
            "backend": "io_uring", "iodepth": 8, "replay_no_stall": 0})
    again = write_trace("needs.jsonl",
                        [request([1], timestamp=0), request([1], timestamp=5)])
    begun = time.monotonic()
    done = replay({"trace": again, "store": "async", "flush_interval": 60,
                   "backend": "io_uring", "iodepth": 8, "replay_no_stall": 0})
    check_equal(done.counts, (1, 1), "counts")
    check(time.monotonic() - begun < 50, "the read waited for the flush")


if __name__ == "__main__":
    run(globals())
