#!/usr/bin/python3
"""The samples of observers: one a request, exactly, in every output of fio."""

import json
import signal
import time

from fio_runs import (BUILD, FILES, SLOT, command, counts, file, finish,
                      newer_engine, plan, refused, replay, request,
                      run as run_fio, start, write_trace)
from testing import check, check_equal, check_has, run

OBSERVERS = ("request", "load", "store")
SLOW = f"external:{BUILD / 'backends' / 'slow.so'}"
REQUESTS = 60
SLOTS = 100


def mixed_trace():
    """Requests with hits and misses, with one of both, and without any I/O:
    no hash id at all, or (every sixth) the one that memory just had."""
    lines = []
    for i in range(REQUESTS):
        if i % 6 == 5:
            lines.append(request([], 10 * i))
        elif i % 6 == 4:
            lines.append(request([0], 10 * i))
        elif i % 3 == 2:
            lines.append(request([0, 10 * (i - 2) + 1], 10 * i))
        else:
            lines.append(request([0, 10 * i + 1, 10 * i + 2], 10 * i))
    return write_trace("mixed.jsonl", lines)


def with_observers(*kinds, more=None, **job):
    jobs = [{"name": "blocks", "trace": mixed_trace(), "size": SLOTS * SLOT,
             **job}]
    return jobs + [{**jobs[0], "name": kind, "observe": kind, **(more or {})}
                   for kind in kinds or OBSERVERS]


def samples(jobs):
    """What the observers of fio's JSON counted, in their direction only."""
    said = {}
    for job in jobs:
        if job["jobname"] in OBSERVERS:
            used, other = ("write", "read") if job["jobname"] == "store" \
                          else ("read", "write")
            said[job["jobname"]] = job[used]["total_ios"]
            check_equal(job[other]["total_ios"], 0,
                        f"{other} of {job['jobname']}")
            check_equal(job[used]["lat_ns"]["N"], job[used]["total_ios"],
                        f"N of {job['jobname']}")
    return said


def wanted(loops=1, **options):
    """What they must have counted, by mooncake-plan; without a memory tier."""
    row, = plan(mixed_trace(), capacity=SLOTS, **options)
    first = max(options.get("warmup_requests", 0), 0)
    # A request misses where it has a block that none before it had.
    lines = [json.loads(line) for line in open(mixed_trace(),
                                               encoding="utf-8")]
    seen, stores = set(), 0
    for number, line in enumerate(lines):
        stores += number >= first and bool(set(line["hash_ids"]) - seen)
        seen |= set(line["hash_ids"])
    return {"request": row["requests"], "load": row["requests_with_hits"],
            "store": stores}


def check_samples(jobs, **options):
    check_equal(samples(jobs), wanted(**options), "samples")


def test_samples_over_backends():
    for backend in ("psync", "null"):
        check_samples(replay(*with_observers(backend=backend)).jobs)
    for store in ("inline", "async"):
        check_samples(replay(*with_observers(
            backend="io_uring", iodepth=8, store=store,
            max_inflight_requests=0)).jobs)


def test_samples_in_the_newer_fio():
    engine = newer_engine()
    for more in ({"backend": "io_uring", "iodepth": 8}, {"thread": 1}):
        check_samples(replay(*with_observers(**more), engine=engine).jobs)


def test_figures_of_a_sample():
    jobs = replay(*with_observers(bytes_per_token=16)).jobs
    blocks, whole, loads, stores = jobs
    check(blocks["read"]["io_bytes"] and blocks["write"]["io_bytes"],
          "the job that does the I/O moves no bytes")
    for observer in (whole, loads, stores):
        for way in ("read", "write"):
            check_equal(observer[way]["io_bytes"], 0, "bytes of an observer")
    for job in (whole["read"], loads["read"], stores["write"]):
        mean = {what: job[f"{what}_ns"]["mean"]
                for what in ("slat", "clat", "lat")}
        check(abs(mean["slat"] + mean["clat"] - mean["lat"]) < 1,
              f"slat and clat are not lat: {mean}")
        for what in ("slat_ns", "lat_ns"):
            check("99.000000" in job[what]["percentile"],
                  f"no percentiles of {what}")


def bins(job):
    way = "write" if job["jobname"] == "store" else "read"
    return sum(job[way]["lat_ns"]["bins"].values())


def test_bins_of_json_plus():
    done = replay(*with_observers(), output="json+")
    check_equal({job["jobname"]: bins(job) for job in done.jobs[1:]},
                wanted(), "bins")


def test_text():
    done = replay(*with_observers(), output="normal")
    numbers = wanted()
    for kind in ("request", "load"):
        check_has(done.out, f"issued rwts: total={numbers[kind]},0,0,0")
    check_has(done.out, f"issued rwts: total=0,{numbers['store']},0,0")
    check_has(done.out, "lat percentiles")


def log_of(kind, what, job):
    path = FILES / f"{kind}_{what}.{job}.log"
    return [[int(field) for field in line.split(",")]
            for line in open(path, encoding="utf-8")]


def logging(**job):
    jobs = with_observers(**job)
    for each in jobs[1:]:
        each.update(write_lat_log=FILES / each["name"], log_offset=1,
                    write_hist_log=FILES / each["name"], log_hist_msec=10,
                    write_iops_log=FILES / each["name"])
    return jobs


def test_logs():
    jobs = replay(*logging(replay_no_stall=0)).jobs
    for number, kind in enumerate(OBSERVERS, 2):
        count = wanted()[kind]
        way = int(kind == "store")
        sums = {}
        for what in ("slat", "clat", "lat"):
            rows = log_of(kind, what, number)
            check_equal(len(rows), count, f"{what} log of {kind}")
            check_equal({row[2] for row in rows}, {way}, "direction")
            numbers = [row[4] for row in rows]
            check_equal(numbers, sorted(set(numbers)), "request numbers")
            sums[what] = sum(row[1] for row in rows)
        check_equal(sums["slat"] + sums["clat"], sums["lat"], "sum of logs")
        # fio logs no histogram of what is left behind the last whole
        # log_hist_msec.
        binned = sum(sum(row[3:]) for row in log_of(kind, "clat_hist", number))
        check(0 < binned <= count, f"{binned} in histograms of {kind}")
        lat = jobs[number - 1]["write" if way else "read"]["lat_ns"]
        check(abs(lat["mean"] * count - sums["lat"]) < count,
              f"mean of {kind}: {lat['mean']}")
    check_equal([row[4] for row in log_of("request", "lat", 2)],
                list(range(REQUESTS)), "requests in the log")


def test_warmup_requests_are_left_out_of_everything():
    for more in ({}, {"backend": "io_uring", "iodepth": 8, "store": "async"}):
        jobs = replay(*logging(warmup_requests=25, **more)).jobs
        row, = plan(mixed_trace(), capacity=SLOTS, warmup_requests=25)
        check_samples(jobs, warmup_requests=25)
        check_equal(counts(jobs[0]), (row["hits"], row["misses"]),
                    "I/Os behind the warm-up")
        check_equal([line[4] for line in log_of("request", "lat", 2)],
                    list(range(25, REQUESTS)), "requests in the log")


def test_warmup_of_everything_is_refused():
    refused(f"warmup_requests={REQUESTS}", "lower it", trace=mixed_trace(),
            warmup_requests=REQUESTS)


def test_warmup_is_not_paced():
    trace = write_trace("paced.jsonl", [
        request([1], 0), request([2], 3_600_000), request([1], 3_600_000)])
    jobs = replay(*with_observers(trace=trace, replay_no_stall=0,
                                  warmup_requests=1)).jobs
    check_equal(samples(jobs), {"request": 2, "load": 1, "store": 1},
                "samples")


def test_requests_without_io_are_samples_of_request():
    jobs = replay(*with_observers(memory_size=4 * SLOT,
                                  plan_json=file("memory.json"))).jobs
    said = json.loads(file("memory.json").read_text(encoding="utf-8"))
    check(said["memory_hits"] > 30, "memory has few hits")
    check_equal(samples(jobs)["request"], REQUESTS, "requests")
    check(0 < samples(jobs)["load"] < said["requests_with_hits"],
          f"{samples(jobs)['load']} loads, of all those with hits")
    trace = write_trace("nothing.jsonl", [request([], i) for i in range(9)])
    for more in ({}, {"replay_no_stall": 0}):
        jobs = replay(*with_observers(trace=trace, **more)).jobs
        check_equal(samples(jobs), {"request": 9, "load": 0, "store": 0},
                    "samples of nothing")
        check_equal(jobs[1]["read"]["io_bytes"], 0, "bytes of nothing")


def test_several_jobs_and_observers():
    for more in ({}, {"thread": 1}, {"store": "async"}):
        jobs = with_observers("request", "request", "load", "store",
                              backend="libaio", iodepth=4, **more)
        jobs[:1] = [{**jobs[0], "name": f"blocks{i}"} for i in range(3)]
        done = replay(*jobs).jobs
        check_samples(done)
        check_equal([job["read"]["total_ios"] for job in done[3:5]],
                    [REQUESTS] * 2, "requests by two observers")


def test_every_pass_is_observed():
    first = wanted()
    for more in ({}, {"thread": 1, "iodepth": 4, "backend": "io_uring"}):
        jobs = replay(*with_observers(loops=3, **more)).jobs
        # From the second pass on all is cached.
        check_equal(samples(jobs), {
            "request": 3 * REQUESTS, "store": first["store"],
            "load": first["load"] + 2 * 50}, "samples of three passes")


def test_every_client_is_observed():
    jobs = with_observers(share="each", filename=None, directory=FILES)
    jobs[:1] = [{**jobs[0], "name": f"client{i}"} for i in range(3)]
    check_equal(samples(replay(*jobs).jobs),
                {kind: 3 * each for kind, each in wanted().items()},
                "samples of three clients")


def test_group_reporting_with_groups_of_their_own():
    jobs = with_observers("request", "load", more={"new_group": 1},
                          group_reporting=1)
    jobs[:1] = [jobs[0], jobs[0]]
    done = replay(*jobs).jobs
    check_equal([job["jobname"] for job in done],
                ["blocks", "request", "load"], "groups")
    check_equal(samples(done), {kind: wanted()[kind]
                                for kind in ("request", "load")}, "samples")


def test_steady_state_of_an_observer():
    """It ends the observer; exitall and exit_what=all end the replay too."""
    jobs = with_observers("request", more={
        "steadystate": "iops:99%", "steadystate_duration": 2, "new_group": 1,
        "exitall": 1, "exit_what": "all"},
        time_based=1, runtime=30, backend="null")
    began = time.monotonic()
    job = replay(*jobs).jobs[1]
    check(time.monotonic() - began < 29, "steady state did not end the run")
    check_equal(job["steadystate"]["attained"], 1, "steady state")


def test_an_observer_that_ends_first_holds_up_nobody():
    """200 passes in 2.4 seconds: far more than there are records."""
    blocks, _ = replay(*with_observers(
        "request", more={"runtime": 1}, replay_no_stall=0, loops=200,
        replay_time_scale=5000, runtime=30, backend="null")).jobs
    first, = plan(mixed_trace(), capacity=SLOTS)
    check_equal(counts(blocks),
                (first["hits"] + 199 * (first["lookups"]), first["misses"]),
                "I/Os")


def refused_jobs(*jobs, saying):
    done = run_fio(command(*jobs))
    check(done.status > 0, f"fio ended with {done.status}")
    for part in saying:
        check_has(done.text, part)


def test_observers_need_block_jobs():
    for kind in OBSERVERS:
        refused("observe=", "no job of this replay group", observe=kind,
                trace=mixed_trace())
    # An observer with another size= is in a group of its own.
    jobs = with_observers("request")
    jobs[1]["size"] = SLOT
    refused_jobs(*jobs, saying=["no job of this replay group"])


def test_observers_write_no_plan():
    blocks, load = with_observers("load")
    blocks["plan_json"] = file("blocks.json")
    replay(blocks, {**load, "plan_json": file("blocks.json")})
    refused_jobs(blocks, {**load, "plan_json": file("load.json")},
                 saying=["'load'", f"plan_json={file('load.json')}",
                         "[global]"])


def test_observers_need_a_reporting_group():
    refused_jobs(*with_observers("load", group_reporting=1),
                 saying=["group_reporting", "new_group=1", "'blocks'"])
    jobs = with_observers("load", "request", group_reporting=1)
    jobs[1]["new_group"] = 1
    refused_jobs(*jobs, saying=["new_group=1", "'load'"])


def unfinished_trace():
    """One request is done at once, the other takes ten seconds."""
    return write_trace("long.jsonl", [request([1]),
                                      request(range(2, 1002))])


def unfinished_jobs(**more):
    return with_observers(trace=unfinished_trace(), size=2000 * SLOT,
                          backend=SLOW, backend_options="service_us=10000",
                          **more)


def check_unfinished(done):
    check_has(done.out, "had begun but not ended: 1;")
    check_has(done.out, "issued rwts: total=1,0,0,0")
    check_has(done.out, "issued rwts: total=0,1,0,0")
    # fio's text leaves out jobs without samples.
    check("load: (groupid" not in done.out, "a load was counted")


def test_requests_that_runtime_cuts_off_are_not_done():
    check_unfinished(replay(*unfinished_jobs(runtime=1), output="normal"))
    jobs = replay(*unfinished_jobs(runtime=1)).jobs
    check_equal(samples(jobs), {"request": 1, "load": 0, "store": 1},
                "samples")


def test_requests_that_an_interrupt_cuts_off_are_not_done():
    process = start(command(*unfinished_jobs(), output="normal",
                            fio={"status-interval": "300ms"}))
    # Two reports: by then the first request is long done.
    seen = 0
    for line in process.stdout:
        seen += line.startswith("request: ")
        if seen == 2:
            break
    process.send_signal(signal.SIGINT)
    check_unfinished(finish(process))


if __name__ == "__main__":
    run(globals())
