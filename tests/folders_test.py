#!/usr/bin/python3
"""The folders of layout=files and buckets: names, what else lies in them, and
what goes wrong with them."""

import os
import random
import shutil
import subprocess
import time
from contextlib import contextmanager

from fio_runs import (DATA_BACKENDS, FILES, SLOT, command, fails, file, kill,
                      refused, replay, request, wait_for, write_trace)
from fio_runs import run as run_fio
from layout_runs import (SLOTS, endless, fails_when, files_below, folder, job,
                         spoil_bytes)
from testing import Skip, check, check_equal, check_has, run


def test_folders():
    for levels in (0, 1, 2):
        path = folder()
        replay(job("files", folders=levels))
        for found in files_below(path):
            check_equal(len(found.relative_to(path).parts), levels + 1,
                        f"levels of {found}")


def hash64(number):
    """As trace/base/hash.h has it."""
    mask = 2**64 - 1
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9 & mask
    number = (number ^ number >> 27) * 0x94d049bb133111eb & mask
    return number ^ number >> 31


def names_below(path):
    return sorted(str(p.relative_to(path)) for p in files_below(path))


def below(levels, key, name):
    folders = [f"{hash64(key) >> shift & 0xff:02x}" for shift in (0, 8)]
    return "/".join((*folders[:levels], name))


def test_names():
    """Objects are named after hash id, slot and number, buckets after place
    and number; folders after a hash."""
    ids = [1, 0x123456789abcdef0, 2**64 - 1]
    trace = write_trace("names.jsonl", [request(ids)])
    for levels in (0, 1, 2):
        more = {"trace": trace, "folders": levels, "check_blocks": 1}
        path = folder()
        replay(job("files", bytes_per_token=128, chunk_tokens=32,
                   size=SLOTS * 16 * SLOT, **more))
        check_equal(names_below(path), sorted(
            below(levels, block, f"{block:016x}-{slot:08x}.{number}")
            for slot, block in enumerate(ids) for number in range(16)),
            "objects")
        path = folder()
        replay(job("buckets", **{**more, "bucket_objects": 1}))
        check_equal(names_below(path), sorted(
            below(levels, place << 32 | 1, f"{place:08x}-00000001.bucket")
            for place in range(3)), "buckets")


def test_a_path_that_is_too_long():
    """Names of files below it would be cut off."""
    path = folder()
    while len(str(path)) < 4040:
        path = path / ("x" * min(200, 4040 - len(str(path))))
    path.parent.mkdir(parents=True)
    refused("filename=", "bytes", **job("files", filename=path))


def test_several_folders():
    paths = [folder("a"), folder("b")]
    replay(job("files", filename=f"{paths[0]}:{paths[1]}"))
    check(all(files_below(path) for path in paths), "an empty folder")


def test_a_foreign_file_is_left_alone():
    for layout in ("files", "buckets"):
        path = folder()
        path.mkdir()
        (path / "thesis.tex").write_text("years of work", encoding="utf-8")
        refused("filename=", "thesis.tex", "did not make", **job(layout))
        check_equal((path / "thesis.tex").read_text(encoding="utf-8"),
                    "years of work", "the file")
        check_equal(os.listdir(path), ["thesis.tex"], "the folder")


def test_a_foreign_file_in_our_folder():
    path = folder()
    replay(job("files"))
    before = len(files_below(path))
    (path / "00").mkdir(exist_ok=True)
    (path / "00" / "notes").write_text("mine", encoding="utf-8")
    refused("00/notes", **job("files"))
    check_equal(len(files_below(path)), before + 1, "files")
    (path / "00" / "notes").unlink()
    (path / "letters").mkdir()
    refused("letters", **job("files"))
    check((path / "letters").is_dir(), "the folder of somebody else")


def test_an_earlier_run_is_removed():
    path = folder()
    replay(job("files", size=64 * SLOT))
    before = len(files_below(path))
    replay(job("buckets"))
    check(len(files_below(path)) < before, "files of the run before")
    check(all(p.name.endswith(".bucket") for p in files_below(path)),
          "objects of the run before")


def test_caches_one_after_the_other_in_one_folder():
    """What the first leaves is gone before the second begins."""
    path = folder()
    replay(job("files", size=64 * SLOT),
           job("buckets", name="second", stonewall=1, numjobs=2, thread=1))
    check(files_below(path) and all(p.name.endswith(".bucket")
                                    for p in files_below(path)),
          f"objects of the first: {sorted(files_below(path))[:3]}")


def test_unlink():
    path = folder()
    replay(job("files", unlink=1, numjobs=2))
    check(not path.exists(), f"{path} is still there")


def test_few_descriptors():
    for layout in ("files", "buckets"):
        for depth, enough in ((64, False), (16, True)):
            folder()
            line = command(job(layout, iodepth=depth, backend="libaio"))
            done = run_fio(["prlimit", "--nofile=64", *line])
            check_equal(done.status, 0 if enough else 1, f"{layout}, "
                        f"iodepth={depth}: status, {done.err}")
            if not enough:
                check_has(done.err, "ulimit -n")


@contextmanager
def small_filesystem(options):
    place = FILES / "small"
    place.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none",
                              place], capture_output=True, check=False)
    if mounted.returncode:
        raise Skip("can't mount a small filesystem")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_full_filesystem():
    for options, saying in (("size=100k", "No space left on device"),
                            ("nr_inodes=12", "free space or inodes")):
        with small_filesystem(options) as place:
            for layout in ("files", "buckets"):
                for backend in DATA_BACKENDS:
                    shutil.rmtree(place / "c", ignore_errors=True)
                    fails(saying, **job(layout, filename=place / "c",
                                        backend=backend, iodepth=4))


def test_a_filesystem_that_is_read_only():
    with small_filesystem("size=1m") as place:
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        for layout in ("files", "buckets"):
            fails("filename=", "Read-only file system", **job(
                layout, filename=place / "c"))
            check(not any(place.iterdir()), "something was made")


def swap(paths):
    for one, other in zip(paths[::2], paths[1::2]):
        hold = one.with_suffix(".hold")
        one.rename(hold)
        other.rename(one)
        hold.rename(other)


def test_a_wrong_byte():
    for layout in ("files", "buckets"):
        fails_when(layout, spoil_bytes, "is not what was written",
                   "another byte")


def test_swapped_files():
    for layout in ("files", "buckets"):
        fails_when(layout, swap, "mooncake: ", str(file("cache")))


def test_a_lost_file():
    fails_when("files", lambda paths: [p.unlink() for p in paths],
               "No such file")


def test_killed_at_random():
    draw = random.Random(os.getpid())
    for turn in range(200 if os.environ.get("FULL") else 4):
        layout = ("files", "buckets")[turn % 2]
        path, process = endless(layout, numjobs=2, backend="io_uring",
                                iodepth=8)
        wait_for(lambda: path.exists() and files_below(path), "files")
        time.sleep(draw.random() / 2)
        kill(process)
        process.communicate()
        replay(job(layout))


if __name__ == "__main__":
    run(globals())
