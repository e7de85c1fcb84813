"""
Runs of fio that must leave nothing: no process, no shared memory.
"""

import os
import signal
import subprocess
import uuid
from pathlib import Path

import fio_runs
from fio_runs import Run, command
from testing import SECONDS, check_equal


def start(*jobs):
    """Starts fio with a mark in its environment, by which left_of() finds what
    is left: its jobs have sessions of their own. A shell makes what it runs in
    the background deaf to SIGINT; fio is not to take that over."""
    mark = f"MOONCAKE_TEST={uuid.uuid4()}"
    process = fio_runs.start(["env", "--default-signal=INT", mark,
                              *command(*jobs)])
    process.mark = mark.encode()
    return process


def left_of(process):
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if process.mark in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
        except OSError:
            pass
    return found


def segments_of(creator):
    lines = Path("/proc/sysvipc/shm").read_text("ascii").splitlines()[1:]
    return [line for line in lines if int(line.split()[4]) == creator]


def finish(process):
    try:
        out, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        for pid in left_of(process):
            os.kill(pid, signal.SIGKILL)
        out, err = process.communicate()
        raise AssertionError(f"fio hung: {(out + err)[-800:]}") from None
    check_equal(left_of(process), [], "processes left")
    segments = segments_of(process.pid)
    # If fio is killed after it has made its memory and before it has marked it
    # for removal, nobody removes it.
    if process.returncode == -signal.SIGKILL:
        for segment in segments:
            subprocess.run(["ipcrm", "-m", segment.split()[1]], check=True)
    else:
        check_equal(segments, [], "shared memory left")
    return Run(process.returncode, out, err)
