#!/usr/bin/python3
"""
One trace, many jobs: together they count what one job counts, whatever runs
them. FULL=1 in the environment runs every combination.
"""

import itertools
import os

from fio_runs import (BUILD, CONVERSATION, SLOT, command, counts, file,
                      finish, needs_conversation, plan, planned, replay,
                      request, start, wait_for, write_trace)
from testing import check, check_equal, check_has, run

FULL = bool(os.environ.get("FULL"))
# psync has no 32: fio takes any depth for 1 where an engine is synchronous.
DEPTHS = (("psync", 1), ("libaio", 1), ("libaio", 32), ("io_uring", 1),
          ("io_uring", 32))
ALL = [(jobs, thread, *backend) for jobs, thread, backend in
       itertools.product((1, 2, 4, 8), (0, 1), DEPTHS)]
# With so many each trace evicts all the time and still hits.
SLOTS = {"conversation": 10000, "synthetic": 1000}
SOME = {
    "conversation": [(4, 0, "psync", 1), (8, 1, "io_uring", 32)],
    "synthetic": [(1, 1, "io_uring", 32), (2, 0, "io_uring", 1),
                  (2, 1, "libaio", 32), (4, 0, "libaio", 1),
                  (4, 1, "psync", 1), (8, 0, "io_uring", 32),
                  (8, 1, "libaio", 32)],
}


def traced(name):
    if name == "conversation":
        needs_conversation()
        return CONVERSATION
    return f"builtin:{name}"


def wanted(trace, slots, **options):
    row, = plan(trace, capacity=slots, **options)
    return row["hits"], row["misses"]


def sums(jobs):
    return tuple(map(sum, zip(*(counts(job) for job in jobs))))


def check_trace(name):
    trace, slots = traced(name), SLOTS[name]
    reads_writes = wanted(trace, slots)
    for jobs, thread, backend, depth in ALL if FULL else SOME[name]:
        done = replay({"trace": trace, "size": slots * SLOT,
                       "numjobs": jobs, "thread": thread, "backend": backend,
                       "iodepth": depth})
        check_equal(sums(done.jobs), reads_writes,
                    f"{jobs} jobs, thread={thread}, {backend}, {depth} deep")
        check_equal(len(done.jobs), jobs, "jobs reported")


def test_conversation_trace():
    check_trace("conversation")


def test_synthetic_trace():
    check_trace("synthetic")


def small(**more):
    return {"trace": "builtin:synthetic", "max_requests": 300,
            "size": 500 * SLOT, **more}


def small_wanted(**options):
    return wanted("builtin:synthetic", 500, max_requests=300, **options)


def test_sections_of_different_kinds_share_the_work():
    done = replay(small(name="deep", backend="io_uring", iodepth=16),
                  small(name="plain", backend="psync"),
                  small(name="thread", backend="libaio", thread=1,
                        iodepth=4))
    check_equal(sums(done.jobs), small_wanted(), "three sections")


def test_several_files_and_small_units():
    files = f"{file('a.dat')}:{file('b.dat')}:{file('c.dat')}"
    done = replay(small(numjobs=3, filename=files, size=501 * SLOT * 2,
                        bytes_per_token=16, bs=SLOT, chunk_tokens=256,
                        backend="libaio", iodepth=8))
    reads, writes = wanted("builtin:synthetic", 501, max_requests=300)
    check_equal(sums(done.jobs), (2 * reads, 2 * writes), "halves of blocks")


def test_stores_in_the_background():
    for jobs, depth in ((4, 1), (2, 32)):
        done = replay(small(numjobs=jobs, store="async", backend="io_uring",
                            iodepth=depth, max_inflight_requests=0))
        check_equal(sums(done.jobs), small_wanted(), f"{jobs} jobs")


def test_passes_keep_the_cache_warm():
    one = small_wanted()
    done = replay(small(numjobs=4, loops=3, backend="libaio", iodepth=4))
    reads, writes = sums(done.jobs)
    check_equal(reads + writes, 3 * sum(one), "lookups of three passes")
    check(reads >= 3 * one[0], f"{reads} hits, {one[0]} in the first pass")
    alone = replay(small(loops=3))
    check_equal((reads, writes), alone.counts, "four jobs and one")


def test_short_traces_many_times():
    """Each pass waits for requests of the pass before the last one."""
    for requests, jobs, depth in ((1, 3, 8), (3, 2, 1), (7, 4, 32)):
        some = {"max_requests": requests, "loops": 200, "backend": "libaio",
                "max_inflight_requests": 0, "size": 20 * SLOT}
        alone = replay(small(**some))
        done = replay(small(numjobs=jobs, iodepth=depth, **some))
        check_equal(sums(done.jobs), alone.counts, f"{requests} requests")


def ends_early(requests, loops):
    """Whether the jobs that stop early did anything: the others may have done
    all before."""
    limited = small(max_requests=requests, loops=loops, numjobs=2,
                    number_ios=3, size=16384 * SLOT)
    done = finish(start(command(limited, {**limited, "name": "more",
                                          "number_ios": 0})))
    check_equal(done.status, 0, "status")
    every = loops * sum(planned("builtin:synthetic", 16384,
                                max_requests=requests))
    stopped, more = sum(sums(done.jobs[:2])), sum(sums(done.jobs[2:]))
    check(stopped + more <= every, f"{stopped} and {more} I/Os of {every}")
    return stopped > 0


def test_a_job_that_stops_early():
    """It leaves a request undone, in the plan or not planned yet: the others
    go on up to what needs it, and end."""
    for each in ((1, 6000), (2, 3000), (300, 20)):
        wait_for(lambda each=each: ends_early(*each), "an early end")


def test_a_job_that_stops_in_the_warm_up():
    for warmup in (2, 299):
        limited = small(number_ios=3, warmup_requests=warmup,
                        size=16384 * SLOT)
        done = finish(start(command(limited, {**limited, "name": "more",
                                              "number_ios": 0})))
        check_equal(done.status, 0, "status")


def test_a_job_goes_on_beside_a_slow_write():
    """One job writes for a second. The other does all that does not need that
    write, far beyond the pass after it."""
    trace = write_trace("two.jsonl", [request([0]), request([1])])
    two = {"trace": trace, "loops": 50, "memory_size": "1m", "size": 2 * SLOT}
    slow = {"backend": f"external:{BUILD}/backends/slow.so",
            "backend_options": "service_us=1000000"}
    done = replay({**two, **slow},
                  {**two, "startdelay": "300ms", "runtime": "300ms"},
                  {**two, "observe": "request", "new_group": 1})
    check_equal([counts(job) for job in done.jobs],
                [(0, 1), (0, 1), (100, 0)], "writes, and requests")


def test_groups_between_stonewalls():
    done = replay(small(name="first", numjobs=2, group_reporting=1),
                  small(name="second", numjobs=2, stonewall=1,
                        group_reporting=1, lookup="block"),
                  small(name="beside", numjobs=2, new_group=1,
                        group_reporting=1, filename=file("beside.dat")))
    names = [job["jobname"] for job in done.jobs]
    check_equal(names, ["first", "second", "beside"], "reports")
    for job, lookup in zip(done.jobs, ("prefix", "block", "prefix")):
        check_equal(counts(job), small_wanted(lookup=lookup),
                    job["jobname"])


def test_the_same_job_once_more_behind_a_stonewall():
    """It begins with an empty cache, as the first one did."""
    done = replay(small(name="first"), small(name="again", stonewall=1))
    for job in done.jobs:
        check_equal(counts(job), small_wanted(), job["jobname"])


def test_observers_see_every_request_once():
    done = replay(small(name="block", numjobs=4, group_reporting=1),
                  small(name="watch", observe="request", new_group=1),
                  small(name="stores", observe="store", new_group=1))
    row, = plan("builtin:synthetic", capacity=500, max_requests=300)
    check_equal(counts(done.jobs[1])[0], row["requests"], "requests")
    check(0 < counts(done.jobs[2])[1] <= row["requests"], "stores")


def each(**more):
    return small(**{"filename": None, "directory": file("each"),
                    "share": "each", "numjobs": 3, **more})


def test_independent_clients():
    directory = file("each")
    directory.mkdir(exist_ok=True)
    done = replay(each(name="client"),
                  each(name="watch", observe="request", numjobs=1,
                       new_group=1))
    for job in done.jobs[:3]:
        check_equal(counts(job), small_wanted(), job["jobname"])
    check_equal(counts(done.jobs[3])[0], 3 * 300, "requests of all clients")
    check_equal(len(list(directory.iterdir())), 3, "files")


def test_independent_clients_in_one_report():
    file("each").mkdir(exist_ok=True)
    done = replay(each(name="client", group_reporting=1, iodepth=4,
                       backend="io_uring", thread=1))
    check_equal(done.counts, tuple(3 * n for n in small_wanted()), "sums")


def test_independent_clients_want_files_of_their_own():
    done = finish(start(command(small(share="each", numjobs=2))))
    check(done.status > 0, f"status {done.status}")
    check_has(done.text, "share=each gives every job files of its own")
    done = finish(start(command(small(filename=None, numjobs=2))))
    check(done.status > 0, f"status {done.status}")
    check_has(done.text, "share=split needs filename=")


def test_capacity_is_agreed_on():
    done = finish(start(command(small(name="a"),
                                small(name="b", bs=512))))
    check(done.status > 0, f"status {done.status}")
    check_has(done.text, "bs= differs from that of 'a'")


if __name__ == "__main__":
    run(globals())
