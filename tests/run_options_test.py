#!/usr/bin/python3
"""Options of fio that decide where the cache lies, how long a run is, and
what it prints."""

import json
import re
import signal
import subprocess
import sys

from fio_runs import (BACKENDS, BUILD, DATA_BACKENDS, FILES, SLOT, Run,
                      command, counts, file, finish, mixed_trace, newer_engine, plan,
                      planned, replay, request, run, start, wait_for,
                      write_trace)
from testing import TOP, Skip, check, check_equal, check_has
from testing import run as run_tests

sys.path.insert(0, str(TOP / "scripts" / "lib"))
import units

SIZE = 256 << 20


def mixed(**options):
    return {"trace": mixed_trace(), **options}


def as_planned(**options):
    check_equal(replay(mixed(**options)).counts, planned(mixed_trace()),
                f"with {options}")


def sizes(directory):
    return [path.stat().st_size for path in sorted(directory.iterdir())]


def new_directory(name):
    path = FILES / name
    path.mkdir()
    return path


def test_several_files():
    for backend in DATA_BACKENDS:
        place = new_directory(f"nrfiles-{backend}")
        as_planned(filename=None, directory=place, nrfiles=4, backend=backend)
        check_equal(sizes(place), [16 * SLOT] * 4, f"files over {backend}")
    place = new_directory("named")
    done = replay(mixed(filename=f"{place}/a:{place}/b:{place}/c",
                        size=65 * SLOT))
    check_equal(done.counts, planned(mixed_trace(), 65), "65 slots on 3 files")
    check(sum(sizes(place)) >= 65 * SLOT, f"{sizes(place)}")


def test_filesize():
    place = new_directory("filesize")
    as_planned(filename=None, directory=place, nrfiles=4, size=None,
               filesize=16 * SLOT)
    check_equal(sizes(place), [16 * SLOT] * 4, "files")


def test_slots_lie_on_all_files():
    place = new_directory("striped")
    replay(mixed(filename=None, directory=place, nrfiles=3, size=63 * SLOT))
    for path in place.iterdir():
        data = path.read_bytes()
        written = sum(any(data[i:i + SLOT]) for i in range(0, len(data), SLOT))
        check_equal(written, 21, f"slots written in {path.name}")


def test_offset():
    path = file("offset")
    path.write_bytes(b"x" * (1 << 20))
    as_planned(filename=path, offset="1m")
    check_equal(path.stat().st_size, (1 << 20) + 64 * SLOT, "size")
    check_equal(path.read_bytes()[:1 << 20], b"x" * (1 << 20), "its head")


def test_longer_file_is_left_alone():
    path = file("longer")
    path.write_bytes(b"x" * (70 * SLOT))
    as_planned(filename=path)
    check_equal(path.read_bytes()[64 * SLOT:], b"x" * (6 * SLOT), "its tail")


def blocks_with(**options):
    """A large file for one block: what is allocated of it, in bytes."""
    path = file("allocated")
    path.unlink(missing_ok=True)
    replay({"trace": write_trace("one.jsonl", [request([1])]), "size": SIZE,
            "filename": path, **options})
    check_equal(path.stat().st_size, SIZE, f"size with {options}")
    allocated = path.stat().st_blocks * 512
    path.unlink()
    return allocated


def test_the_file_is_never_written_full():
    for backend in DATA_BACKENDS:
        allocated = blocks_with(backend=backend, fallocate="none")
        check(allocated < SIZE / 100, f"{allocated} bytes over {backend}")
    check(blocks_with(fallocate="truncate") < SIZE / 100, "truncate allocates")
    check(blocks_with(fallocate="none", overwrite=1) < SIZE / 100,
          "overwrite=1 writes it full")


def test_fallocate():
    if subprocess.run(["fallocate", "-l", "4096", file("probe")],
                      stderr=subprocess.DEVNULL, check=False).returncode:
        raise Skip("there is no fallocate here")
    for mode in ("native", "keep", "posix"):
        allocated = blocks_with(fallocate=mode)
        check(allocated >= SIZE, f"fallocate={mode}: {allocated} bytes")


def test_loops_keep_the_cache_warm():
    for backend in BACKENDS:
        got = replay(mixed(loops=3, backend=backend)).counts
        check_equal(got, planned(mixed_trace(3)), f"loops over {backend}")


def test_time_based():
    done = replay(mixed(time_based=1, runtime=1))
    check(done.job["job_runtime"] >= 1000, "ended early")
    one = planned(mixed_trace())
    check(done.counts > (10 * one[0], 10 * one[1]), f"{done.counts}")


def test_runtime_ends_a_run():
    """The second request would come after a minute."""
    trace = write_trace("minute.jsonl", [request([1]), request([1], 60000)])
    done = replay({"trace": trace, "replay_no_stall": 0, "runtime": 1})
    check_equal(done.counts, (0, 1), "counts")


def test_number_ios_and_io_size():
    for backend in DATA_BACKENDS:
        got = replay(mixed(number_ios=100, backend=backend)).counts
        check_equal(sum(got), 100, f"I/Os over {backend}")
        job = replay(mixed(io_size="100k", backend=backend)).job
        check_equal(job["read"]["io_bytes"] + job["write"]["io_bytes"],
                    100 << 10, f"bytes over {backend}")
    as_planned(number_ios=100000)


def test_ramp_time():
    done = replay(mixed(time_based=1, runtime=1, ramp_time="500ms"))
    check(done.counts > (100, 100), f"{done.counts}")


def test_threads_and_group_reporting():
    place = new_directory("jobs")
    as_planned(thread=1)
    done = replay(mixed(numjobs=3, group_reporting=1, backend="io_uring",
                        thread=1, filename=place / "shared"))
    check_equal(len(done.jobs), 1, "jobs")
    check_equal(done.counts, planned(mixed_trace()), "counts")


MEMBERS = """requests lookups hits memory_hits misses skipped evictions
    unadmitted hit_rate requests_with_hits requests_with_hits_beyond_first
    hottest_block_hits unique_blocks slots block_bytes slot_bytes input_tokens
    output_tokens read_bytes write_bytes span_ms sessions bad_lines writes
    files_created files_unlinked buckets probes trims options""".split()


def test_pace_is_said_beforehand():
    trace = write_trace("paced.jsonl",
                        [request([each], 1000 * each) for each in range(2)])
    for more, said in (({"replay_no_stall": 0, "replay_time_scale": 500},
                        "over 1 s, so a pass takes at least 200 ms\n"),
                       ({}, "over 1 s\n")):
        done = replay(mixed(trace=trace, **more), output="normal")
        check_has(done.out, said)


def test_answer_says_that_a_run_ended_early():
    said = "requests; the hit rate is that of all of them"
    for more, ended in (({"number_ios": 5}, True), ({}, False),
                        ({"warmup_requests": 20}, False)):
        done = replay(mixed(**more), output="normal")
        check_equal(said in done.out, ended, f"{more}: {done.out[-400:]}")


def test_suffixes_mean_what_they_mean_to_mooncake_plan():
    path = file("suffixes.json")
    trace = write_trace("suffixes.jsonl", [request([1], tokens=16)])
    for text in ("2k", "2KB", "2KiB", "3kib", "1m", "1MiB", "7"):
        replay(mixed(trace=trace, plan_json=path, bytes_per_token=text,
                     block_tokens=16, size="16m", backend="null",
                     filename=file("not made")))
        with open(path, encoding="utf-8") as ours:
            got = json.load(ours)["block_bytes"]
        row, = plan(trace, bytes_per_token=text, block_tokens=16)
        check_equal(got, int(row["block_bytes"]), text)
        check_equal(16 * units.parse_size(text), got, f"{text} in scripts")


def test_plan_json():
    path = FILES / "plan.json"
    done = replay(mixed(plan_json=path, bytes_per_token=7))
    got = json.loads(path.read_text(encoding="utf-8"))
    check_equal(sorted(got), sorted(MEMBERS), "members")
    row, = plan(mixed_trace(), capacity=64, bytes_per_token=7)
    for name in MEMBERS[:-1]:
        check_equal(got[name], row[name], name)
    check_equal((got["hits"], got["misses"]), done.counts, "fio's counts")
    check_equal(got["hit_rate"], got["hits"] / got["lookups"], "hit_rate")
    options = got["options"]
    check_equal(options["trace"], str(mixed_trace()), "trace")
    check_equal((options["store"], options["max_inflight_requests"],
                 options["backend"], options["bytes_per_token"],
                 options["check_blocks"]), ("inline", 1, "psync", 7, 1),
                "options in force")


def test_plan_json_of_any_member():
    """What is counted for it alone is counted whichever of them asks."""
    row, = plan(mixed_trace(), capacity=64)
    for asks in range(3):
        path = file(f"plan{asks}.json")
        jobs = [mixed(name=f"job{n}", filename=file("members.dat"))
                for n in range(3)]
        jobs[asks]["plan_json"] = path
        replay(*jobs)
        with open(path, encoding="utf-8") as ours:
            got = json.load(ours)
        for name in ("hottest_block_hits", "unique_blocks"):
            check_equal(got[name], row[name], f"{name}, job {asks}")


def test_output_formats():
    out = replay(mixed(), output="json").out
    check(out.startswith("{"), f"before the JSON: {out[:200]}")
    json.loads(out)
    out = replay(mixed(), output="json+").out
    check(out.startswith("{"), f"before the JSON: {out[:200]}")
    out = replay(mixed(), output="terse").out
    check(out.startswith("3;"), f"before the terse line: {out[:200]}")
    out = replay(mixed(), output="normal").out
    lines = [line for line in out.splitlines() if "lookups" in line]
    check_equal(len(lines), 1, "lines about the plan")
    reads, writes = planned(mixed_trace())
    check_has(lines[0], f"{reads} hits")
    check_has(lines[0], f"{writes} writes")
    check_has(out, f"total={reads},{writes},0,0")


def test_the_answer_has_the_figures_of_the_json():
    job = mixed(name="blocks", filename=file("answer.dat"))
    done = replay(job, {**job, "name": "loads", "observe": "load"},
                  output="normal,json")
    said, = re.findall(r"^mooncake: answer: (.*)$", done.out, re.MULTILINE)
    report = json.loads(re.search(r"^{.*^}", done.out, re.M | re.S)[0])
    values = report["jobs"][1]["read"]["lat_ns"]["percentile"]
    hits, _ = planned(mixed_trace())
    row, = plan(mixed_trace(), capacity=64)
    found = re.fullmatch(r"hit rate (\S+)%, (\S+) requests/s, "
                         r"loads P50 (\S+) ms, P99 (\S+) ms", said)
    check(found, said)
    check_equal(hits, row["hits"], "hits")
    check_equal((found[1], found[3], found[4]), (
        f"{100 * row['hit_rate']:.1f}", f"{values['50.000000'] / 1e6:.3g}",
        f"{values['99.000000'] / 1e6:.3g}"), said)


def test_time_left_goes_by_what_the_plan_will_do():
    trace = write_trace("left.jsonl", [request([n]) for n in range(3)])
    slow = f"external:{BUILD / 'backends' / 'slow.so'}"
    done = run(command({"trace": trace, "backend": slow,
                        "backend_options": "service_us=900000"},
                       fio={"eta": "always"}, output="normal"))
    check_equal(done.status, 0, done.text)
    shown = re.findall(r"\[(\d+\.\d)%\]", done.out)
    check(shown and float(shown[0]) < 90, f"fio shows {shown} percent")


def test_size_in_percent():
    target = file("percent.dat")
    target.write_bytes(bytes(130 * SLOT))
    said = FILES / "percent.json"
    replay(mixed(filename=target, size="50%", plan_json=said))
    check_equal(json.loads(said.read_text(encoding="utf-8"))["slots"], 64,
                "slots in 50% of 130")


def test_new_file_is_spoken_of():
    path = file("spoken")
    check_has(replay(mixed(filename=path), output="normal").out,
              "cache file is new")
    out = replay(mixed(filename=path), output="normal").out
    check("cache file is new" not in out, out[:400])


def documents(text):
    """The JSON documents that follow one another."""
    decoder, found = json.JSONDecoder(), []
    while text.strip():
        document, end = decoder.raw_decode(text.lstrip())
        found.append(document)
        text = text.lstrip()[end:]
    return found


def test_status_interval():
    """Also while the job waits for a request's time."""
    trace = write_trace("waits.jsonl", [request([1, 2]),
                                        request([1, 2], 2500)])
    out = replay({"trace": trace, "replay_no_stall": 0},
                 fio={"status-interval": 1}).out
    found = documents(out)
    check(len(found) >= 2, f"{len(found)} documents")
    check_equal(counts(found[0]["jobs"][0]), (0, 2), "counts meanwhile")
    check_equal(counts(found[-1]["jobs"][0]), (2, 2), "counts at the end")


def interrupted(**options):
    path = file("interrupted")
    path.unlink(missing_ok=True)
    process = start(command(mixed(filename=path, **options)))
    wait_for(lambda: path.exists() and any(path.read_bytes()), "I/O")
    process.send_signal(signal.SIGINT)
    done = finish(process)
    return Run(done.status, done.out[done.out.index("{"):], done.err)


def test_interrupt_leaves_partial_results():
    for backend in DATA_BACKENDS:
        done = interrupted(time_based=1, runtime=600, backend=backend)
        check(sum(done.counts) > 0, f"{done.counts} over {backend}")
        check(done.job["job_runtime"] < 600000, "ran to its end")


def test_interrupt_while_waiting():
    trace = write_trace("hours.jsonl", [request([1]), request([1], 7200000)])
    done = interrupted(trace=trace, replay_no_stall=0)
    check_equal(done.counts, (0, 1), "counts")


def test_readonly():
    line = command(mixed(filename=file("readonly")))
    done = run([line[0], "--readonly", *line[1:]])
    check(done.status != 0, "--readonly lets writes pass")
    check(not file("readonly").exists(), "the file was made")


def test_in_the_newer_fio():
    engine = newer_engine()
    jobs = [mixed(name=name, stonewall=1, backend=backend, **options)
            for backend in ("psync", "io_uring")
            for name, options in (("loops", {"loops": 3}),
                                  ("limit", {"number_ios": 100}))]
    for job in replay(*jobs, engine=engine).jobs:
        if job["jobname"] == "loops":
            check_equal(counts(job), planned(mixed_trace(3)), "loops")
        else:
            check_equal(sum(counts(job)), 100, "number_ios")
    done = replay(mixed(time_based=1, runtime=1, filename=file("newer")),
                  engine=engine)
    check(done.job["job_runtime"] >= 1000, "ended early")


if __name__ == "__main__":
    run_tests(globals())
