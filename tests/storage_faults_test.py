#!/usr/bin/python3
"""
Real storage that fails before a run or in the middle of it: errors on reads
and writes (nbdkit below nbdfuse), full and read-only filesystems, a file that
is cut short; and system calls that are interrupted. FULL=1 in the environment
tries each with every backend, not with one.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

from backend_runs import report
from clean_ends import finish, start
from fio_runs import (DATA_BACKENDS, SLOT, command, file, jobs_of, plan,
                      request, wait_for, write_trace)
from fio_runs import run as run_fio
from testing import SECONDS, Skip, check, check_equal, check_has, run

FULL = os.environ.get("FULL")
FILE = "kv.dat"


def backends(one):
    """With FULL=1 all backends that keep data, otherwise @one."""
    return DATA_BACKENDS if FULL else (one,)


def made(name):
    path = file(name)
    path.mkdir()
    return path


def call(*words):
    if not shutil.which(words[0]):
        raise Skip(f"{words[0]} is not here")
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Skip(f"{words[0]}: {done.stderr.strip()}")


@contextmanager
def mounted(*words):
    path = made("mounted")
    try:
        call("mount", *words, path)
        try:
            yield path
        finally:
            subprocess.run(["umount", path], check=True)
    finally:
        path.rmdir()


def full_filesystem():
    return mounted("-t", "tmpfs", "-o", "size=1m", "none")


@contextmanager
def ext4():
    """A folder on an ext4, and a function that makes that read-only, as an
    error would."""
    image = file("ext4.img")
    with open(image, "wb") as data:
        data.truncate(32 << 20)
    before = set(Path("/sys/fs/ext4").glob("*"))
    try:
        call("mkfs.ext4", "-q", image)
        with mounted("-o", "loop,errors=remount-ro", image) as path:
            device, = set(Path("/sys/fs/ext4").glob("*")) - before
            yield path, lambda: (device / "trigger_fs_error").write_text("1")
    finally:
        image.unlink()


@contextmanager
def nbd_file(*filters):
    """A file of 2 MiB in memory, below filters of nbdkit."""
    for program in ("nbdfuse", "nbdkit"):
        if not shutil.which(program):
            raise Skip(f"{program} is not here")
    folder = made("fuse")
    path = folder / FILE
    path.touch()
    process = subprocess.Popen(
        ["nbdfuse", path, "--socket-activation", "nbdkit", "memory", "2M",
         *filters], stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: path.stat().st_size or process.poll(), "nbdfuse")
        if process.poll() is not None:
            raise Skip("nbdfuse can't mount here")
        yield path
    finally:
        # I/Os of a job that ended with an error may be in the kernel still.
        wait_for(lambda: process.poll() is not None or
                 not subprocess.run(["umount", path], check=False).returncode,
                 "the end of nbdfuse")
        process.wait(SECONDS)
        path.unlink()
        folder.rmdir()


@contextmanager
def failing_file(way):
    """A file, and a function from whose call on each pread or pwrite of it
    fails."""
    trigger = file("trigger")
    with nbd_file("--filter=error", f"error-{way}=EIO", f"error-{way}-rate=1",
                  f"error-{way}-file={trigger}") as path:
        try:
            yield path, trigger.touch
        finally:
            trigger.unlink(missing_ok=True)


def endless(path, backend, **more):
    """Reads and writes, with a cache that evicts, for ten minutes."""
    return {"trace": "builtin:toolagent", "size": 500 * SLOT, "time_based": 1,
            "runtime": 600, "backend": backend, "filename": path, "numjobs": 2,
            "iodepth": 4, "check_blocks": "data", **more}


def fails_in_the_middle(path, backend, fault, *saying, **more):
    process = start(endless(path, backend, **more))
    wait_for(lambda: process.poll() is not None or
             path.is_dir() and any(path.iterdir()) or
             path.is_file() and any(path.read_bytes()[:SLOT]), "a write")
    check(process.poll() is None, "fio ended before the fault")
    fault()
    done = finish(process)
    what = f"{backend}: {done.text[-600:]}"
    check(done.status > 0, f"status {done.status}: {what}")
    check(any(part in done.text for part in saying), what)


def test_errors_of_reads_and_writes():
    for way, one in (("pread", "psync"), ("pwrite", "libaio")):
        for backend in backends(one):
            with failing_file(way) as (path, fault):
                fails_in_the_middle(path, backend, fault,
                                    "Input/output error", direct=1)
    with failing_file("pwrite") as (path, fault):
        fault()
        done = run_fio(command(endless(path, "io_uring", direct=1)))
        check(done.status > 0, f"status {done.status}")
        check_has(done.text, "Input/output error")


def test_a_full_filesystem():
    for backend in ("psync", "libaio", "io_uring", "posixaio"):
        for depth in (1, 8):
            with full_filesystem() as folder:
                done = run_fio(command({
                    "trace": "builtin:conversation", "max_requests": 100,
                    "backend": backend, "iodepth": depth, "size": "4m",
                    "fallocate": "none", "filename": folder / FILE}))
                check(done.status > 0, f"{backend}: status {done.status}")
                check_has(done.text, "No space left on device")


def test_a_filesystem_that_becomes_read_only():
    for layout, one in (("slots", "io_uring"), ("files", "psync")):
        for backend in backends(one):
            with ext4() as (folder, fault):
                path = folder / FILE
                fails_in_the_middle(path, backend, fault,
                                    "Read-only file system",
                                    "Input/output error", layout=layout,
                                    size="4m")


def test_a_filesystem_that_is_read_only():
    trace = write_trace("one.jsonl", [request([1, 2])])
    for layout in ("slots", "files"):
        with mounted("-t", "tmpfs", "none") as folder:
            path = folder / FILE
            call("mount", "-o", "remount,ro", folder)
            done = run_fio(command({"trace": trace, "filename": path,
                                    "layout": layout}))
            check(done.status > 0, f"{layout}: status {done.status}")
            check_has(done.text, "Read-only file system")


def cannot_be_written(path, why):
    trace = write_trace("one.jsonl", [request([1, 2])])
    for backend in backends("libaio"):
        done = run_fio(command({"trace": trace, "filename": path,
                                "size": path.stat().st_size,
                                "backend": backend}))
        check(done.status > 0, f"{backend}: status {done.status}")
        check_has(done.text, f"can't write to the cache file {path}: {why}; "
                  "make it writable, or name another file")


def test_a_file_that_is_there_and_read_only():
    """Its filesystem is read-only, or it has an attribute that root can't pass
    over either."""
    with mounted("-t", "tmpfs", "none") as folder:
        path = folder / FILE
        path.write_bytes(bytes(2 * SLOT))
        call("mount", "-o", "remount,ro", folder)
        cannot_be_written(path, "Read-only file system")
    with ext4() as (folder, _):
        path = folder / FILE
        path.write_bytes(bytes(2 * SLOT))
        call("chattr", "+i", path)
        cannot_be_written(path, "Operation not permitted")


def test_a_file_that_is_cut_short():
    for backend in backends("libaio"):
        path = file("cut.dat")
        fails_in_the_middle(path, backend, lambda p=path: os.truncate(p, SLOT),
                            "the file ends there",
                            "is not what was written")
        path.unlink()


def interrupt(process, pauses):
    """Stops and continues jobs till they end: their system calls come back
    with EINTR."""
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        pids = jobs_of(process)
        for pid in random.sample(pids, min(1, len(pids))):
            try:
                os.kill(pid, signal.SIGSTOP)
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass
        time.sleep(random.choice(pauses))


def test_interrupted_system_calls():
    """While jobs wait for arrivals, and while they do I/O."""
    row, = plan("builtin:toolagent", max_requests=300, capacity=500)
    for backend in backends("io_uring"):
        for pace in ({}, {"replay_no_stall": 0, "replay_time_scale": 3000}):
            process = start({
                "trace": "builtin:toolagent", "max_requests": 300,
                "size": 500 * SLOT, "numjobs": 2, "group_reporting": 1,
                "backend": backend, "iodepth": 4, "check_blocks": "data",
                **pace})
            interrupt(process, [0.001])
            done = finish(process)
            check(done.status == 0, f"{backend}: {done.text[-600:]}")
            check_equal(report(done).counts, (row["hits"], row["misses"]), backend)


def test_interrupted_waits_for_a_slow_device():
    """Its I/Os take three times as long as a job waits at its ring before it
    asks again, so that there are interrupts after waits that timed out."""
    trace = write_trace("slow.jsonl", [request([0, 1, 2, number])
                                       for number in range(3, 9)])
    with nbd_file("--filter=delay", "rdelay=60ms", "wdelay=60ms") as path:
        for backend in backends("io_uring"):
            for _ in range(3):
                process = start({
                    "trace": trace, "backend": backend, "iodepth": 2,
                    "size": "2m", "filename": path})
                interrupt(process, [0.001, 0.007, 0.025])
                done = finish(process)
                check(done.status == 0, f"{backend}: {done.text[-600:]}")
                check_equal(report(done).counts, (15, 9), backend)


if __name__ == "__main__":
    run(globals())
