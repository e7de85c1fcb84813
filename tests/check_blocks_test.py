#!/usr/bin/python3
"""A hit that isn't the block that was written fails the run, naming it."""

import re
import signal
from pathlib import Path

from fio_runs import (BACKENDS, CONVERSATION, DATA_BACKENDS, ENGINE, SLOT,
                      command, counts, file, finish, jobs_of, mixed_trace,
                      needs_conversation, newer_engine, planned, replay,
                      request, start, wait_for, write_trace)
from testing import check, check_equal, check_has, run

MAGIC = (0x6d6f6f6e63616b65).to_bytes(8, "little")
SLOTS = 4


def endless(backend, engine=ENGINE, **options):
    """Writes blocks 11 to 14 once and then reads them, until a read fails."""
    path = file(f"checked-{backend}")
    path.unlink(missing_ok=True)
    trace = write_trace("again.jsonl", [request([11, 12, 13, 14])] * 20)
    job = {"trace": trace, "filename": path, "size": SLOTS * SLOT,
           "backend": backend, "time_based": 1, "runtime": 600, **options}
    if backend != "psync":
        job["iodepth"] = 3
    return path, start(command(job, engine=engine))


def slots(path):
    data = path.read_bytes() if path.exists() else b""
    return [data[i:i + SLOT] for i in range(0, len(data), SLOT)]


def all_written(path):
    found = slots(path)
    return len(found) == SLOTS and all(any(slot[-8:]) for slot in found)


def spoil(path, slot, data):
    with open(path, "r+b") as target:
        target.seek(slot * SLOT)
        target.write(data)


def fails_on(backend, data_of, *saying, **options):
    """Puts other data in the last slot, whose block is 14, while it runs."""
    path, process = endless(backend, **options)
    wait_for(lambda: all_written(path), "the blocks")
    before = slots(path)
    spoil(path, 3, data_of(before))
    done = finish(process)
    check(done.status > 0, f"{backend} ended with {done.status}")
    for part in ("block 14 ", str(path), *saying):
        check_has(done.err, part)
    check_equal(slots(path)[:3], before[:3], "the other slots")


def test_corrupt_slot():
    for backend in DATA_BACKENDS:
        fails_on(backend, lambda _: b"\0" * SLOT, "no stamp",
                 f"offset {3 * SLOT} ")


def test_corrupt_bit():
    fails_on("psync", lambda found: bytes([found[3][0] ^ 1]), "no stamp")


def test_other_block_in_the_slot():
    for backend in DATA_BACKENDS:
        fails_on(backend, lambda found: found[1], "there is block 12")


def test_data_of_an_earlier_run():
    path, process = endless("psync")
    wait_for(lambda: all_written(path), "the blocks")
    process.send_signal(signal.SIGINT)
    finish(process)
    stale = slots(path)[3]
    for backend in DATA_BACKENDS:
        fails_on(backend, lambda _, old=stale: old, "block 14",
                 "of another run")


def test_slot_in_pieces():
    """Where a block takes several I/Os each of them has a stamp."""
    fails_on("psync", lambda found: found[3][:1024] + found[0][:64],
             "at 1024 in the slot", "there is block 11", bs=512)
    fails_on("io_uring", lambda found: found[3][:2048] + b"x" * 100,
             "at 2048 in the slot", "no stamp", bs=1024)


def calls(process):
    """How many reads its only job has made so far."""
    job, = jobs_of(process)
    found = Path(f"/proc/{job}/io").read_text(encoding="utf-8")
    return int(re.search(r"^syscr: (\d+)", found, re.M)[1])


def unnoticed(path, process, spoiled):
    """Spoils the last slot: it is read many times, and nobody notices."""
    spoil(path, 3, spoiled)
    before = calls(process)
    wait_for(lambda: calls(process) > before + 20 * SLOTS, "reads")
    process.send_signal(signal.SIGINT)
    check("block 14" not in finish(process).err, "blocks were checked")


def test_off_by_option():
    path, process = endless("psync", check_blocks=0)
    wait_for(lambda: all_written(path), "the blocks")
    check(not any(slot.startswith(MAGIC) for slot in slots(path)),
          "a block was stamped")
    unnoticed(path, process, b"\0" * SLOT)


def one_wrong_byte(found):
    half = SLOT // 2
    return found[3][:half] + bytes([found[3][half] ^ 1])


def test_one_wrong_byte_in_the_middle():
    path, process = endless("psync")
    wait_for(lambda: all_written(path), "the blocks")
    unnoticed(path, process, one_wrong_byte(slots(path)))
    for backend in DATA_BACKENDS:
        fails_on(backend, one_wrong_byte, check_blocks="data")


def test_off_by_itself():
    check_equal(replay({"trace": mixed_trace(), "backend": "null"}).counts,
                planned(mixed_trace()), "null")
    path = file("with-verify")
    replay({"trace": mixed_trace(), "filename": path, "size": 100 * SLOT,
            "verify": "crc32c"})
    check(MAGIC not in path.read_bytes(), "stamped beside verify")


def test_truncated_behind_its_back():
    for backend in DATA_BACKENDS:
        path, process = endless(backend)
        wait_for(lambda target=path: all_written(target), "the blocks")
        with open(path, "r+b") as target:
            target.truncate(SLOT)
        done = finish(process)
        check(done.status > 0, f"{backend} ended with {done.status}")


def test_stamps_hold_with_other_buffers():
    """fio may change its buffers between an I/O and the next."""
    jobs = [{"name": name, "trace": mixed_trace(), "stonewall": 1,
             "backend": "io_uring", "iodepth": 8, name: value}
            for name, value in (("refill_buffers", 1), ("zero_buffers", 1),
                                ("scramble_buffers", 0),
                                ("buffer_compress_percentage", 50),
                                ("dedupe_percentage", 50),
                                ("buffer_pattern", "0x5a"))]
    for job in replay(*jobs).jobs:
        check_equal(counts(job), planned(mixed_trace()), job["jobname"])


def test_evicted_blocks_come_back_right():
    """Each backend at depth, with slots rewritten all the time."""
    needs_conversation()
    jobs = [{"name": backend, "trace": CONVERSATION, "size": 1000 * SLOT,
             "backend": backend, "stonewall": 1, "max_requests": 3000,
             "max_inflight_requests": 0, "store": store,
             **({} if backend == "psync" else {"iodepth": 64})}
            for backend in BACKENDS for store in ("inline", "async")]
    wanted = planned(CONVERSATION, 1000, max_requests=3000)
    for job in replay(*jobs).jobs:
        check_equal(counts(job), wanted, job["jobname"])


def test_in_the_newer_fio():
    engine = newer_engine()
    for backend in DATA_BACKENDS:
        fails_on(backend, lambda _: b"\0" * SLOT, "no stamp", engine=engine)


if __name__ == "__main__":
    run(globals())
