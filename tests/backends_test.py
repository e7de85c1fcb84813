#!/usr/bin/python3
"""
Real engines of fio below this one: what each reads and writes is exact,
whatever the depth, the number of jobs, processes or threads, and every byte
is checked. And those that can't hold a cache are refused with a reason.
"""

import errno
import os
import re
import signal
import socket
import time

from backend_runs import CORNERS, Nbd, corners, engines, exact, needs, report
from fio_runs import (FILES, SLOT, command, counts, file, finish,
                      mixed_trace, planned, refused, start, wait_for)
from fio_runs import run as run_fio
from testing import check, check_equal, check_has, run

SYNC = ("sync", "psync", "vsync", "pvsync", "pvsync2", "mmap")
RING = ("fixedbufs=1", "registerfiles=1", "sqthread_poll=1",
        "fixedbufs=1,registerfiles=1", "nonvectored=0")


def test_synchronous_engines():
    for backend in SYNC:
        corners(backend=backend)


def test_vsync_in_batches():
    exact(backend="vsync", iodepth=16, iodepth_batch=16)
    exact(backend="vsync", iodepth=16, numjobs=2, replay_no_stall=0,
          replay_time_scale=1000)


def test_asynchronous_engines():
    for backend in ("posixaio", "libaio", "io_uring"):
        corners(backend=backend)


def test_io_uring_as_it_can_be_set():
    for options in RING:
        exact(backend="io_uring", backend_options=options, iodepth=16,
              numjobs=4)


def test_nbd():
    with Nbd("memory", "16M") as nbd:
        corners(**nbd.job)


def begins_and_ends(log):
    """(time order, connection and id, kind, offset or None, end?)"""
    pattern = re.compile(r"connection=(\d+) (\.\.\.)?(Read|Write) id=(\d+)"
                         r"(?: offset=(0x[0-9a-f]+) count=(0x[0-9a-f]+))?")
    for line in log.read_text(encoding="utf-8").splitlines():
        match = pattern.search(line)
        if match:
            connection, end, kind, number, offset, _ = match.groups()
            yield (connection, number), kind, offset, bool(end)


def check_order(log):
    """While a place is written nothing else goes on there, and nothing is read
    that was not written."""
    busy, written, running, ios = {}, set(), {}, 0
    for who, kind, offset, end in begins_and_ends(log):
        if end:
            kind, offset = running.pop(who)
            busy[offset].remove(kind)
            if kind == "Write":
                written.add(offset)
            continue
        beside = busy.setdefault(offset, [])
        check("Write" not in beside and (kind == "Read" or not beside),
              f"{kind} of {offset} beside {beside}")
        check(kind == "Write" or offset in written,
              f"{offset} is read before it is written")
        running[who] = kind, offset
        beside.append(kind)
        ios += 1
    return ios


def test_order_in_the_log_of_nbd():
    log = file("nbd.log")
    for jobs, depth in ((1, 16), (4, 4)):
        with Nbd("--filter=log", "--filter=delay", "memory", "16M",
                 f"logfile={log}", "rdelay=1ms", "wdelay=2ms") as nbd:
            exact(iodepth=depth, numjobs=jobs, **nbd.job)
        check_equal(check_order(log), sum(planned(mixed_trace())), "I/Os")
        log.unlink()


def test_nbd_errors():
    """Reads and writes that fail, each with an error of its own."""
    for kind, error in (("pread", errno.EIO), ("pwrite", errno.ENOSPC)):
        with Nbd("--filter=error", "memory", "16M",
                 f"error-{kind}-rate=100%",
                 f"error={errno.errorcode[error]}") as nbd:
            for depth in (1, 4):
                done = run_fio(command({"trace": mixed_trace(),
                                        "iodepth": depth, **nbd.job}))
                check(done.status > 0, f"{kind}: status {done.status}")
                check_has(done.err, f": {os.strerror(error)}: ")


def test_nbd_errors_gone_over_are_counted():
    """fio counts as many errors as the server made."""
    log, trace = file("nbd.log"), mixed_trace()
    with Nbd("--filter=log", "--filter=error", "memory", "16M",
             f"logfile={log}", "error=EIO", "error-rate=10%") as nbd:
        done = run_fio(command({"trace": trace, "iodepth": 16, "numjobs": 4,
                                "group_reporting": 1, "check_blocks": "data",
                                "continue_on_error": "all", **nbd.job}))
    job = report(done).job
    check_equal(counts(job), planned(trace), "I/Os")
    check_equal(job["total_err"], log.read_text().count("error=EIO"), "errors")
    log.unlink()


def test_nbd_server_killed():
    """In the middle of a read, and of a write."""
    log = file("nbd.log")
    for kind in ("read", "write"):
        with Nbd("--filter=log", "--filter=delay", "memory", "16M",
                 f"logfile={log}", f"{kind[0]}delay=60") as nbd:
            process = start(command({"trace": mixed_trace(), "iodepth": 4,
                                     "numjobs": 2, **nbd.job}))
            wait_for(lambda: f" {kind.capitalize()} id=" in log.read_text(),
                     f"a {kind}")
            nbd.process.kill()
            done = finish(process)
        check(done.status > 0, f"status {done.status}: {done.text[-500:]}")
        check_has(done.err, f": {kind} offset=")
        log.unlink()


def test_interrupted_while_nbd_stalls():
    with Nbd("--filter=delay", "memory", "16M", "wdelay=60") as nbd:
        process = start(["env", "--default-signal=INT",
                         *command({"trace": mixed_trace(), "iodepth": 4,
                                   **nbd.job}, output="normal")])
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        done = finish(process)
        check(done.status > 0, f"status {done.status}")
        check_has(done.err, "I/Os in flight")


def test_interrupted_while_a_server_says_nothing():
    path = file("silent.socket")
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        silent.listen()
        needs("nbd")
        process = start(["env", "--default-signal=INT",
                         *command({"trace": mixed_trace(), "backend": "nbd",
                                   "filename": None, "backend_options":
                                   f"uri=nbd+unix:///?socket={path}"})])
        held, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        done = finish(process)
        held.close()
    check(done.status > 0, f"status {done.status}")
    check_has(done.err, "is still set up")
    path.unlink()


def test_engines_that_move_no_data():
    for backend in ("falloc", "ftruncate", "e4defrag", "filecreate",
                    "filestat", "filedelete", "net", "netsplice", "splice",
                    "cpuio", "exec"):
        if backend in engines():
            refused(f"backend={backend}", trace=mixed_trace(),
                    backend=backend)


def test_engines_that_cannot_sync():
    for backend in ("rados", "http", "nfs", "mtd"):
        if backend not in engines():
            continue
        for sync in ("fsync", "fdatasync", "end_fsync", "fsync_on_close"):
            refused(f"backend={backend} can't sync", trace=mixed_trace(),
                    backend=backend, **{sync: 1})
        refused(f"backend={backend} can't sync", trace=mixed_trace(),
                backend=backend, sync_file_range="write:1")


def test_objects_of_rados():
    if "rados" in engines():
        refused("osd_max_object_size", "nrfiles=2", trace=mixed_trace(),
                backend="rados", size="130m")


def test_engines_for_devices():
    """They are refused on a file: there they would write nowhere, or end by a
    signal."""
    path = file("no.device")
    for backend in ("dev-dax", "sg", "mtd", "io_uring_cmd", "pmemblk"):
        if backend in engines():
            refused(f"backend={backend} finds no size of {path}",
                    trace=mixed_trace(), backend=backend, filename=path)


def test_persistent_memory():
    """Memory that the library takes for persistent, since the environment says
    so."""
    needs("libpmem")
    os.environ["PMEM_IS_PMEM_FORCE"] = "1"
    corners(backend="libpmem")


def test_persistent_blocks():
    """On a pool that fio's engine makes, of blocks as large as an I/O."""
    needs("pmemblk")
    pool = file("blocks.pool")
    for corner in CORNERS:
        exact(**{**corner, "thread": 1}, backend="pmemblk", direct=1,
              filename=f"{pool},4096,64")
    refused("must set thread=1", backend="pmemblk", trace=mixed_trace(),
            filename=f"{pool},4096,64")
    pool.unlink()


def test_engines_with_one_place():
    with Nbd("memory", "16M") as nbd:
        refused("one place", **{**nbd.job, "filename": "a:b",
                                "trace": mixed_trace()})


def both(a, b):
    trace = mixed_trace()
    return run_fio(command({"trace": trace, "name": "a", **a},
                           {"trace": trace, "name": "b", **b}))


def apart(a, b):
    """Each has a plan of its own, so it does all of the trace."""
    done = both(a, b)
    check(done.status == 0, f"{a} beside {b}: {done.text[-500:]}")
    for job, more in zip(report(done).jobs, (a, b)):
        options = {"eviction": more["eviction"]} if "eviction" in more else {}
        check_equal(counts(job), planned(mixed_trace(), **options),
                    f"{job['jobname']}, {a} beside {b}")


def over_each_other(a, b, path=None):
    done = both(a, b)
    check(done.status > 0, f"{a} beside {b}: status {done.status}")
    check_has(done.err, "job 'a': this job and 'b'")
    check_has(done.err, "stonewall")
    if path:
        check(not path.exists(), f"{path} was made")


def test_two_groups_over_each_other():
    path = file("two.dat")
    other = FILES / ".." / FILES.name / "two.dat"
    over_each_other({"filename": path}, {"filename": other}, path)
    over_each_other({"filename": path},
                    {"filename": path, "eviction": "fifo"}, path)
    over_each_other({"filename": path},
                    {"filename": path, "offset": 63 * SLOT}, path)
    path.write_bytes(b"")
    link = file("link.dat")
    link.hardlink_to(path)
    over_each_other({"filename": path}, {"filename": link})
    link.unlink()
    path.unlink()
    folder = file("two.folder")
    over_each_other({"filename": folder, "layout": "files"},
                    {"filename": f"{FILES}/./two.folder", "layout": "files"},
                    folder)


def test_two_groups_on_one_device():
    with Nbd("memory", "16M") as nbd:
        each = {**nbd.job, "share": "each"}
        over_each_other(each, {**each, "eviction": "fifo"})
        done = both(each, each)
        check(done.status > 0, "share=each on one device")


def test_two_groups_beside_each_other():
    path = file("two.dat")
    apart({"filename": path}, {"filename": path, "offset": 64 * SLOT})
    apart({"filename": path}, {"filename": path, "eviction": "fifo",
                               "stonewall": 1})
    apart({"filename": path}, {"filename": path, "eviction": "fifo",
                               "wait_for": "a"})
    path.unlink()


if __name__ == "__main__":
    run(globals())
