#!/usr/bin/python3
"""
The end of a replay that isn't its own: a job that fails or is killed, signals,
runtime. The others end in bounded time, the status says so, and nothing is
left. FULL=1 in the environment stops 200 runs at a random moment, not 20.
"""

import os
import random
import shutil
import signal
import time
from pathlib import Path

from clean_ends import finish, left_of, start
from fio_runs import SLOT, SLOW, Run, counts, file, jobs_of, plan, wait_for
from testing import check, check_equal, check_has, run

STOPS = 200 if os.environ.get("FULL") else 20
FAILED = "another job of the replay group failed"
INTERRUPTED = 128


def endless(**more):
    """A job that would take ten minutes."""
    return {"trace": "builtin:toolagent", "size": 500 * SLOT, "numjobs": 3,
            "time_based": 1, "runtime": 600, "backend": "io_uring",
            "iodepth": 4, **more}


def watching(**more):
    return endless(name="watch", observe="request", numjobs=1, new_group=1,
                   **more)


def failing(at=500, error=5, **more):
    """A job whose I/O number @at fails."""
    return endless(backend=SLOW,
                   backend_options=f"error_at={at},error={error}", **more)


def shared_files():
    return {path.name for path in Path("/dev/shm").glob("*")
            if not path.name.startswith("mooncake-")}


def has_slept(pid):
    try:
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return True
    return "\nvoluntary_ctxt_switches:\t0\n" not in status


def workers(process, wanted):
    """The jobs in the order in which they were started, once all have slept:
    plain fio hangs when one is killed before that."""
    for _ in range(1000):
        pids = jobs_of(process)
        if process.poll() is not None or (len(pids) == wanted and
                                          all(map(has_slept, pids))):
            return pids
        time.sleep(0.01)
    raise AssertionError(f"{wanted} jobs were not started: {pids}")


def threads(process):
    return len(list(Path(f"/proc/{process.pid}/task").iterdir()))


def wait_for_jobs(process, wanted, thread):
    """Waits until fio has started the jobs: before that a signal ends it at
    once, as it does any other program."""
    if thread:
        wait_for(lambda: threads(process) > wanted + 1, "threads")
    else:
        workers(process, wanted)


def ends(*jobs, status=None, saying=()):
    done = finish(start(*jobs))
    check(done.status == status if status is not None else done.status > 0,
          f"status {done.status}: {done.text[-600:]}")
    for part in saying:
        check_has(done.text, part)
    return done


def test_a_job_that_fails_ends_the_others():
    for more in ({}, {"thread": 1}, {"iodepth": 1}):
        ends(endless(**more), failing(name="bad", **more), watching(**more),
             saying=("Input/output error", FAILED))


def test_a_full_disk_ends_the_others():
    ends(endless(), failing(name="bad", error=28),
         saying=("No space left on device", FAILED))


def test_a_job_that_fails_at_its_first_io():
    ends(endless(), failing(name="bad", at=1), watching(),
         saying=("Input/output error", FAILED))


def killed(*jobs, nr_jobs, which, after=0.3):
    process = start(*jobs)
    pids = workers(process, nr_jobs)
    time.sleep(after)
    os.kill(pids[which], signal.SIGKILL)
    done = finish(process)
    check(done.status > 0, f"status {done.status}: {done.text[-600:]}")
    check_has(done.text, f"(pid {pids[which]}) died; the others of its "
              "replay group end")


def test_a_killed_job_ends_the_others():
    for more in ({}, {"backend": "psync"},
                 {"replay_no_stall": 0, "replay_time_scale": 1}):
        killed(endless(**more), watching(**more), nr_jobs=4, which=1)


def test_a_killed_observer_ends_the_others():
    killed(endless(), watching(), nr_jobs=4, which=3)


def test_killed_before_they_start():
    for which in (0, 3):
        killed(endless(), watching(), nr_jobs=4, which=which, after=0)


def test_the_parent_is_killed_before_they_start():
    """Jobs sleep until all are there. They must end though nobody wakes them
    any more."""
    for wanted in (1, 8):
        process = start(endless(numjobs=20))
        wait_for(lambda process=process, wanted=wanted:
                 len(jobs_of(process)) >= wanted, "jobs")
        process.kill()
        process.wait()
        wait_for(lambda process=process: not left_of(process), "its jobs")


def client(**more):
    directory = file("each")
    directory.mkdir(exist_ok=True)
    return {**endless(), "filename": None, "directory": directory,
            "share": "each", "numjobs": 1, **more}


def test_a_killed_client_ends_the_others():
    killed(client(numjobs=2), client(name="watch", observe="request",
                                     new_group=1), nr_jobs=3, which=1)


def test_a_client_killed_when_the_others_are_done():
    killed(client(name="short", number_ios=10), client(name="long"),
           nr_jobs=2, which=1)


def test_runtime_ends_all():
    for more in ({}, {"thread": 1}, {"backend": "psync", "iodepth": 1}):
        jobs = [endless(runtime=1, **more), watching(**more)]
        jobs[1]["runtime"] = 600
        done = ends(*jobs, status=0)
        check(all(sum(counts(job)) for job in done.jobs), "a job did nothing")
        check(sum(counts(done.jobs[-1])) > 0, "no request was seen")


def test_signals_end_all():
    for number in (signal.SIGINT, signal.SIGTERM):
        for thread in (0, 1):
            process = start(endless(thread=thread), watching(thread=thread))
            wait_for_jobs(process, 4, thread)
            time.sleep(0.2)
            process.send_signal(number)
            done = finish(process)
            check_equal(done.status, INTERRUPTED, "status")
            check_has(done.text, f"terminating on signal {number}")
            check("mooncake:" not in done.err, done.err)


def test_other_groups_go_on_after_an_error():
    good = {"trace": "builtin:toolagent", "max_requests": 200, "numjobs": 2,
            "group_reporting": 1, "name": "good", "size": 100 * SLOT}
    row, = plan("builtin:toolagent", max_requests=200, capacity=100)
    wanted = row["hits"], row["misses"]
    done = ends(endless(group_reporting=1), failing(name="bad"),
                {**good, "stonewall": 1},
                {**good, "name": "beside", "filename": file("beside.dat"),
                 "new_group": 1})
    report = Run(0, done.out[done.out.index("{\n"):], "")
    check_equal([counts(job) for job in report.jobs[-2:]], [wanted] * 2,
                "other groups")


def test_exitall_on_error_ends_other_groups():
    ends(failing(name="bad", exitall_on_error=1, exit_what="all"),
         endless(name="beside", filename=file("beside.dat"), new_group=1),
         saying=("Input/output error",))


def victim(process, how, thread):
    """Whom the signal is for: fio, or with SIGKILL one of its jobs, too."""
    if how != signal.SIGKILL:
        return process.pid
    pids = [] if thread else workers(process, 4)
    return random.choice([process.pid, *pids])


def stop_at_random(thread):
    backend = random.choice(("psync", "libaio", "io_uring"))
    more = {"backend": backend, "thread": thread, "unlink": 1,
            "filename": file("stopped"),
            "layout": random.choice(("slots", "slots", "files", "buckets"))}
    if more["layout"] == "buckets":
        more["bucket_objects"] = 50
    if random.random() < 0.3:
        more.update(replay_no_stall=0, replay_time_scale=1000)
    process = start(endless(**more), watching(**more))
    how = random.choice((signal.SIGINT, signal.SIGTERM, signal.SIGKILL))
    time.sleep(random.uniform(0, 0.6))
    whom = victim(process, how, thread)
    what = f"{how.name} of {'a job' if whom != process.pid else 'fio'}, {more}"
    try:
        os.kill(whom, how)
    except ProcessLookupError:
        pass
    done = finish(process)
    check(done.status != 0, f"{what}: status 0")
    # Where the signal itself has ended fio, it leaves its files.
    check(not more["filename"].exists() or done.status < 0,
          f"{what}: its files are left: {done.text[-600:]}")
    for path in more["filename"].parent.glob("stopped*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def test_stops_at_random_moments():
    seed = random.randrange(1 << 32)
    random.seed(seed)
    before = shared_files()
    for i in range(STOPS):
        try:
            stop_at_random(int(random.random() < 0.3))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, run {i}: {error}") from None
    check_equal(shared_files() - before, set(), "files left in /dev/shm")


if __name__ == "__main__":
    run(globals())
