#!/usr/bin/python3
"""
When requests run, and what latency they are given. No test here asserts that
something was fast: what is checked are orders, lower bounds, and medians of
differences between two clocks' readings of the same moment.
"""

import json
import signal
import statistics
import time

import latency_recount as recount
from fio_runs import (BACKENDS, BUILD, ENGINE, FILES, SLOT, command, counts,
                      file, finish, newer_engine, refused, replay, request,
                      start, write_trace)
from testing import check, check_equal, run

MS = 1_000_000
HOUR = 3_600_000
SLOW = f"external:{BUILD / 'backends' / 'slow.so'}"
OBSERVERS = ("request", "load", "store")
WAYS = {"request": "rw", "load": "r", "store": "w"}


def observer(kind, **more):
    return {"name": kind, "observe": kind, **more}


def logged(kind, log, **more):
    return observer(kind, write_lat_log=FILES / log, log_offset=1, **more)


def slow(log, **options):
    """Over the backend that says when it got and did each I/O."""
    text = ",".join(f"{key}={value}" for key, value in
                    {**options, "log": FILES / log}.items())
    return {"backend": SLOW, "backend_options": text, "size": 4096 * SLOT}


def slow_log(log, job=1):
    return recount.read_ios(FILES / f"{log}.{job}")


def direction(kind):
    return "write" if kind == "store" else "read"


def values(log, job, what="lat"):
    return recount.read_log(FILES / f"{log}_{what}.{job}.log")


def recounted(name, lines, backend, **options):
    """Runs the lines with all observers; requests, logs by kind, JSON."""
    trace = recount.write_lines(FILES / f"{name}.jsonl", lines)
    shared = {"trace": trace, "replay_no_stall": 0, "iodepth": 4, **options}
    jobs = [{"name": "blocks", **shared, **slow(name, **backend)}]
    jobs += [{**jobs[0], **logged(kind, f"{name}-{kind}")}
             for kind in OBSERVERS]
    done = replay(*jobs, fio={"clocksource": "clock_gettime"})
    requests = recount.count_again(lines, slow_log(name))
    logs = {kind: {what: values(f"{name}-{kind}", 2 + i, what)
                   for what in ("slat", "clat", "lat")}
            for i, kind in enumerate(OBSERVERS)}
    return requests, logs, done.jobs


def near(differences, what):
    """The engine looks at the clock before the backend gets an I/O and after
    it has completed it: never less, and mostly at once."""
    check(min(differences) >= 0, f"{what}: less by {-min(differences)} ns")
    median = statistics.median(differences)
    check(median < MS, f"{what}: {median} ns more than the I/Os say")


def check_samples(kind, requests, logs):
    with_io = [r for r in requests if r.ios(WAYS[kind])]
    wanted = requests if kind == "request" else with_io
    check_equal(sorted(logs["lat"]), [r.number for r in wanted],
                f"requests that {kind} reports")
    near([logs["clat"][r.number] -
          (r.end(WAYS[kind]) - r.begin(WAYS[kind])) for r in with_io],
         f"clat of {kind}")
    for number, lat in logs["lat"].items():
        check_equal(logs["slat"][number] + logs["clat"][number], lat,
                    f"slat and clat of {kind} {number}")


def check_json(kind, lat, jobs):
    job, = (job for job in jobs if job["jobname"] == kind)
    said = job[direction(kind)]["lat_ns"]
    check_equal((said["N"], said["min"], said["max"]),
                (len(lat), min(lat.values()), max(lat.values())),
                f"N, min, max of {kind}")
    mean = statistics.fmean(lat.values())
    check(abs(said["mean"] - mean) < 1e-6 * mean,
          f"mean of {kind}: {said['mean']}, not {mean}")


def epoch_of(requests, logs):
    """When the schedule began, by the backend's clock: the earliest that the
    lateness of any request allows."""
    late = [r.begin("rw") - r.arrival - logs["request"]["slat"][r.number]
            for r in requests if r.ios("rw")]
    return min(late), late


def check_arrivals(requests, logs):
    """Each slat is the wait since the trace's own time, so none is early."""
    epoch, late = epoch_of(requests, logs)
    near([each - epoch for each in late], "lateness against the trace")
    for kind in OBSERVERS:
        for number, slat in logs[kind]["slat"].items():
            check(slat < 60_000 * MS, f"slat of {kind} {number}: {slat}")


def check_recount(name, lines, backend, **options):
    requests, logs, jobs = recounted(name, lines, backend, **options)
    for kind in OBSERVERS:
        check_samples(kind, requests, logs[kind])
        check_json(kind, logs[kind]["lat"], jobs)
    check_arrivals(requests, logs)
    return requests, logs


def test_latencies_counted_again():
    lines = recount.make_lines(160, gap_ms=4)
    for store in ("async", "inline"):
        check_recount(f"recount-{store}", lines, store=store,
                      backend={"service_us": 1500, "parallel": 3})


def freeze_lines():
    """One request a 5 ms: a block stored, later loaded by another."""
    return [json.loads(request([number // 2], 5 * number))
            for number in range(240)]


def frozen(ios):
    """From when to when the backend stood still."""
    return ios[0].issued + 400 * MS, ios[0].issued + 700 * MS


FREEZE = {"service_us": 100, "freeze_at_ms": 400, "freeze_ms": 300}


def test_a_frozen_backend_shows_in_every_request_that_arrived_meanwhile():
    requests, logs = check_recount("freeze", freeze_lines(), FREEZE)
    epoch, _ = epoch_of(requests, logs)
    begin, end = frozen(slow_log("freeze"))
    lat, slat = (logs["request"][what] for what in ("lat", "slat"))
    hit = [r for r in requests if begin <= epoch + r.arrival < end]
    check(len(hit) > 50, f"only {len(hit)} requests arrived meanwhile")
    for r in hit:
        wait = end - epoch - r.arrival
        check(lat[r.number] >= wait - MS / 2, f"{r.number} hides its wait")
    # The first ones fill the queue, the others wait in front of it.
    for r in hit[4:]:
        wait = end - epoch - r.arrival
        check(slat[r.number] >= wait - MS / 2, f"{r.number} hides its wait")


def test_a_closed_loop_hides_the_freeze():
    trace = recount.write_lines(FILES / "hidden.jsonl", freeze_lines())
    shared = {"trace": trace, **slow("hidden", **{**FREEZE,
                                                  "service_us": 2000})}
    replay(shared, {**shared, **logged("request", "hidden")})
    begin, end = frozen(slow_log("hidden"))
    last = max(io.completed for io in slow_log("hidden"))
    check(begin < end < last, "the freeze was not within the run")
    long = [lat for lat in values("hidden", 2).values() if lat > 200 * MS]
    check(1 <= len(long) <= 3, f"{len(long)} requests show the freeze")


def spans():
    """Arrivals that do not begin at 0: many at one time, fractions, a
    silence."""
    at = [700, 700, 700.25, 710.5] + [720] * 20 + [730 + i / 2
                                                    for i in range(40)]
    return at + [1400, 1400]


def groups_over_backends(trace, **more):
    """A replay group for each backend, all at once: block job, observer."""
    jobs = []
    for backend in BACKENDS:
        shared = {"backend": backend, "trace": trace, "replay_no_stall": 0,
                  "filename": file(f"{backend}.dat"),
                  "iodepth": 1 if backend == "psync" else 16,
                  "size": 256 * SLOT, **more}
        log = FILES / f"span-{backend}"
        jobs.append({"name": backend, "write_lat_log": log,
                     "log_offset": 1, **shared})
        jobs.append({**shared, **logged("request", f"span-{backend}")})
    return jobs


def check_span(jobs, at, scale):
    """One block each: the k-th completion can't be before the k-th arrival."""
    due = [(each - at[0]) * 100 / scale for each in at]
    for i, backend in enumerate(BACKENDS):
        block, requests = jobs[2 * i], jobs[2 * i + 1]
        check_equal(sum(counts(block)), len(at), f"I/Os over {backend}")
        check_equal(requests["read"]["total_ios"], len(at),
                    f"requests over {backend}")
        log = FILES / f"span-{backend}_lat.{2 * i + 1}.log"
        times = sorted(int(line.split(",")[0]) for line in open(log,
                       encoding="utf-8"))
        early = [k for k, ms in enumerate(times) if ms < int(due[k]) - 1]
        check(not early, f"{backend}: early are {early[:5]}")
        slat = values(f"span-{backend}", 2 * i + 2, "slat").values()
        check(max(slat) < 60_000 * MS, f"{backend}: slat {max(slat)}")


def nothing_is_early(engine):
    at = spans()
    trace = write_trace("span.jsonl", [request([1 + i % 32], when)
                                       for i, when in enumerate(at)])
    for scale in (100, 250):
        done = replay(*groups_over_backends(trace, replay_time_scale=scale),
                      engine=engine)
        check_span(done.jobs, at, scale)


def test_nothing_is_early():
    nothing_is_early(ENGINE)


def test_nothing_is_early_in_the_newer_fio():
    nothing_is_early(newer_engine())


def paced_and_logged(backend, trace):
    """A job with more I/Os than a log has room for at first, and a queue that
    never fills."""
    return {"name": backend, "backend": backend, "trace": trace,
            "replay_no_stall": 0, "size": 256 * SLOT,
            "iodepth": 1 if backend == "psync" else 64,
            "filename": file(f"{backend}.dat"),
            "write_lat_log": FILES / f"paced-{backend}"}


def test_logs_have_every_io_of_a_queue_that_is_never_full():
    trace = write_trace("paced.jsonl", [
        request(range(i % 16, i % 16 + 8), i) for i in range(700)])
    done = replay(*[paced_and_logged(backend, trace) for backend in BACKENDS])
    for i, job in enumerate(done.jobs):
        for what in ("lat", "clat"):
            log = FILES / f"paced-{job['jobname']}_{what}.{i + 1}.log"
            with open(log, encoding="ascii") as lines:
                check_equal(len(list(lines)), sum(counts(job)),
                            f"lines of {log.name}")


def hour_trace():
    return write_trace("hour.jsonl", [request([1, 2], 5), request([1, 2], 9),
                                      request([1, 2, 3], HOUR)])


def first_reports(process, count):
    """The first of fio's reports in JSON while it runs."""
    reports, text = [], ""
    for line in process.stdout:
        text = line if line == "{\n" else text + line
        if line.rstrip() == "}":
            reports.append(json.loads(text))
        if len(reports) == count:
            break
    return reports


def check_waiting_jobs(report):
    """Both requests of the beginning are done and reported."""
    for block, requests in zip(*[iter(report["jobs"])] * 2):
        check_equal(counts(block), (2, 2), f"I/Os of {block['jobname']}")
        check_equal(requests["read"]["total_ios"], 2,
                    f"requests of {block['jobname']}")


def an_hour_of_waiting_is_no_silence(engine):
    line = command(*groups_over_backends(hour_trace()), engine=engine,
                   fio={"status-interval": "400ms"})
    process = start(line)
    reports = first_reports(process, 4)
    check_equal(len(reports), 4, "reports while all jobs wait")
    check_waiting_jobs(reports[-1])
    process.send_signal(signal.SIGINT)
    finish(process)


def test_an_hour_of_waiting_is_no_silence():
    an_hour_of_waiting_is_no_silence(ENGINE)


def test_an_hour_of_waiting_is_no_silence_in_the_newer_fio():
    an_hour_of_waiting_is_no_silence(newer_engine())


def test_runtime_ends_an_hour_of_waiting():
    done = replay(*groups_over_backends(hour_trace(), runtime=1))
    check_waiting_jobs({"jobs": done.jobs})


def test_an_hour_passes_fast_at_high_scale():
    jobs = {"trace": hour_trace(), "replay_no_stall": 0,
            "replay_time_scale": 100 * 3600}
    began = time.monotonic()
    done = replay(jobs, {**jobs, **observer("load")})
    check(time.monotonic() - began >= 1, "the hour took less than a second")
    check_equal(counts(done.job), (4, 3), "I/Os")
    check_equal(done.jobs[1]["read"]["total_ios"], 2, "loads")


def test_absurd_scales_are_refused():
    timed = {"trace": hour_trace(), "replay_no_stall": 0}
    refused("replay_time_scale", **timed, replay_time_scale=0)
    refused("replay_time_scale=100000001", "replay_no_stall=1", **timed,
            replay_time_scale=100000001)
    century = write_trace("century.jsonl", [
        request([1], 0), request([1], 100 * 365 * 24 * HOUR)])
    refused("replay_time_scale=100", "timestamp_unit=", trace=century,
            replay_no_stall=0)
    replay({"trace": century})


def most_at_once(edges):
    """The most that went on at once. @edges are times, each with 1 where
    something begins and -1 where it ends."""
    most = now = 0
    for _, change in sorted(edges):
        now += change
        most = max(most, now)
    return most


def at_once(requests):
    """The most requests that were in work at one moment."""
    return most_at_once([(r.begin("rw"), 1) for r in requests] +
                        [(r.end("rw"), -1) for r in requests])


def in_flight(name, depth, **options):
    lines = [json.loads(request(range(3 * i, 3 * i + 3)))
             for i in range(30)]
    trace = recount.write_lines(FILES / f"{name}.jsonl", lines)
    replay({"trace": trace, "iodepth": depth, "store": "inline", **options,
            **slow(name, service_us=3000)})
    return at_once(recount.count_again(lines, slow_log(name)))


def test_requests_in_work_at_once():
    check_equal(in_flight("flight-default", 8), 1, "by itself")
    check_equal(in_flight("flight-1", 8, max_inflight_requests=1), 1, "1")
    check_equal(in_flight("flight-2", 32, max_inflight_requests=2), 2, "2")
    most = in_flight("flight-0", 12, max_inflight_requests=0)
    check(4 <= most <= 12, f"{most} at once with iodepth=12 and no limit")


def first_blocks(ios, until):
    """What was issued before the first read of block @until."""
    found = [i for i, io in enumerate(ios)
             if (io.way, io.block) == ("r", until)]
    return ios[:found[0]]


def stores_before_read(name, lines, until, **options):
    trace = write_trace(f"{name}.jsonl", lines)
    done = replay({"trace": trace, "iodepth": 8, "lookup": "block",
                   "max_inflight_requests": 0, **options,
                   **slow(name, service_us=1000, write_us=2000)})
    return done, len(first_blocks(slow_log(name), until))


def test_a_load_does_not_wait_for_unrelated_stores():
    lines = [request([1]), request(range(100, 200)), request([1])]
    inline, before = stores_before_read("unrelated-inline", lines, 1,
                                        store="inline")
    check_equal(before, 101, "stores issued before the load, inline")
    behind, before = stores_before_read("unrelated-async", lines, 1,
                                        store="async")
    check(before <= 8, f"{before} stores went before the load")
    for way in ("read", "write"):
        check_equal(behind.job[way]["io_bytes"], inline.job[way]["io_bytes"],
                    f"bytes of {way}")


def test_background_writes_leave_places_for_reads():
    """Writes get a quarter of iodepth as long as none has waited for 100
    ms."""
    lines = [json.loads(request(range(60)))]
    trace = recount.write_lines(FILES / "places.jsonl", lines)
    replay({"trace": trace, "iodepth": 16, "store": "async",
            **slow("places", service_us=3000)})
    ios = slow_log("places")
    begun = min(io.issued for io in ios)
    soon = [io for io in ios if io.issued < begun + 90 * MS]
    edges = [(io.issued, 1) for io in soon] + \
            [(io.completed, -1) for io in soon]
    check_equal(most_at_once(edges), 4, "writes at once")


def test_a_read_has_the_write_that_it_needs_sent_first():
    lines = [request(range(100, 200)), request([199])]
    _, before = stores_before_read("needed", lines, 199, store="async")
    check(before <= 12, f"{before} stores went before the one that is needed")


def test_prefill_delays_stores():
    """No read here waits for a store: reads of the same blocks come much
    later."""
    lines = recount.make_lines(40, gap_ms=2)
    for line in lines[1::2]:
        line["timestamp"] += 500
    lines.sort(key=lambda line: line["timestamp"])
    requests, logs = check_recount("prefill", lines, {"service_us": 500},
                                   prefill_rate=512 * 100, iodepth=16)
    epoch, _ = epoch_of(requests, logs)
    for r in requests:
        if not r.expected["w"]:
            continue
        computed = 10 * MS * len(r.expected["w"])
        ready = r.end("r") if r.expected["r"] else epoch + r.arrival - MS / 2
        check(r.begin("w") >= ready + computed,
              f"{r.number} was stored before it was computed")


def test_a_request_does_not_wait_for_io_in_flight():
    lines = [json.loads(request([1])), json.loads(request([2], 100))]
    trace = recount.write_lines(FILES / "beside.jsonl", lines)
    replay({"trace": trace, "replay_no_stall": 0, "iodepth": 16,
            **slow("beside", service_us=1500000)})
    first, second = sorted(slow_log("beside"), key=lambda io: io.issued)
    check(second.issued < first.completed, "it waited for the other's I/O")


def test_jobs_share_one_schedule():
    lines = recount.make_lines(90, gap_ms=3)
    trace = recount.write_lines(FILES / "split.jsonl", lines)
    shared = {"trace": trace, "replay_no_stall": 0, "iodepth": 4}
    jobs = [{"name": f"worker{i}", **shared, **slow("split", service_us=300)}
            for i in range(3)]
    replay(*jobs, {**jobs[0], **logged("request", "split")},
           fio={"clocksource": "clock_gettime"})
    ios = recount.read_ios(*(FILES / f"split.{i}" for i in (1, 2, 3)))
    requests = recount.count_again(lines, ios)
    logs = {"request": {what: values("split", 4, what)
                        for what in ("slat", "lat")}}
    epoch, late = epoch_of(requests, logs)
    near([each - epoch for each in late], "lateness against the trace")


if __name__ == "__main__":
    run(globals())
