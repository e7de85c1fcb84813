#!/usr/bin/python3
"""
What each profile of jobs/stores/ makes fio ask of the kernel, seen by strace:
kinds, order, sizes and flags against its row in docs/stores.md.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, namedtuple
from pathlib import Path

sys.dont_write_bytecode = True
from fio_runs import ENGINE, FIO
from testing import SECONDS, TOP, Skip, check, check_equal, run

TMP = Path(tempfile.mkdtemp(prefix="store_calls_test.",
                            dir=os.environ.get("TMPDIR")))
CACHE = TMP / "cache"
TOKEN = 256         # bytes: the smallest object, of 16 tokens, is a page
BLOCK = 512 * TOKEN
REQUESTS = 24

TRACED = ("openat,close,pread64,pwrite64,rename,renameat,renameat2,unlink,"
          "unlinkat,stat,newfstatat,statx,access,faccessat,faccessat2,"
          "getdents64,fsync,fdatasync,sync_file_range,io_submit,"
          "io_uring_setup")

LOOKS = ("stat", "newfstatat", "statx", "access", "faccessat", "faccessat2")

# path is relative to the cache; size and offset are those of an I/O, flags
# those of an open.
Call = namedtuple("Call", "time kind path size offset flags")


def _io(text):
    """The reads and writes in the arguments of io_submit."""
    for kind, path, size, offset in re.findall(
            r"aio_lio_opcode=IOCB_CMD_(PREAD|PWRITE).*?aio_fildes=\d+<(.*?)>"
            r".*?aio_nbytes=(\d+), aio_offset=(\d+)", text):
        yield kind[1:].lower(), path, int(size), int(offset)


def _parse(line):
    """The calls in a line of strace; those of no interest are left out."""
    match = re.match(r"(\S+) (\w+)\((.*)\)\s+= (-?\w+)", line)
    if not match:
        return
    at, name, text, result = match.groups()
    at = float(at)
    if result.startswith("-") and name not in LOOKS:
        return
    if name == "io_submit":
        for kind, path, size, offset in _io(text):
            yield Call(at, kind, path, size, offset, "")
    elif name in ("pread64", "pwrite64"):
        path, size, offset = re.match(
            r"\d+<(.*?)>, .*, (\d+), (\d+)$", text).groups()
        yield Call(at, name[1:-2], path, int(size), int(offset), "")
    elif name == "openat":
        path = re.search(r'"(.*?)"', text)[1]
        flags = re.search(r"O_\w+(\|O_\w+)*", text)[0]
        kind = "list" if "O_DIRECTORY" in flags else \
            "create" if "O_TRUNC" in flags else "open"
        yield Call(at, kind, path, 0, 0, flags)
    elif name == "io_uring_setup":
        yield Call(at, "ring", "", int(text.split(",")[0]), 0, "")
    elif name in ("fsync", "fdatasync", "close", "getdents64"):
        yield Call(at, name, re.search(r"<(.*?)>", text)[1], 0, 0, "")
    else:
        kind = "rename" if "rename" in name else \
            "unlink" if "unlink" in name else "stat"
        path = (re.findall(r'"(.*?)"', text) or [""])[-1]
        yield Call(at, kind, path, 0, 0, text)


class Trace:
    """
    A traced run: the calls of each thread on the cache, and the plan. With
    disk_util newer releases of fio would look at each file in each thread.
    """

    def __init__(self, name, **options):
        for tool in ("strace",):
            if not shutil.which(tool):
                raise Skip(f"{tool} is not installed")
        shutil.rmtree(CACHE, ignore_errors=True)
        for each in TMP.iterdir():
            if each.is_file():
                each.unlink()
        self.profile = TOP / "jobs" / "stores" / f"{name}.fio"
        self.options = dict(re.findall(r"^(\w+)=(.*)$",
                                       self.profile.read_text(), re.M))
        self.options.update(options)
        plan = TMP / "plan.json"
        job = TMP / "job.fio"
        more = "\n".join(f"{key}={value}" for key, value in options.items())
        job.write_text(f"""[store]
ioengine=external:{ENGINE.library}
trace=builtin:toolagent
max_requests={REQUESTS}
bytes_per_token={TOKEN}
rw=randrw
replay_no_stall=1
disk_util=0
filename={CACHE}
size={24 * 2 * BLOCK}
plan_json={plan}
include {self.profile}
{more}
""")
        done = subprocess.run(
            ["strace", "-ff", "-y", "-v", "-s", "8", "-ttt", "-e",
             f"trace={TRACED}", "-o", str(TMP / "calls"), FIO,
             "--output-format=json", str(job)], capture_output=True,
            text=True, check=False, timeout=SECONDS)
        if "ptrace" in done.stderr and "not permitted" in done.stderr:
            raise Skip("strace is not allowed to trace here")
        check_equal(done.returncode, 0, f"{name}: {done.stdout[-500:]} "
                    f"{done.stderr[-500:]}")
        self.plan = json.loads(plan.read_text())
        self.setup, self.threads = self._threads()

    def _threads(self):
        """Calls before the first I/O or create, and those of each job."""
        every = []
        for path in sorted(TMP.glob("calls.*")):
            calls = [call for line in path.read_text().splitlines()
                     for call in _parse(line)
                     if call.kind == "ring" or
                     call.path.startswith(str(CACHE))]
            if calls:
                every.append([call._replace(path=os.path.relpath(
                    call.path or CACHE, CACHE)) for call in calls])
        moving = [calls for calls in every if any(
            call.kind in ("read", "write") for call in calls)]
        setup = [call for calls in every if calls not in moving
                 for call in calls]
        return setup, moving

    def all(self, *kinds):
        return [call for calls in self.threads for call in calls
                if call.kind in kinds]

    def number(self, kind):
        return len(self.all(kind))

    @property
    def objects(self):
        """Objects of a block."""
        return 512 // int(self.options.get("chunk_tokens", 512))

    @property
    def object_bytes(self):
        return BLOCK // self.objects


def sizes(calls):
    return sorted({call.size for call in calls})


def no_syncs(trace):
    check_equal(trace.number("fsync") + trace.number("fdatasync"), 0, "syncs")


def direct(trace, kinds, wanted):
    for call in trace.all(*kinds):
        check_equal("O_DIRECT" in call.flags, wanted,
                    f"O_DIRECT of {call}")


# A letter for each call of a thread, so that an order is an expression.
LETTERS = {"open": "o", "create": "c", "read": "r", "write": "w",
           "rename": "n", "unlink": "u", "stat": "s", "list": "l",
           "fdatasync": "d", "fsync": "f"}


def letters(calls):
    return "".join(LETTERS.get(call.kind, "") for call in calls)


def one_file_an_object(trace, load, store, look=""):
    """
    The layout of files: how an object is loaded and stored, one after the
    other in each thread, and as often as the plan says.
    """
    plan = trace.plan
    order = re.compile(f"(?:{load}|{store}|u{'|' + look if look else ''})*")
    for calls in trace.threads:
        text = letters(calls)
        check(order.fullmatch(text),
              f"the calls of a thread are {text[:200]}, not {order.pattern}")
    check_equal(trace.number("create"), plan["files_created"], "creates")
    check_equal(trace.number("unlink"), plan["files_unlinked"], "unlinks")
    check_equal(trace.number("open"), plan["hits"] * trace.objects, "opens")
    check_equal(trace.number("write"), plan["writes"] * trace.objects,
                "writes")
    check(plan["files_unlinked"] > 0 and plan["hits"] > 0,
          "nothing was evicted or read: this shows nothing")
    check_equal(sizes(trace.all("read", "write")), [trace.object_bytes],
                "bytes of an I/O")
    check_equal({call.offset for call in trace.all("read", "write")}, {0},
                "offset in a file")


def one_name(trace, renamed):
    """What is created is what is read: under its name, or renamed to it."""
    created = Counter(call.path for call in trace.all("create"))
    named = Counter(call.path for call in trace.all("rename"))
    opened = {call.path for call in trace.all("open")}
    check_equal(sum(named.values()),
                trace.plan["files_created"] if renamed else 0, "renames")
    if renamed:
        check(not created.keys() & opened, "a temporary name was opened")
    check(opened <= (named if renamed else created).keys(),
          "a file was opened that was never made")


def depth_of_folders(trace, levels):
    check_equal({call.path.count("/") for call in trace.all("open")},
                {levels}, "folders above a file")


def test_vllm_fs():
    trace = Trace("vllm-fs")
    one_file_an_object(trace, load="or", store="cwn", look="s")
    one_name(trace, renamed=True)
    depth_of_folders(trace, 2)
    direct(trace, ("open", "create"), True)
    no_syncs(trace)
    check_equal(trace.number("stat"), trace.plan["probes"], "stats")
    check_equal(len(trace.threads), 16, "threads")


def test_lmcache_disk():
    trace = Trace("lmcache-disk")
    one_file_an_object(trace, load="or", store="cw")
    one_name(trace, renamed=False)
    depth_of_folders(trace, 0)
    direct(trace, ("open", "create"), False)
    no_syncs(trace)
    check_equal(len(trace.threads), 4, "threads")


def test_mooncake_file():
    trace = Trace("mooncake-file", flush_interval="100ms")
    one_file_an_object(trace, load="or", store="cw")
    one_name(trace, renamed=False)
    depth_of_folders(trace, 1)
    direct(trace, ("open", "create"), False)
    no_syncs(trace)
    check_equal(len(trace.threads), 1, "threads")


def test_sglang_file():
    trace = Trace("sglang-file")
    one_file_an_object(trace, load="or", store="cwn", look="l")
    one_name(trace, renamed=True)
    depth_of_folders(trace, 0)
    direct(trace, ("open", "create"), False)
    no_syncs(trace)
    check_equal(trace.number("list"), REQUESTS, "listings")
    check(trace.number("getdents64") >= REQUESTS, "the folder is not read")
    check_equal(len(trace.threads), 1, "threads")


def test_llmd_fs():
    trace = Trace("llmd-fs", backend="libaio")
    one_file_an_object(trace, load="o|r", store="c|w|n", look="s")
    one_name(trace, renamed=True)
    depth_of_folders(trace, 2)
    direct(trace, ("open", "create"), False)
    no_syncs(trace)
    check_equal(trace.number("stat"), trace.plan["probes"], "stats")
    together = max(len(each) for each in re.findall(
        "o+", letters(trace.threads[0])))
    check(together > 1, "files are read one after the other")
    ring_of("llmd-fs", 64)


def ring_of(name, entries, **options):
    trace = Trace(name, **options)
    check_equal({call.size for calls in (trace.setup, *trace.threads)
                 for call in calls if call.kind == "ring"} or
                {call.size for call in rings()}, {entries},
                f"entries of the ring of {name}")


def rings():
    """The io_uring_setup calls of all threads."""
    return [call for path in TMP.glob("calls.*")
            for line in path.read_text().splitlines()
            for call in _parse(line) if call.kind == "ring"]


def slots(trace, header=0, size=None):
    """One file in slots: I/O of whole objects, no file comes or goes."""
    plan = trace.plan
    place = trace.object_bytes + header
    check_equal(trace.number("create") + trace.number("unlink") +
                trace.number("rename"), 0, "files made or unlinked")
    check_equal(trace.number("write"), plan["writes"] * trace.objects,
                "writes")
    check_equal(sizes(trace.all("write")), [size or place],
                "bytes of a write")
    check_equal({call.offset % place for call in trace.all("write")}, {0},
                "places of writes")
    check(plan["evictions"] > 0 and plan["hits"] > 0,
          "nothing was evicted or read: this shows nothing")


def reads_of_whole_objects(trace, header=0):
    """Each object is read in one go, and without its header."""
    check_equal(trace.number("read"), trace.plan["hits"] * trace.objects,
                "reads")
    place = trace.object_bytes + header
    check_equal(sizes(trace.all("read")), [trace.object_bytes],
                "bytes of a read")
    check_equal({call.offset % place for call in trace.all("read")}, {header},
                "places of reads")


def opened(trace, wanted):
    """The file of slots is opened with O_DIRECT, or without."""
    calls = [call for calls in (trace.setup, *trace.threads)
             for call in calls if call.kind in ("open", "create") and
             "O_RDWR" in call.flags]
    check(any(("O_DIRECT" in call.flags) == wanted for call in calls),
          f"O_DIRECT is {not wanted}: {calls}")


def test_mooncake_offset():
    trace = Trace("mooncake-offset", flush_interval="100ms")
    slots(trace, header=4096)
    for calls in trace.threads:
        reads = [call for call in calls if call.kind == "read"]
        check_equal(len(reads), 3 * trace.plan["hits"], "reads")
        for header, key, value in zip(*3 * [iter(reads)]):
            check_equal((key.offset, value.offset),
                        (header.offset, header.offset + 4096),
                        "places of header, key and value")
            check_equal((header.size, key.size, value.size),
                        (4096, 4096, trace.object_bytes), "bytes of them")
    no_syncs(trace)
    check_equal(len(trace.threads), 1, "threads")


def test_lmcache_raw():
    trace = Trace("lmcache-raw")
    slots(trace, header=4096)
    reads_of_whole_objects(trace, header=4096)
    opened(trace, True)
    no_syncs(trace)
    check_equal(len(trace.threads), 4, "threads")


def test_slots_at_depth():
    for name, depth in (("sglang-hf3fs", 128), ("flexkv", 512)):
        trace = Trace(name, backend="libaio")
        slots(trace)
        reads_of_whole_objects(trace)
        opened(trace, True)
        no_syncs(trace)
        ring_of(name, depth)


def test_dynamo_kvbm():
    trace = Trace("dynamo-kvbm", backend="libaio", admit="1")
    slots(trace, size=trace.object_bytes)
    Trace("dynamo-kvbm", backend="libaio")


def test_mooncake_bucket():
    trace = Trace("mooncake-bucket", backend="libaio", flush_interval="100ms",
                  bucket_size=str(8 * (BLOCK + 64)))
    plan = trace.plan
    calls, = trace.threads
    value = BLOCK + 64
    places = [value * at for at in range(8)]
    created = [call.path for call in calls if call.kind == "create"]
    check_equal(len(created), plan["files_created"], "creates")
    check_equal(len(set(created)), len(created), "names of buckets")
    check_equal(trace.number("unlink"), plan["files_unlinked"], "unlinks")
    check(plan["files_unlinked"] > 1 and plan["hits"] > 0,
          "nothing was evicted or read: this shows nothing")
    check_equal((trace.number("write"), trace.number("read")),
                (plan["writes"], plan["hits"]), "writes and reads")
    check_equal(sizes(trace.all("write")), [value], "bytes of key and value")
    # The value alone, widened to the bounds of O_DIRECT.
    bounds = {((at + 64) // 4096 * 4096, -(-(at + value) // 4096) * 4096)
              for at in places}
    for call in trace.all("read"):
        check((call.offset, call.offset + call.size) in bounds, f"{call}")
    for path in created:
        written = [call.offset for call in calls
                   if call.kind == "write" and call.path == path]
        # A hit has its write sent before its turn.
        check_equal(sorted(written), places[:len(written)],
                    f"places in {path}")
    check(len([path for path in created if len(
        [call for call in calls if call.kind == "write" and
         call.path == path]) == 8]) >= len(created) - 1, "buckets not full")
    # Synced when it has been written, and whenever another is written before
    # it is full.
    for path in created:
        text = letters(call for call in calls if call.path == path and
                       call.kind in ("create", "write", "fsync"))
        check(re.fullmatch("cf*(w+f+)+", text), f"{path} is written as {text}")
    direct(trace, ("create",), False)
    for call in trace.all("open"):
        check_equal("O_DIRECT" in call.flags, "O_RDONLY" in call.flags,
                    f"O_DIRECT of {call}")
    ring_of("mooncake-bucket", 32, flush_interval="100ms", bucket_objects="8")


def test_heartbeat():
    trace = Trace("mooncake-file", flush_interval="400ms")
    calls, = trace.threads
    forced = bursts = 0
    last = calls[0].time - 1
    for before, call in zip(calls, calls[1:]):
        if call.kind != "create":
            continue
        if call.time - last > 0.2:
            bursts += 1
        last = call.time
        forced += before.kind == "open"
    check(bursts < trace.plan["writes"] / 4,
          f"{trace.plan['writes']} writes in {bursts} bursts")


if __name__ == "__main__":
    try:
        run(globals())
    finally:
        shutil.rmtree(TMP)
