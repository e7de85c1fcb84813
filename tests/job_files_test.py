#!/usr/bin/python3
"""
Every job of jobs/, made small: the same file with fewer requests, smaller
blocks and files in memory. And what those files promise.
"""


from fio_runs import FILES, FIO, small_job, run as run_fio
from testing import TOP, check, check_equal, check_has, run

OURS = ("mooncake", "agentic", "conversation", "toolagent", "synthetic", "durable",
        "page-cache", "raw-device", "timed")
SMALL = {"max_requests": "300", "bytes_per_token": "8", "size": "4m",
         "direct": "0", "filename": "job-files.cache", "backend": "libaio"}


def replay_file(name, **more):
    job = small_job(name, {**SMALL, **more})
    done = run_fio([FIO, "--output-format=json", str(job)])
    check_equal((done.status, done.err), (0, ""), f"{name}.fio")
    return {job["jobname"]: job for job in done.jobs}


def ios(job):
    return job["read"]["total_ios"], job["write"]["total_ios"]


def test_every_file_is_listed_and_says_what_it_asks():
    listed = (TOP / "jobs" / "README.md").read_text(encoding="utf-8")
    for path in sorted((TOP / "jobs").glob("*.fio")):
        check_has(listed, f"`{path.name}`")
        head = path.read_text(encoding="utf-8").split("\n\n", 1)[0]
        check(head.startswith("#") and "?" in head,
              f"{path.name} doesn't begin with its question")


def test_every_file_of_ours_is_there():
    there = {path.stem for path in (TOP / "jobs").glob("*.fio")}
    check(set(OURS) <= there, f"{set(OURS) - there} are missing")


def check_observers(jobs):
    """One sample a request, and no bytes: those are the drive's alone."""
    check_equal(jobs["requests"]["read"]["total_ios"], 300, "requests")
    for name in ("loads", "stores", "requests"):
        if name in jobs:
            check_equal(jobs[name]["read"]["io_bytes"], 0, f"{name}: bytes")


def test_mooncake():
    jobs = replay_file("mooncake")
    check_equal(list(jobs), ["disk", "loads", "requests"], "jobs")
    check_observers(jobs)


def test_agentic():
    # A context has more blocks than the others' whole cache here.
    jobs = replay_file("agentic", size="32m")
    check_equal(list(jobs), ["fill", "drive", "loads", "requests"], "jobs")
    reads, writes = ios(jobs["drive"])
    check(reads > writes > 0, f"agentic: {reads} reads, {writes} writes")
    check_observers(jobs)


def test_workloads():
    for name in ("conversation", "toolagent", "synthetic"):
        jobs = replay_file(name)
        check_equal(list(jobs),
                    ["fill", "drive", "loads", "stores", "requests"], name)
        reads, writes = ios(jobs["drive"])
        check(reads and writes, f"{name}: {reads} reads, {writes} writes")
        check_observers(jobs)


def test_durable():
    jobs = replay_file("durable")
    plain = ios(jobs["none"])
    for name in ("dsync", "fdatasync", "fsync"):
        check_equal(ios(jobs[name]), plain, f"reads and writes of {name}")
    check_equal(jobs["fsync"]["sync"]["total_ios"], plain[1], "fsyncs")
    check_equal(jobs["none"]["sync"]["total_ios"], 0, "syncs of none")


def test_page_cache():
    jobs = replay_file("page-cache")
    check_equal(ios(jobs["page-cache"]), ios(jobs["direct"]),
                "reads and writes")


def test_raw_device():
    check_equal(list(replay_file("raw-device")),
                ["drive", "loads", "requests"], "jobs")


def test_raw_device_without_a_device():
    done = run_fio([FIO, str(TOP / "jobs" / "raw-device.fio")],
                   env={"PATH": "/usr/bin:/bin"})
    check_equal(done.status, 1, "exit status")
    check_has(done.text, "failed parsing filename=${DEVICE}")
    check_equal(sorted(FILES.glob("drive.*")), [], "files made")


if __name__ == "__main__":
    run(globals())
