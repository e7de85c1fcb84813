#!/usr/bin/python3
"""
The order on every slot, proved from the log of a backend that completes I/O
out of order (tests/backends/slow.c), across processes and threads. What would
happen without the waits is in build/broken: the proof must fail there, and so
must check_blocks.
"""

from collections import namedtuple

from fio_runs import (BUILD, ENGINE, FILES, SLOT, Engine, command, file,
                      plan, replay, run as run_fio)
from testing import check, check_equal, check_has, run

BROKEN = Engine(ENGINE.fio, BUILD / "broken" / "mooncake.so")
LOG = FILES / "order.log"
# Evicts all the time and still hits; fifo soon evicts what was just read.
TRACE, REQUESTS, SLOTS = "builtin:toolagent", 1000, 100

IO = namedtuple("IO", "issued completed way file offset length hash_id "
                "generation")


def job(**more):
    backend = {"service_us": 5, "jitter_us": 100, "log": LOG,
               **more.pop("options", {})}
    return {
        "trace": TRACE, "max_requests": REQUESTS, "size": SLOTS * SLOT,
        "eviction": "fifo",
        "iodepth": 32, "max_inflight_requests": 0,
        "backend": f"external:{BUILD}/backends/slow.so",
        "backend_options": ",".join(f"{name}={value}"
                                    for name, value in backend.items()),
        **more}


def clear():
    for path in FILES.glob("order.log.*"):
        path.unlink()


def parse(line):
    issued, completed, way, *rest = line.split()
    return IO(int(issued), int(completed), way, *map(int, rest))


def logged():
    """What all jobs logged, by where it lies, in order of issue."""
    ios = [parse(line) for path in FILES.glob("order.log.*")
           for line in path.read_text(encoding="ascii").splitlines()]
    places = {}
    for io in sorted(ios):
        places.setdefault((io.file, io.offset), []).append(io)
    return places


def wrong_at(ios):
    """What is wrong with the I/Os of one place, all of one length: for each
    only those issued before it matter."""
    write, reads_until = None, 0
    for io in ios:
        if write and io.issued < write.completed:
            yield "issued before the last write was completed", io
        if io.way == "w":
            if io.issued < reads_until:
                yield "written while it was read", io
            write, reads_until = io, 0
            continue
        reads_until = max(reads_until, io.completed)
        if not write:
            yield "read before it was written", io
        elif (io.hash_id, io.generation) != (write.hash_id, write.generation):
            yield "read something else than was written", io


def wrongs(places):
    return [wrong for ios in places.values() for wrong in wrong_at(ios)]


def check_lengths(places, length):
    check(all(io.length == length and io.offset % length == 0
              for ios in places.values() for io in ios),
          f"an I/O isn't of {length} bytes")


def proved(length=SLOT, scale=1, **more):
    clear()
    done = replay(job(size=SLOTS * scale * SLOT, **more))
    places = logged()
    check_lengths(places, length)
    ios = sum(map(len, places.values()))
    row, = plan(TRACE, capacity=SLOTS, eviction="fifo",
                max_requests=REQUESTS)
    per_step = scale * SLOT // length
    check_equal(ios, (row["hits"] + row["misses"]) * per_step, "I/Os logged")
    check(row["hits"] > 5000 and row["evictions"] > 5000, "no stress")
    check_equal(len(done.jobs), more.get("numjobs", 1), "jobs")
    check_equal(wrongs(places)[:3], [], "order")


def test_one_job():
    proved()


def test_processes():
    proved(numjobs=4)


def test_threads():
    proved(numjobs=4, thread=1)


def test_depth_one():
    proved(numjobs=8, iodepth=1)


def test_stores_in_the_background():
    proved(numjobs=3, store="async", thread=1)


def test_slots_of_several_units_over_files():
    files = f"{file('o1.dat')}:{file('o2.dat')}"
    proved(numjobs=3, scale=2, bytes_per_token=16, bs=SLOT, filename=files)


def test_a_device_that_freezes():
    proved(numjobs=3, options={"freeze_at_ms": 50, "freeze_ms": 300,
                               "parallel": 8})


def broken(**more):
    clear()
    return run_fio(command(job(**more), engine=BROKEN))


def test_proof_fails_without_the_waits():
    found = set()
    for more in ({}, {"numjobs": 3}, {"numjobs": 3, "thread": 1},
                 {"numjobs": 8, "iodepth": 1}):
        done = broken(check_blocks=0, **more)
        check_equal(done.status, 0, "status")
        here = {what for what, _ in wrongs(logged())}
        check(here, f"{more}: not noticed")
        found |= here
    check({"issued before the last write was completed",
           "written while it was read"} <= found, f"only noticed {found}")


def test_check_blocks_fails_without_the_waits():
    for more in ({}, {"numjobs": 3}, {"numjobs": 3, "thread": 1}):
        done = broken(**more)
        check(done.status > 0, f"{more}: status {done.status}")
        check_has(done.text, "is not what was written")


if __name__ == "__main__":
    run(globals())
