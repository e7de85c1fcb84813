#!/usr/bin/python3
"""
What the engine must do in every release of fio: a little of everything that
depends on fio, in seconds. `make matrix` runs it with each release.
"""

import json

from fio_runs import (BACKENDS, BUILD, DATA_BACKENDS, FILES, SLOT, command,
                      counts, file, mixed_trace, plan, planned, refused,
                      replay, request, run as run_fio, write_trace)
from testing import check, check_equal, check_has, run, script

DEPTHS = {"psync": (1,)}
WORKERS = ({}, {"numjobs": 3, "group_reporting": 1},
           {"numjobs": 3, "group_reporting": 1, "thread": 1})
SLOW = f"external:{BUILD / 'backends' / 'slow.so'}"
MS = 1_000_000


def observed(trace, **job):
    """A replay and its observers, each reported by itself."""
    jobs = [{"name": "blocks", "trace": trace, **job}]
    return jobs + [{**jobs[0], "name": f"{kind}s", "observe": kind}
                   for kind in ("request", "load", "store")]


def test_counts_over_every_backend():
    """Each way to have workers is one run, with one job after the other."""
    trace = mixed_trace()
    for workers in WORKERS:
        jobs = [{"name": f"{backend}-{depth}", "trace": trace,
                 "backend": backend, "iodepth": depth, "stonewall": 1,
                 **workers}
                for backend in BACKENDS
                for depth in DEPTHS.get(backend, (1, 16))]
        for job, done in zip(jobs, replay(*jobs).jobs, strict=True):
            check_equal(counts(done), planned(trace), f"{job}")


def test_several_passes():
    row, = plan(mixed_trace(passes=3), capacity=64)
    done = replay({"trace": mixed_trace(), "loops": 3})
    check_equal(done.counts, (row["hits"], row["misses"]), "three passes")


def test_new_files_and_old_ones():
    """Releases differ in when they set files up."""
    for backend in DATA_BACKENDS:
        for create in (1, 0):
            target = file(f"new-{backend}-{create}")
            job = {"trace": mixed_trace(), "backend": backend,
                   "filename": target, "create_on_open": 1 - create,
                   "size": 64 * SLOT}
            for age in ("new", "old"):
                check_equal(replay(job).counts, planned(mixed_trace()),
                            f"{backend} on a {age} file")
            target.unlink()


def test_files_are_unlinked():
    target = file("unlinked.dat")
    replay({"trace": mixed_trace(), "filename": target, "unlink": 1})
    check(not target.exists(), f"unlink=1 left {target}")


def test_syncs():
    done = replay({"trace": mixed_trace(), "fsync": 1})
    check_equal(done.job["sync"]["total_ios"], planned(mixed_trace())[1],
                "fsyncs")


def over_backends(trace, **more):
    """A replay and its observers over each backend, all at once."""
    return [job for backend in BACKENDS for job in observed(
        trace, backend=backend, replay_no_stall=0,
        filename=file(f"{backend}.dat"), **more)]


def check_log(backend, number):
    """Two I/Os a request, and none before the request arrives."""
    log = FILES / f"timed-{backend}_lat.{number}.log"
    times = sorted(int(line.split(",")[0]) for line in
                   log.read_text(encoding="utf-8").splitlines())
    check_equal(len(times), 2 * 31, f"I/Os in the log of {backend}")
    early = [i for i, ms in enumerate(times) if ms < 10 * (i // 2) - 1]
    check(not early, f"{backend}: early are {early}")


def test_arrivals():
    """The last request comes 300 ms after the first, none before its time."""
    trace = write_trace("timed.jsonl", [request([1, i % 5], 10 * i)
                                        for i in range(31)])
    jobs = over_backends(trace)
    for job in jobs[::4]:
        job["write_lat_log"] = FILES / f"timed-{job['backend']}"
    done = replay(*jobs).jobs
    for i, backend in enumerate(BACKENDS):
        check_equal(counts(done[4 * i]), planned(trace), backend)
        check_equal(done[4 * i + 1]["read"]["total_ios"], 31, "requests")
        check_log(backend, 4 * i + 1)


def test_runtime_ends_a_wait():
    trace = write_trace("hour.jsonl", [request([1], 0),
                                       request([1], 3_600_000)])
    done = replay(*over_backends(trace, runtime=1)).jobs
    for i, backend in enumerate(BACKENDS):
        check_equal(counts(done[4 * i]), (0, 1), f"I/Os over {backend}")


def test_observers():
    row, = plan(mixed_trace(), capacity=64)
    for more in ({}, {"thread": 1}, {"backend": "io_uring", "iodepth": 8},
                 {"backend": "libaio", "iodepth": 8, "store": "async"}):
        blocks, requests, loads, stores = replay(
            *observed(mixed_trace(), **more)).jobs
        check_equal(requests["read"]["total_ios"], row["requests"],
                    f"requests, {more}")
        check_equal(loads["read"]["total_ios"], row["requests_with_hits"],
                    f"loads, {more}")
        check(0 < stores["write"]["total_ios"] <= row["requests"], "stores")
        check_equal(counts(blocks), (row["hits"], row["misses"]),
                    f"I/Os, {more}")


def test_latency_of_an_observer():
    """Three blocks, one after the other, of 3 ms each."""
    trace = write_trace("slow.jsonl", [request([1, 2, 3])] * 5)
    blocks, requests, _, _ = replay(*observed(
        trace, backend=SLOW, backend_options="service_us=3000")).jobs
    latency = requests["read"]["lat_ns"]
    check_equal(latency["N"], 5, "samples")
    check(latency["min"] >= 9 * MS, f"a request took {latency['min']} ns")
    block = blocks["read"]["lat_ns"]["min"]
    check(block >= 3 * MS, f"a block took {block} ns")


def test_wrong_input():
    bad = write_trace("bad.jsonl", [request([1]), "hello"])
    refused(f"{bad}, line 2: ", trace=bad)
    refused("model=gpt-9", trace=mixed_trace(), model="gpt-9",
            bytes_per_token=None)
    refused("bsrange=", trace=mixed_trace(), bsrange="4k-8k")


def test_a_failing_device():
    for more in ({}, {"numjobs": 2}, {"thread": 1}, {"iodepth": 8}):
        done = run_fio(command({
            "trace": mixed_trace(), "backend": SLOW,
            "backend_options": "service_us=100,error_at=20", **more}))
        check(done.status > 0, f"{more}: fio ended with {done.status}")
        check_has(done.text, "Input/output error")


def test_a_wrong_block_is_noticed():
    """The backend moves no data here."""
    done = run_fio(command({"trace": mixed_trace(), "backend": SLOW,
                            "backend_options": "data=0"}))
    check(done.status > 0, f"fio ended with {done.status}: {done.text[-400:]}")
    check_has(done.err, "is not what was written")


def test_json_for_the_report():
    done = replay(*observed(mixed_trace(), plan_json=file("plan.json")),
                  output="json+")
    path = file("run.json")
    path.write_text(done.out, encoding="utf-8")
    page = file("report.html")
    said = script("mooncake-report", "--json", path, "--plan",
                  file("plan.json"), "-o", page).stdout
    figures, = (each["figures"] for each in json.loads(said))
    row, = plan(mixed_trace(), capacity=64)
    check_equal((figures["requests"], figures["blocks_read"],
                 figures["blocks_written"]),
                (row["requests"], row["hits"], row["misses"]), "figures")
    check_equal(page.read_text(encoding="utf-8").count("</html>"), 1, "page")


def test_text_output():
    done = replay(*observed(mixed_trace()), output="normal")
    hits, misses = planned(mixed_trace())
    check_has(done.out, f"issued rwts: total={hits},{misses},0,0")
    check_has(done.out, "mooncake: ")


if __name__ == "__main__":
    run(globals())
