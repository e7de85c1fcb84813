"""
Runs over a real engine of fio that must be exact, and nbdkit as the storage
that is always at hand.
"""

import shutil
import subprocess
import time

from fio_runs import FIO, Run, command, file, mixed_trace, planned
from fio_runs import run as run_fio
from testing import Skip, check, check_equal


def engines():
    done = subprocess.run([FIO, "--enghelp"], capture_output=True,
                          text=True, check=True)
    return done.stdout.split()


def needs(engine, *programs):
    if engine not in engines():
        raise Skip(f"this fio has no {engine}")
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"{program} is not here")


def report(done):
    """The run with its JSON alone: fio puts a note about synchronous engines
    before it."""
    return Run(done.status, done.out[done.out.index("{\n"):], done.err)


def exact(**job):
    trace = mixed_trace()
    done = run_fio(command({"trace": trace, "group_reporting": 1,
                            "check_blocks": "data", **job}))
    what = f"{job}: {done.text[-500:]}"
    check(done.status == 0, what)
    check_equal(report(done).counts, planned(trace), what)


# Some depth, several jobs, and threads: each two of these meet in one of them.
CORNERS = ({"iodepth": 1, "numjobs": 4, "thread": 1},
           {"iodepth": 16, "numjobs": 1, "thread": 1},
           {"iodepth": 16, "numjobs": 4})


def corners(**job):
    for corner in CORNERS:
        exact(**corner, **job)


class Nbd:
    """nbdkit on a unix socket of its own."""

    def __init__(self, *arguments):
        needs("nbd", "nbdkit")
        self.socket = file("nbd.socket")
        self.socket.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            ["nbdkit", "-f", "--exit-with-parent", "-U", self.socket,
             *map(str, arguments)], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(500):
            if self.socket.exists():
                return self
            time.sleep(0.01)
        raise AssertionError("nbdkit did not start")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)

    @property
    def job(self):
        """The options by which a job uses it."""
        return {"backend": "nbd", "filename": None,
                "backend_options": f"uri=nbd+unix:///?socket={self.socket}"}
