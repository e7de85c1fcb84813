#!/usr/bin/python3
"""layout=files and buckets over real files: counts, folders, checks, faults."""

import csv
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from fio_runs import (CONVERSATION, DATA_BACKENDS, FILES, REFERENCE, SLOT,
                      command, counts, fails, file, finish, kill, mixed_trace,
                      held, jobs_of, needs_conversation, plan, refused, replay,
                      request, start, traced, wait_for, write_trace)
from fio_runs import run as run_fio
from testing import Skip, check, check_equal, check_has, run

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
    """Of all jobs together."""
    read = sum(counts(job)[0] for job in done.jobs)
    written = sum(counts(job)[1] for job in done.jobs)
    check_equal((read, written), (row["hits"], row["writes"]), "counts")


def files_below(path):
    return [p for p in path.rglob("*") if p.is_file() and
            p.name != ".mooncake-cache"]


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
    two = {"chunk_tokens": 256, "size": 2 * SLOTS * SLOT}  # objects a block
    for layout, more in (("files", {}), ("files", two), ("buckets", {})):
        path = folder()
        replay(job(layout, **more))
        row = planned(layout, **more)
        check_equal(len(files_below(path)),
                    row["files_created"] - row["files_unlinked"], "files")


def test_conversation_rows():
    needs_conversation()
    with open(REFERENCE / "conversation_buckets.csv", encoding="utf-8",
              newline="") as rows:
        rows = [row for row in csv.DictReader(rows)
                if row["capacity_slots"] == "10000" and
                row["bucket_blocks"] == "500"]
    for row in rows:
        done = replay({"trace": CONVERSATION, "layout": "buckets",
                       "bucket_objects": 500, "size": 10000 * SLOT,
                       "filename": file("cache"), "lookup": row["lookup"],
                       "eviction": row["eviction"], "numjobs": 2,
                       "evict_high": row["evict_high"], "iodepth": 8,
                       "evict_low": row["evict_low"], "backend": "io_uring"})
        check_counts(done, {"hits": int(row["hits"]),
                            "writes": int(row["writes"])})


def test_calls_are_the_plans():
    row = planned("files")
    folder()
    calls = traced("openat,rename,unlink", job("files", publish="rename"))
    cache = f'"{file("cache")}/'
    made = [c for c in calls if " openat(" in c and cache in c]
    check_equal(sum(" rename(" in c for c in calls), row["writes"], "renames")
    check_equal(sum(" unlink(" in c for c in calls), row["evictions"],
                "unlinks")
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
    check_equal(sum(" unlink(" in c for c in calls), row["files_unlinked"],
                "buckets unlinked")


def test_folders():
    for levels in (0, 1, 2):
        path = folder()
        replay(job("files", folders=levels))
        for found in files_below(path):
            check_equal(len(found.relative_to(path).parts), levels + 1,
                        f"levels of {found}")


def hash64(number):
    """As trace/base/hash.h has it."""
    mask = 2**64 - 1
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9 & mask
    number = (number ^ number >> 27) * 0x94d049bb133111eb & mask
    return number ^ number >> 31


def names_below(path):
    return sorted(str(p.relative_to(path)) for p in files_below(path))


def below(levels, key, name):
    folders = [f"{hash64(key) >> shift & 0xff:02x}" for shift in (0, 8)]
    return "/".join((*folders[:levels], name))


def test_names():
    """Objects are named after hash id, slot and number, buckets after place
    and number; folders after a hash."""
    ids = [1, 0x123456789abcdef0, 2**64 - 1]
    trace = write_trace("names.jsonl", [request(ids)])
    for levels in (0, 1, 2):
        more = {"trace": trace, "folders": levels, "check_blocks": 1}
        path = folder()
        replay(job("files", bytes_per_token=128, chunk_tokens=32,
                   size=SLOTS * 16 * SLOT, **more))
        check_equal(names_below(path), sorted(
            below(levels, block, f"{block:016x}-{slot:08x}.{number}")
            for slot, block in enumerate(ids) for number in range(16)),
            "objects")
        path = folder()
        replay(job("buckets", **{**more, "bucket_objects": 1}))
        check_equal(names_below(path), sorted(
            below(levels, place << 32 | 1, f"{place:08x}-00000001.bucket")
            for place in range(3)), "buckets")


def test_a_path_that_is_too_long():
    """Names of files below it would be cut off."""
    path = folder()
    while len(str(path)) < 4040:
        path = path / ("x" * min(200, 4040 - len(str(path))))
    path.parent.mkdir(parents=True)
    refused("filename=", "bytes", **job("files", filename=path))


def test_several_folders():
    paths = [folder("a"), folder("b")]
    replay(job("files", filename=f"{paths[0]}:{paths[1]}"))
    check(all(files_below(path) for path in paths), "an empty folder")


def test_a_foreign_file_is_left_alone():
    for layout in ("files", "buckets"):
        path = folder()
        path.mkdir()
        (path / "thesis.tex").write_text("years of work", encoding="utf-8")
        refused("filename=", "thesis.tex", "did not make", **job(layout))
        check_equal((path / "thesis.tex").read_text(encoding="utf-8"),
                    "years of work", "the file")
        check_equal(os.listdir(path), ["thesis.tex"], "the folder")


def test_a_foreign_file_in_our_folder():
    path = folder()
    replay(job("files"))
    before = len(files_below(path))
    (path / "00").mkdir(exist_ok=True)
    (path / "00" / "notes").write_text("mine", encoding="utf-8")
    refused("00/notes", **job("files"))
    check_equal(len(files_below(path)), before + 1, "files")
    (path / "00" / "notes").unlink()
    (path / "letters").mkdir()
    refused("letters", **job("files"))
    check((path / "letters").is_dir(), "the folder of somebody else")


def test_an_earlier_run_is_removed():
    path = folder()
    replay(job("files", size=64 * SLOT))
    before = len(files_below(path))
    replay(job("buckets"))
    check(len(files_below(path)) < before, "files of the run before")
    check(all(p.name.endswith(".bucket") for p in files_below(path)),
          "objects of the run before")


def test_caches_one_after_the_other_in_one_folder():
    """What the first leaves is gone before the second begins."""
    path = folder()
    replay(job("files", size=64 * SLOT),
           job("buckets", name="second", stonewall=1, numjobs=2, thread=1))
    check(files_below(path) and all(p.name.endswith(".bucket")
                                    for p in files_below(path)),
          f"objects of the first: {sorted(files_below(path))[:3]}")


def test_unlink():
    path = folder()
    replay(job("files", unlink=1, numjobs=2))
    check(not path.exists(), f"{path} is still there")


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


def test_few_descriptors():
    for layout in ("files", "buckets"):
        for depth, enough in ((64, False), (16, True)):
            folder()
            line = command(job(layout, iodepth=depth, backend="libaio"))
            done = run_fio(["prlimit", "--nofile=64", *line])
            check_equal(done.status, 0 if enough else 1, f"{layout}, "
                        f"iodepth={depth}: status, {done.err}")
            if not enough:
                check_has(done.err, "ulimit -n")


@contextmanager
def small_filesystem(options):
    place = FILES / "small"
    place.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none",
                              place], capture_output=True, check=False)
    if mounted.returncode:
        raise Skip("can't mount a small filesystem")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_full_filesystem():
    for options, saying in (("size=100k", "No space left on device"),
                            ("nr_inodes=12", "free space or inodes")):
        with small_filesystem(options) as place:
            for layout in ("files", "buckets"):
                for backend in DATA_BACKENDS:
                    shutil.rmtree(place / "c", ignore_errors=True)
                    fails(saying, **job(layout, filename=place / "c",
                                        backend=backend, iodepth=4))


def test_a_filesystem_that_is_read_only():
    with small_filesystem("size=1m") as place:
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        for layout in ("files", "buckets"):
            fails("filename=", "Read-only file system", **job(
                layout, filename=place / "c"))
            check(not any(place.iterdir()), "something was made")


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


def swap(paths):
    for one, other in zip(paths[::2], paths[1::2]):
        hold = one.with_suffix(".hold")
        one.rename(hold)
        other.rename(one)
        hold.rename(other)


def test_a_wrong_byte():
    for layout in ("files", "buckets"):
        fails_when(layout, spoil_bytes, "is not what was written",
                   "another byte")


def test_swapped_files():
    for layout in ("files", "buckets"):
        fails_when(layout, swap, "mooncake: ", str(file("cache")))


def test_a_lost_file():
    fails_when("files", lambda paths: [p.unlink() for p in paths],
               "No such file")


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
    """No system call that writes within a second."""
    def writes():
        text = Path(f"/proc/{pid}/io").read_text(encoding="utf-8")
        return re.search(r"syscw: (\d+)", text)[1]

    before = writes()
    time.sleep(1)
    return writes() == before


def test_observers_that_lag_behind():
    """What a worker waits for room is none of the operation's time."""
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
    """The bytes of all reads; an object's are its header and 4096."""
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
    """Of an object that lies across three bounds, though it is two long."""
    row = planned("buckets", bucket_objects=2)
    check_counts(replay(packed(bucket_objects=8, direct_writes=0,
                               object_header=0, bytes_per_token=40,
                               size=SLOTS * 4 * 128 * 40)),
                 {"hits": 4 * row["hits"], "writes": 4 * row["writes"]})


def ios_of(kind, calls):
    """Size and offset of each pread64 or pwrite64."""
    return [tuple(map(int, re.search(r", (\d+), (\d+)\)\s+= ", call).groups()))
            for call in calls if f" {kind}(" in call and ".bucket" in call]


def opened(calls):
    return [call for call in calls if " openat(" in call and
            ".bucket" in call]


def test_packed_objects_are_read_within_bounds():
    """Widened to 4096 on both sides, and no further."""
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
    """In a bucket's first object, or in its second, which begins anywhere."""
    for at in (100, OBJECT + 100):
        for more in ({"bucket_objects": 8, "direct_writes": 0},
                     {"bucket_objects": 4}):
            fails_when("buckets", lambda paths, at=at: spoil_bytes(paths, at),
                       "is not what was written", **PACKED, **more)


def test_looking_for_blocks_in_buckets():
    """A stat for each lookup up to the first miss, whether it hits or not."""
    row = planned("buckets", probe="stat")
    blocks, probes = replay(
        job("buckets", probe="stat", name="blocks"),
        job("buckets", probe="stat", name="probes", observe="probe",
            new_group=1)).jobs
    check_equal(counts(blocks), (row["hits"], row["writes"]), "counts")
    check_equal(counts(probes)[0], row["probes"], "probes")


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


def test_killed_at_random():
    draw = random.Random(os.getpid())
    for turn in range(200 if os.environ.get("FULL") else 4):
        layout = ("files", "buckets")[turn % 2]
        path, process = endless(layout, numjobs=2, backend="io_uring",
                                iodepth=8)
        wait_for(lambda: path.exists() and files_below(path), "files")
        time.sleep(draw.random() / 2)
        kill(process)
        process.communicate()
        replay(job(layout))


if __name__ == "__main__":
    run(globals())
