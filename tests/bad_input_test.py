#!/usr/bin/python3
"""Wrong input: a clear message, exit status not 0, the target as it was. And
input that is odd but right."""

import gzip
import json
import re
import shutil
import subprocess

from fio_runs import (BACKENDS, BUILD, DATA_BACKENDS, ENGINE, FILES, SLOT,
                      Engine, command, counts, file, mixed_trace,
                      newer_engine, refused, replay, request, run,
                      write_trace)
from testing import Skip, check, check_equal, check_has
from testing import run as run_tests

GOOD = request([1, 2])

# What is on the second line, and what is said of it.
BAD_LINES = {
    "cut": (GOOD[:40], "ends in the middle"),
    "text": ("hello", "no JSON"),
    "array": ("[1, 2]", "an array"),
    "two": (GOOD + GOOD, "more text follows"),
    "timestamp-type": (request([1], timestamp="soon"), "timestamp"),
    "length-type": (request([1], tokens="many"), "input_length"),
    "length-negative": (request([1], tokens=-1), "input_length"),
    "length-fraction": (request([1], tokens=511.5), "input_length"),
    "output-type": (request([1], output_length=[1]), "output_length"),
    "ids-type": (GOOD.replace("[1, 2]", "1"), "hash_ids"),
    "ids-text": (GOOD.replace("[1", '["g"'), "hash_ids"),
    "id-negative": (request([-1]), "negative"),
    "id-huge": (request([1 << 64]), "too large"),
    "no-input": (request([1]).replace("input_length", "input"),
                 "input_length"),
    "no-ids": (request([1]).replace("hash_ids", "ids"), "hash_ids"),
    "back": (request([1], timestamp=-1), "sort the trace"),
    "blocks": (request([1, 2, 3], tokens=768), "block_tokens=256 fits"),
}


def test_bad_lines():
    for name, (line, saying) in BAD_LINES.items():
        trace = write_trace(f"{name}.jsonl", [GOOD, line, GOOD])
        refused(f"{trace}, line 2: ", saying, "bad_lines=skip", trace=trace)


def test_bad_lines_over_other_backends():
    trace = write_trace("cut.jsonl", [GOOD, GOOD[:40]])
    for backend in BACKENDS:
        refused(f"{trace}, line 2: ", trace=trace, backend=backend,
                filename=file(f"{backend}.dat"))


def test_bad_lines_left_out():
    lines = [line for line, _ in BAD_LINES.values()]
    trace = write_trace("skipped.jsonl", [GOOD, *lines, GOOD])
    said = FILES / "skipped.json"
    done = replay({"trace": trace, "bad_lines": "skip", "plan_json": said})
    check_equal(done.counts, (2, 2), "counts")
    check_equal(json.loads(said.read_text())["bad_lines"], len(lines),
                "bad lines")
    done = replay({"trace": trace, "bad_lines": "skip"}, output="normal")
    check_has(done.out, f"{len(lines)} bad lines left out")
    none = write_trace("none.jsonl", lines[:5])
    refused("no request", trace=none, bad_lines="skip")


def test_line_of_ten_megabytes():
    trace = FILES / "long.jsonl"
    trace.write_text(GOOD + "\n" + "x" * (10 << 20) + "\n")
    refused(f"{trace}, line 2: ", trace=trace)
    trace.write_text(GOOD + "\n" + GOOD[:-1] + ', "user": "' +
                     "x" * (10 << 20) + '"}\n')
    check_equal(replay({"trace": trace}).counts, (2, 2), "a long member")


def test_trace_that_is_none():
    refused("trace= is missing")
    refused("/nowhere.jsonl", "No such file", trace="/nowhere.jsonl")
    refused("builtin:nothing", "builtin:conversation", trace="builtin:nothing")
    refused(str(FILES), "directory", trace=FILES)
    empty = write_trace("empty.jsonl", [])
    refused(f"{empty}", "empty", trace=empty)
    blank = write_trace("blank.jsonl", ["", " ", ""])
    refused(f"{blank}", "empty", trace=blank)
    binary = FILES / "binary.jsonl"
    binary.write_bytes(bytes(range(256)) * 64)
    refused(f"{binary}, line 1: ", trace=binary)
    broken = FILES / "broken.jsonl.gz"
    broken.write_bytes(gzip.compress((GOOD * 500).encode())[:-20])
    refused(f"{broken}", trace=broken)


def good(**options):
    return {"trace": mixed_trace(), **options}


def test_sizes():
    for size in (2 * SLOT - 1, SLOT):
        refused(f"size={size} ", "one slot of 8192",
                **good(size=size, bytes_per_token=16))
    refused("size too small", **good(size=1))
    refused("size=", "is missing", "4096", filename=file("no-size"),
            **good(size=None))
    refused("memory_size=100", **good(memory_size=100))


def test_numbers_with_nonsense_behind_them():
    """fio itself would take the number and leave the rest."""
    for option, value in (("admit", "2q"), ("bytes_per_token", "2kx"),
                          ("size", "50%x"), ("size", "1gx"),
                          ("block_tokens", "512q")):
        refused(f"{option}={value}", "give a number alone",
                **good(**{option: value}))
    refused("evict_low: max value out of range", **good(evict_low="90x"))
    refused("evict_high=50", "evict_low=100: give percent from 1 to",
            **good(evict_high=50))


def test_a_file_named_twice():
    name = file()
    refused("filename=", "twice", **good(filename=f"{name}:{name}"))


def test_bs_for_direct_io():
    refused("bs=1000", "direct=1", "512", **good(bs=1000, direct=1))


def test_directions():
    for direction in ("read", "write", "randread", "randwrite", "randtrim",
                      "trimwrite"):
        refused("rw= must be rw or randrw", **good(rw=direction))


REFUSED = {
    "io_submit_mode=": {"io_submit_mode": "offload"},
    "create_serialize=0": {"create_serialize": 0},
    "rate=": {"rate": "1m"},
    "rate_iops=": {"rate_iops": 100},
    "lockfile=": {"lockfile": "exclusive"},
    "read_iolog=": {"read_iolog": "/dev/null"},
    "zonemode=": {"zonemode": "strided", "zonesize": "1m"},
    "latency_target=": {"latency_target": "10ms", "latency_window": "1s"},
    "verify_only=": {"verify_only": 1, "verify": "crc32c"},
    "experimental_verify=": {"experimental_verify": 1, "verify": "crc32c"},
    "pre_read=": {"pre_read": 1},
    "openfiles=": {"openfiles": 1, "nrfiles": 2, "filename": None,
                   "directory": FILES},
    "unified_rw_reporting=": {"unified_rw_reporting": 1},
}


def test_refused_options():
    for option, job in REFUSED.items():
        refused(option, **good(**job))


def test_wrong_values():
    for name, value in (("eviction", "mru"), ("admit", 0), ("shard", "3/2"),
                        ("chunk_tokens", 100), ("block_tokens", 0),
                        ("lookup", "suffix"), ("offload", "evict"),
                        ("kv_dtype", "fp7"), ("partial", "half"),
                        ("model", "gpt-0")):
        more = {"bytes_per_token": None} if name == "kv_dtype" else {}
        if name in ("kv_dtype", "model"):
            more = {"bytes_per_token": None, "model": "llama-3.1-8b", **more}
        refused(str(value) if name in ("eviction", "shard", "model") else name,
                **good(**{**more, name: value}))


def test_backends():
    refused("backend=bogus", **good(backend="bogus"))
    refused("backend=external:/nowhere.so",
            **good(backend="external:/nowhere.so"))
    refused("this engine itself",
            **good(backend=f"external:{BUILD}/mooncake.so"))
    for name in ("filecreate", "cpuio", "net", "splice"):
        refused(f"backend={name}", **good(backend=name))
    refused("backend_options=", "psync",
            **good(backend="psync", backend_options="hipri=1"))
    refused("backend_options=", "io_uring", "bogus",
            **good(backend="io_uring", backend_options="bogus=1"))
    replay(good(backend="io_uring", backend_options="nonvectored=1"))


def test_target_that_cannot_be_written():
    blocker = FILES / "blocker"
    blocker.write_text("a file", encoding="utf-8")
    for backend in DATA_BACKENDS:
        for target in (blocker / "kv.dat", FILES / "a-directory"):
            (FILES / "a-directory").mkdir(exist_ok=True)
            done = run(command(good(filename=target, backend=backend)))
            check(done.status > 0, f"{target} was accepted over {backend}")
            check_has(done.err, str(target))
    check_equal(blocker.read_text(encoding="utf-8"), "a file", "the blocker")
    check_equal(list((FILES / "a-directory").iterdir()), [], "the directory")


def test_plan_json_that_cannot_be_written():
    refused("plan_json=/nowhere/plan.json",
            **good(plan_json="/nowhere/plan.json"))


def on_small_disk(*jobs, prepare="true"):
    """Runs the jobs with a disk of 1 MiB, in a mount namespace of its own. Its
    .left are the files on it afterwards, with their sizes."""
    place = FILES / "small"
    place.mkdir(exist_ok=True)
    script = 'mount -t tmpfs -o size=1m tmpfs "$1" || exit 99; ' \
        'place=$1; shift; ' + prepare + '; "$@"; status=$?; ' \
        'echo; find "$place" -type f -printf "left %f %s\\n"; exit $status'
    line = ["unshare", "-m", "sh", "-c", script, "sh", place]
    done = run(line + command(*jobs))
    if done.status == 99 or "unshare" in done.err:
        raise Skip(f"no mount namespace: {done.err.strip()}")
    done.left = dict(re.findall(r"^left (\S+) (\d+)$", done.out, re.M))
    return done


def test_no_room_for_the_file():
    target = FILES / "small" / "kv.dat"
    for mode in ("native", "keep", "posix"):
        done = on_small_disk(good(filename=target, size="2m", fallocate=mode))
        check(done.status > 0, f"fallocate={mode} ended with 0")
        check_has(done.err, str(target))
        check_has(done.err, "No space left")
        check_equal(done.left, {}, f"files left by fallocate={mode}")
    done = on_small_disk(good(filename=target, size="2m", fallocate="native"),
                         prepare='printf hello >"$place/kv.dat"')
    check(done.status > 0, "an existing file: ended with 0")
    check_equal(done.left, {"kv.dat": "5"}, "the file that was there")
    done = on_small_disk(good(filename=None, directory=target.parent,
                              size="2m", nrfiles=4, fallocate="native"))
    check(done.status > 0, "four files: ended with 0")
    check_equal(done.left, {}, "files left of four")


def test_disk_full_halfway():
    for backend in DATA_BACKENDS:
        done = on_small_disk(good(
            filename=FILES / "small" / "kv.dat", size="4m", fallocate="none",
            bytes_per_token=64, backend=backend))
        check(done.status > 0, f"{backend} ended with {done.status}")
        check_has(done.err, "No space left")


def inject(fault, *jobs):
    if not shutil.which("strace"):
        raise Skip("strace is not here")
    return run(["strace", "-f", "-o", "/dev/null", "-e", f"inject={fault}",
                *command(*jobs)])


def test_io_errors():
    for fault, saying in (("pwrite64:error=EIO:when=100", "Input/output"),
                          ("pread64:error=EIO:when=20+", "Input/output")):
        done = inject(fault, good(filename=file("eio")))
        check(done.status > 0, f"{fault}: ended with {done.status}")
        check_has(done.err, saying)
    done = inject("io_submit:error=EIO:when=20", good(
        filename=file("eio"), backend="libaio"))
    check(done.status > 0, "libaio ended with 0")
    done = inject("io_uring_enter:error=EIO:when=20+", good(
        filename=file("eio"), backend="io_uring"))
    check(done.status > 0, "io_uring ended with 0")
    done = inject("fsync:error=EIO:when=2", good(filename=file("eio"),
                                                 fsync=5))
    check(done.status > 0, "a failed fsync ended with 0")


def test_one_bad_job_stops_its_group():
    """Two jobs of one group; the second one's set-up fails."""
    target = file("group.dat")
    target.write_bytes(b"x" * (70 * SLOT))
    done = run(command(
        good(name="first", filename=target),
        good(name="second", filename=target, loops=2)))
    check(done.status > 0, "ended with 0")
    check_has(done.err, "loops=")
    check_equal(target.read_bytes(), b"x" * (70 * SLOT), "the target")


def odd(lines, wanted, **options):
    trace = write_trace("odd.jsonl", lines)
    done = replay(*[{"trace": trace, "name": backend, "backend": backend,
                     "stonewall": 1, **options} for backend in BACKENDS])
    for job in done.jobs:
        check_equal(counts(job), wanted,
                    f"{lines[0][:60]} over {job['jobname']}")


def test_jobs_of_a_group_that_disagree():
    timed = {"replay_no_stall": 0}
    for one, other, saying in (
            ({}, timed, "replay_no_stall= differs from that of 'first'"),
            (timed, {**timed, "replay_time_scale": 50},
             "replay_time_scale= differs"),
            (timed, {**timed, "arrivals": "spread"}, "arrivals= differs"),
            ({"backend": "http", "bs": SLOT},
             {"backend": "http", "bs": SLOT,
              "backend_options": "http_host=nowhere"},
             "backend= or backend_options= differs from that of 'second'")):
        done = run(command(good(name="first", **one),
                           good(name="second", **other)))
        check(done.status > 0, f"{other}: ended with {done.status}")
        check_has(done.err, saying)


def test_engines_that_lose_data():
    """The engine knows what they do, so they are refused without a service."""
    for backend, more, saying in (
            ("http", {"bs": "4096,8192"}, "can't be read in pieces of 4096"),
            ("http", {"object_header": 4096}, "object_header=4096"),
            ("nfs", {"iodepth": 4}, "loses writes above iodepth=1"),
            ("rados", {"size": "200m"}, "nrfiles=2"),
            ("rbd", {"numjobs": 2}, "keeps a cache in each of the 2 jobs")):
        refused(f"backend={backend}" if backend != "http" else "http", saying,
                **good(backend=backend, bytes_per_token=32, **more))


def test_more_than_there_is_room_for():
    refused("I/O buffers of 1 job with iodepth=4096", "GiB of memory",
            **good(bytes_per_token="64m", size="1t", iodepth=4096))
    refused("is no device", filename="/dev/no-such-drive", **good())
    refused("there is no cache file", "allow_file_create=0",
            **good(filename=file("missing"), allow_file_create=0))


def test_odd_traces():
    top = (1 << 63) - 1
    odd([request([7, 8, 9])], (0, 3))
    odd([request([7])], (0, 1))
    odd([request([], tokens=100), request([1]), request([], tokens=0),
         request([1])], (1, 1))
    odd([request([1, 1, 2, 1])], (0, 2), lookup="prefix")
    odd([request([top, top - 1]), request([top, 0, top - 2])], (1, 4))
    odd([request([i for i in range(100)]), request([0, 1])], (0, 102),
        size=10 * SLOT)


def test_only_empty_requests():
    odd([request([], tokens=100), request([], tokens=5)], (0, 0))


def test_request_of_a_million_tokens():
    ids = list(range(1954))     # the last one is partial
    odd([request(ids, tokens=1000000), request(ids, tokens=1000000)],
        (1954, 1954), size=2000 * SLOT)


def test_timestamps_of_any_kind():
    odd([request([1], 1.5e12), request([1], 1500000000000.25)], (1, 1))
    odd([request([1], -50), request([1], -50)], (1, 1))


def test_other_members_and_compression():
    trace = FILES / "odd.jsonl.gz"
    lines = [request([1, 2], user={"name": "x"}, hash=[[]]), "", GOOD]
    trace.write_bytes(gzip.compress("\r\n".join(lines).encode()))
    check_equal(replay({"trace": trace}).counts, (2, 2), "counts")


def version(engine):
    return subprocess.run([engine.fio, "--version"], capture_output=True,
                          text=True, check=True).stdout.strip()


def in_wrong_fio(engine, other):
    done = run(command(good(), engine=Engine(other.fio, engine.library)))
    check(done.status > 0, f"ended with {done.status}")
    for part in (version(engine), version(other), "FIO_SRC=",
                 "make setup && make"):
        check_has(done.err, part)


def test_engine_for_another_fio():
    newer = newer_engine()
    in_wrong_fio(newer, ENGINE)
    in_wrong_fio(ENGINE, newer)


def test_in_the_newer_fio():
    engine = newer_engine()
    trace = write_trace("cut.jsonl", [GOOD, GOOD[:40]])
    refused(f"{trace}, line 2: ", engine=engine, trace=trace)
    refused("trace= is missing", engine=engine)
    refused("one slot", engine=engine, **good(size=SLOT, bytes_per_token=16))
    refused("rw= must be", engine=engine, **good(rw="randread"))
    refused("rate=", engine=engine, **good(rate="1m"))
    refused("backend=bogus", engine=engine, **good(backend="bogus"))


if __name__ == "__main__":
    run_tests(globals())
