#!/usr/bin/python3
"""
Jobs of random options: each ends soon, with the bytes that mooncake-plan says
of the same job, or is refused in one message before a file is made. 300 jobs
with FULL=1 in the environment, SEED= repeats one: the number of a job is its
seed.
"""

import json
import os
import random
import shutil
import subprocess

from backend_runs import report
from clean_ends import finish, start
from fio_runs import (ENGINE, PLAN, arguments, file, mixed_trace, request,
                      write_trace)
from testing import check, check_equal, run

JOBS = 300 if os.environ.get("FULL") else 12
SEED = os.environ.get("SEED")
CACHE = "fuzz.cache"

# By option: values that it takes, and values that are wrong.
OPTIONS = {
    "max_requests": ((1, 7, 60), (-1, "x")),
    "block_tokens": ((512,), (0, -5, "x")),
    "timestamp_unit": (("ms", "s"), ("us",)),
    "session_rows": (("whole", "new"), ("old",)),
    "sessions": ((0, 1, 3), (-1,)),
    "partial": (("store", "skip"), ("drop",)),
    "bad_lines": (("fail", "skip"), ("keep",)),
    "shard": (("1/1", "1/2", "2/3"), ("0/2", "3/2", "x")),
    "bytes_per_token": ((8, 16, 100, 2048), ("x",)),
    "kv_dtype": (("fp16", "int4"), ("fp1",)),
    "tp": ((1, 2, 8), (0,)),
    "chunk_tokens": ((0, 64, 256, 512), (100, "x")),
    "layout": (("slots", "files", "buckets"), ("stones",)),
    "bucket_size": (("64k", "1m"), (0,)),
    "bucket_objects": ((1, 2, 7), (0,)),
    "publish": (("direct", "rename"), ("link",)),
    "folders": ((0, 1, 2), (3,)),
    "object_header": ((0, 100, 512, 4096), (-1,)),
    "header_reads": ((0, 1, 3), (-1,)),
    "object_align": ((1, 512, 4096, 65536), (0,)),
    "direct_writes": ((0, 1), (2,)),
    "pieces": ((1, 2, 4), (0,)),
    "probe": (("none", "stat", "list"), ("ask",)),
    "evict_high": ((100, 90, 50), (0, 101)),
    "evict_low": ((100, 80, 50), (0, 101)),
    "flush_interval": ((0, "10ms"), ("x",)),
    "discard": ((0, 1), (2,)),
    "lookup": (("prefix", "block"), ("suffix",)),
    "eviction": (("lru", "fifo", "lfu", "opt"), ("random",)),
    "admit": ((1, 2, 3), (0,)),
    "memory_size": ((0, "32k", "1m"), ("x",)),
    "offload": (("through", "evict"), ("never",)),
    "backend": (("psync", "libaio", "io_uring", "posixaio", "vsync", "sync",
                 "pvsync2", "mmap"), ("net", "no-such-engine", "mooncake")),
    "backend_options": ((None,), ("no_such_option=1",)),
    "check_blocks": ((0, 1, "data"), (2, "all")),
    "arrivals": (("trace", "spread"), ("poisson",)),
    "max_inflight_requests": ((-1, 0, 1, 4), (-2,)),
    "store": (("inline", "async"), ("later",)),
    "prefill_rate": ((0, 1000000), (-1,)),
    "warmup_requests": ((0, 5), (-1,)),
    "share": (("split",), ("all",)),
    "rw": (("rw", "randrw"), ("read", "randwrite", "trim")),
    "size": (("64k", "256k", "1m", "8m"), (1,)),
    "bs": (("4k", "8k,4k", "64k", "1m"), (1000,)),
    "iodepth": ((1, 2, 16, 64), ()),
    "iodepth_batch_submit": ((1, 4), ()),
    "iodepth_batch_complete_min": ((0, 1, 4), ()),
    "numjobs": ((1, 2, 4), ()),
    "thread": ((0, 1), ()),
    "direct": ((0, 1), ()),
    "nrfiles": ((1, 3), (0,)),
    "offset": ((0, "64k"), ()),
    "fsync": ((0, 1, 7), ()),
    "fdatasync": ((0, 3), ()),
    "end_fsync": ((0, 1), ()),
    "unlink": ((0, 1), ()),
    "fallocate": (("none", "native"), ()),
    "verify": (("crc32c",), ("nonsense",)),
    "buffer_compress_percentage": ((50,), ()),
    "rate_iops": ((), (100,)),
    "io_submit_mode": ((), ("offload",)),
    "zonemode": ((), ("strided",)),
    "flow": ((), (1,)),
    "trim_percentage": ((), (5,)),
    "bssplit": ((), ("4k/50:8k/50",)),
    "pre_read": ((), (1,)),
    "fill_device": ((), (1,)),
    "latency_target": ((), (10,)),
    "offset_increment": ((), ("4k",)),
}


def sessions_trace():
    rows = [request(range(turn + 1), session_id=user, timestamp=turn)
            for turn in range(4) for user in range(3)]
    return write_trace("sessions.jsonl", rows)


def random_job(draw):
    """A job, and the name of the option in it that is wrong, or None."""
    trace, limit = draw.choice((
        (mixed_trace(), None), (sessions_trace(), None),
        ("builtin:toolagent", 60), ("builtin:synthetic", 40),
        ("builtin:agentic", 20)))
    job = {"trace": trace, "max_requests": limit, "filename": CACHE,
           "replay_time_scale": 100000000, "group_reporting": 1,
           "replay_no_stall": draw.choice((0, 1, 1)), "size": "1m"}
    names = sorted(name for name, (good, _) in OPTIONS.items() if good)
    for name in draw.sample(names, draw.randrange(9)):
        job[name] = draw.choice(OPTIONS[name][0])
    if limit and job["max_requests"] not in (1, 7):
        job["max_requests"] = limit
    wrong = None
    if draw.random() < 0.25:
        wrong = draw.choice([name for name in sorted(OPTIONS)
                             if OPTIONS[name][1]])
        job[wrong] = draw.choice(OPTIONS[wrong][1])
    return job, wrong


def planned_bytes(job):
    path = file("fuzz.fio")
    lines = [words[2:] for words in arguments(job, ENGINE)[1:]]
    path.write_text("\n".join(["[job]", *lines, ""]), encoding="utf-8")
    done = subprocess.run([PLAN, "--json", path], capture_output=True,
                          text=True, check=False, cwd=path.parent)
    check_equal(done.returncode, 0, done.stderr)
    row = json.loads(done.stdout)
    return row["read_bytes"], row["write_bytes"]


def check_refused(done, cache):
    said = {line for line in done.err.splitlines() if "is not run: '" not in
            line and line.startswith(("mooncake: ", "fio: "))}
    check(said, f"no word of why: {done.text}")
    check(sum(line.startswith("mooncake: ") for line in said) < 2,
          f"more than one message: {said}")
    check(not cache.exists(), f"a file was made: {said}")


def check_bytes(job, block):
    """Bytes read are not compared where verify= reads once more, or where
    loads leave an object's header out."""
    reads, writes = planned_bytes(job)
    if not job.get("verify") and not job.get("object_header"):
        check_equal(block["read"]["io_bytes"], reads, "bytes read")
    check_equal(block["write"]["io_bytes"], writes, "bytes written")


def check_job(draw):
    job, wrong = random_job(draw)
    cache = file(CACHE)
    try:
        done = finish(start({**job, "filename": cache}))
        check(done.status >= 0, f"killed by signal {-done.status}")
        check(not wrong or done.status, f"{wrong} was accepted")
        if done.status:
            check_refused(done, cache)
            return False
        check_bytes({**job, "filename": cache}, report(done).job)
        return True
    except AssertionError as error:
        raise AssertionError(f"{job}: {error}") from None
    finally:
        shutil.rmtree(cache, ignore_errors=True)
        for path in file("").glob(f"{CACHE}*"):
            path.unlink()


def test_random_options():
    seeds = [int(SEED)] if SEED else range(JOBS)
    ran = failed = 0
    for seed in seeds:
        try:
            ran += check_job(random.Random(seed))
        except AssertionError as error:
            failed += 1
            print(f"SEED={seed}: {error}", flush=True)
    check_equal(failed, 0, f"jobs of {len(seeds)} that failed; {ran} ran")


if __name__ == "__main__":
    run(globals())
