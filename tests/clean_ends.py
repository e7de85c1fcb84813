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
    """Marked, to find what is left of it: fio's jobs leave its session. Tests
    in the background of a shell are deaf to SIGINT, and so would fio be."""
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
    # Killed between making its memory and marking it, fio can't take it away.
    if process.returncode == -signal.SIGKILL:
        for segment in segments:
            subprocess.run(["ipcrm", "-m", segment.split()[1]], check=True)
    else:
        check_equal(segments, [], "shared memory left")
    return Run(process.returncode, out, err)
