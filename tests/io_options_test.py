#!/usr/bin/python3
"""Options of fio that decide what the I/O is: units, syncs, verify, buffers,
the order of operations."""

import zlib
from collections import OrderedDict

from fio_runs import (BACKENDS, DATA_BACKENDS, FILES, MIXED_UNIQUE, SLOT,
                      counts, fails, file, mixed_trace, newer_engine, plan,
                      planned, refused, replay, request, traced, write_trace)
from testing import check, check_equal, run


def depth(backend, ios=8):
    return None if backend == "psync" else ios


def per_backend(backends=BACKENDS, **options):
    """The same job over each backend, one after the other."""
    return [{"name": backend, "backend": backend, "iodepth": depth(backend),
             "trace": mixed_trace(), "stonewall": 1, **options}
            for backend in backends]


def test_fsync_counts():
    for every, more in ((7, {}), (1, {}), (5, {
            "bs": SLOT, "bytes_per_token": 32, "size": 64 * 4 * SLOT})):
        for job in replay(*per_backend(fsync=every, **more)).jobs:
            what = f"{job['jobname']} fsync={every}"
            ios = 4 if more else 1
            check_equal(counts(job), tuple(
                n * ios for n in planned(mixed_trace())), what)
            check_equal(job["sync"]["total_ios"],
                        job["write"]["total_ios"] // every, what)


def syncs(name, **options):
    calls = traced("fsync,fdatasync,sync_file_range",
                   {"trace": mixed_trace(), **options})
    return sum(f" {name}(" in call for call in calls)


def test_fdatasync():
    writes = planned(mixed_trace())[1]
    check_equal(syncs("fdatasync", fdatasync=7), writes // 7, "fdatasync=7")


def test_end_fsync():
    check_equal(syncs("fsync", end_fsync=1), 1, "end_fsync=1")
    for job in replay(*per_backend(end_fsync=1)).jobs:
        check_equal(counts(job), planned(mixed_trace()), job["jobname"])


def in_files(layout, **options):
    buckets = {"bucket_objects": 4} if layout == "buckets" else {}
    return {"trace": mixed_trace(), "layout": layout, "filename":
            file(f"objects.{layout}"), **buckets, **options}


def test_syncs_of_files_that_come_and_go():
    for layout in ("files", "buckets"):
        plain = planned(mixed_trace()) if layout == "files" else None
        for backend in DATA_BACKENDS:
            for option in ("end_fsync", "fsync_on_close"):
                job = in_files(layout, backend=backend, **{option: 1})
                found = replay(job).counts
                plain = plain or found
                check_equal(found, plain, f"{layout} {backend} {option}")
        calls = traced("syncfs,fsync", in_files(layout, end_fsync=1))
        check_equal(sum("syncfs(" in line for line in calls), 1,
                    f"syncs at the end of {layout}")
    calls = traced("openat,fsync", in_files("files", fsync_on_close=1))
    made = sum("O_TRUNC" in line and "ENOENT" not in line for line in calls)
    check_equal(made, planned(mixed_trace())[1], "files made")
    check(sum("fsync(" in line for line in calls) >= made,
          "a file was not synced before it was closed")


def test_sync_opens_the_file_so():
    calls = traced("openat", {"trace": mixed_trace(), "sync": 1})
    check(any(str(file()) in call and "O_SYNC" in call for call in calls),
          "the file was not opened with O_SYNC")
    made = [call for call in traced("openat", in_files("files", sync=1))
            if "O_TRUNC" in call]
    check(made and all("O_SYNC" in call for call in made),
          "a file was not made with O_SYNC")


def units(**options):
    """Sizes in bytes of the I/Os: a job's reads, writes and bytes of each."""
    options = {"trace": mixed_trace(), **options}
    job = replay(options).job
    return (*counts(job), job["read"]["io_bytes"], job["write"]["io_bytes"])


def test_bs():
    hits, misses = planned(mixed_trace())
    block = 4 * SLOT
    for bs, reads, writes in ((None, 1, 1), (SLOT, 4, 4), ("64k", 1, 1),
                              ("4k,16k", 4, 1), ("16k,8k", 1, 2),
                              ("6k", 3, 3), ("512", 32, 32),
                              ("3000,2000", 6, 9), ("5000,300", 4, 55)):
        got = units(bs=bs, bytes_per_token=32, size=64 * block)
        check_equal(got, (hits * reads, misses * writes, hits * block,
                          misses * block), f"bs={bs}")


def test_units_of_less_than_a_stamp():
    hits, misses = planned(mixed_trace())
    for bs in ("30", "16,64", "100,7"):
        for header in (0, 7):
            got = units(bs=bs, bytes_per_token=1, object_header=header,
                        object_align=1, size=64 * (512 + header))
            check_equal(got[2:], (hits * 512, misses * (512 + header)),
                        f"bytes with bs={bs}, object_header={header}")


def test_bs_and_check_blocks_over_backends():
    hits, misses = planned(mixed_trace())
    for job in replay(*per_backend(DATA_BACKENDS, bs="6k", bytes_per_token=32,
                                   size=64 * 4 * SLOT)).jobs:
        check_equal(counts(job), (3 * hits, 3 * misses), job["jobname"])


def test_chunk_tokens():
    hits, misses = planned(mixed_trace())
    for chunk, tokens, objects, object_bytes in (
            (512, 8, 1, 4096), (256, 16, 2, 4096), (64, 8, 8, 4096),
            (256, 20, 2, 8192)):
        slot = objects * object_bytes
        got = units(chunk_tokens=chunk, bytes_per_token=tokens,
                    size=64 * slot)
        check_equal(got, (hits * objects, misses * objects, hits * slot,
                          misses * slot), f"chunk_tokens={chunk}")
    got = units(chunk_tokens=256, bytes_per_token=20, bs=SLOT,
                size=64 * 2 * 8192)
    check_equal(got[:2], (hits * 4, misses * 4), "bs below an object")


def test_bytes_are_rounded_up_to_slots():
    hits, misses = planned(mixed_trace())
    got = units(bytes_per_token=9, size=64 * 8192 + 8191)
    check_equal(got, (hits, misses, hits * 8192, misses * 8192),
                "bytes_per_token=9")


def verified(trace, **options):
    """Behind its hits a job reads each block once, to verify it. All have
    room."""
    hits = planned(trace, MIXED_UNIQUE)
    done = replay(*per_backend(DATA_BACKENDS, size=MIXED_UNIQUE * SLOT,
                               **options))
    for job in done.jobs:
        check_equal((job["read"]["total_ios"] - hits[0],
                     job["write"]["total_ios"]), (MIXED_UNIQUE, hits[1]),
                    f"{job['jobname']} with {options}")


def test_verify_where_nothing_is_rewritten():
    verified(mixed_trace(), verify="crc32c")
    verified(mixed_trace(), verify="md5", verify_backlog=8)
    verified(mixed_trace(), verify="crc32c",
             filename=":".join(str(file(name)) for name in "abc"))


def test_verify_is_refused_where_slots_are_rewritten():
    for backend in DATA_BACKENDS:
        refused("verify=", "89 slots", "verify_pattern=", "check_blocks=1",
                trace=mixed_trace(), verify="crc32c", backend=backend,
                iodepth=depth(backend))


def test_verify_with_loops():
    refused("verify=", trace=mixed_trace(), verify="crc32c", loops=2)
    replay({"trace": mixed_trace(), "verify": "crc32c", "loops": 2,
            "size": MIXED_UNIQUE * SLOT})


def test_verify_pattern():
    for job in replay(*per_backend(DATA_BACKENDS, verify="pattern",
                                   verify_pattern="0xdeadbeef")).jobs:
        hits, misses = planned(mixed_trace())
        check_equal(job["write"]["total_ios"], misses, "writes")
        check(job["read"]["total_ios"] > hits, "nothing was verified")
    check_equal(file().read_bytes()[:4], b"\xde\xad\xbe\xef", "the pattern")


def test_do_verify_off():
    done = replay({"trace": mixed_trace(), "verify": "crc32c",
                   "do_verify": 0, "size": MIXED_UNIQUE * SLOT})
    check_equal(done.counts, planned(mixed_trace(), MIXED_UNIQUE), "counts")


def lru_operations(requests, slots):
    """What prefix lookup with lru does, request by request."""
    cache = OrderedDict()
    for ids in requests:
        reads, writes, missed = [], [], False
        for block in ids:
            if block in cache:
                cache.move_to_end(block)
                if not missed:
                    reads.append(("read", block))
                continue
            missed = True
            if len(cache) == slots:
                cache.popitem(last=False)
            cache[block] = True
            writes.append(("write", block))
        yield from reads + writes


def logged_operations(log):
    for line in log.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if len(words) >= 3 and words[-3] in ("read", "write"):
            yield words[-3], int(words[-2]), int(words[-1])


def operations_trace():
    """No request evicts what it reads, so its reads can go first."""
    ids = [[1, 2, 3], [1, 2, 4], [5], [1, 6, 7], [5, 8], [1, 2, 9], [1, 2, 9],
           [3], [4], [3], [8, 5], [10, 11], [10, 3]]
    return ids, write_trace("operations.jsonl", [request(i) for i in ids])


def check_operations(log, requests, slots):
    """Every read goes to where its block was written last."""
    lies, wanted = {}, list(lru_operations(requests, slots))
    got = list(logged_operations(log))
    check_equal([op for op, _, _ in got], [op for op, _ in wanted], "order")
    for (op, offset, length), (_, block) in zip(got, wanted):
        check(offset % SLOT == 0 and offset < slots * SLOT and length == SLOT,
              f"{op} at {offset} of {length} bytes")
        if op == "write":
            lies[offset] = block
        else:
            check_equal(lies.get(offset), block, f"block at {offset}")


def test_write_iolog_is_the_plan():
    requests, trace = operations_trace()
    log = FILES / "operations.log"
    done = replay({"trace": trace, "size": 6 * SLOT, "write_iolog": log})
    check_equal(done.counts, planned(trace, 6), "counts")
    check_operations(log, requests, 6)
    again = replay({"ioengine": "psync", "read_iolog": log, "backend": None,
                    "bytes_per_token": None, "size": None, "filename": None})
    check_equal(again.counts, done.counts, "the log replayed by fio")


def compressed(**options):
    """The share of their bytes that blocks take when each is compressed."""
    replay({"trace": mixed_trace(), "filename": file("buffers"), **options})
    data = file("buffers").read_bytes()
    blocks = [data[i:i + SLOT] for i in range(0, len(data), SLOT)]
    return sum(len(zlib.compress(block)) for block in blocks) / len(data)


def test_buffer_options():
    check(compressed(refill_buffers=1) > 0.9, "random data compresses")
    small = compressed(buffer_compress_percentage=80)
    check(small < 0.5, f"80% compressible data only to {small:.2f}")
    check(compressed(zero_buffers=1) < 0.1, "zeros don't compress")


def test_psync_latencies_are_real():
    job = replay({"trace": mixed_trace(), "bytes_per_token": 2048,
                  "size": 64 << 20, "lat_percentiles": 1}).job
    for direction in ("read", "write"):
        mean = job[direction]["clat_ns"]["mean"]
        check(mean > 5000, f"{direction}s of 1 MiB in {mean} ns")


def test_memory_and_admission_on_every_backend():
    row, = plan(mixed_trace(), capacity=64, memory_size=4 * SLOT, admit=2,
                bytes_per_token=8)
    writes = row["misses"] - row["unadmitted"]
    for job in replay(*per_backend(memory_size=4 * SLOT, admit=2)).jobs:
        check_equal(counts(job), (row["hits"], writes), job["jobname"])


def test_in_the_newer_fio():
    engine = newer_engine()
    hits, misses = planned(mixed_trace())
    done = replay(*per_backend(fsync=5, bs="6k", bytes_per_token=32,
                               size=64 * 4 * SLOT), engine=engine)
    for job in done.jobs:
        check_equal(counts(job), (3 * hits, 3 * misses), job["jobname"])
        check_equal(job["sync"]["total_ios"], 3 * misses // 5, "syncs")
    done = replay(*per_backend(DATA_BACKENDS, verify="crc32c",
                               size=MIXED_UNIQUE * SLOT), engine=engine)
    for job in done.jobs:
        check_equal(job["write"]["total_ios"], MIXED_UNIQUE, "writes")
    fails("verify=", engine=engine, trace=mixed_trace(), verify="crc32c")


if __name__ == "__main__":
    run(globals())
