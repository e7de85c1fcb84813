"""
Real servers for the engines of fio that talk to one. A test file runs in
namespaces of its own: its servers have the usual ports of a loopback that
nobody else sees, and servers and files are gone when it ends, however it ends.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import testing
from backend_runs import exact, report
from fio_runs import (FIO, command, counts, finish, mixed_trace, planned,
                      small_job, start, wait_for)
from fio_runs import run as run_fio
from testing import Skip, check, check_equal, check_has

ALONE = "MOONCAKE_SERVICES_ALONE"
# The shell stays, as the process that the namespace's orphans fall to.
ISOLATE = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child",
           "--mount-proc", "--", "sh", "-c",
           'ip link set lo up && mount -t tmpfs none /run && '
           'mount -t tmpfs none /dev/shm && "$0" "$@"')
READY = 60


def try_alone():
    """Raises Skip where there can be no namespaces."""
    if not shutil.which("unshare") or not shutil.which("ip"):
        raise Skip("there is no unshare (util-linux) or no ip (iproute2)")
    done = subprocess.run([*ISOLATE, "true"], capture_output=True, text=True,
                          check=False)
    if done.returncode:
        raise Skip(f"no namespaces: {done.stderr.strip()}")


def run(tests, prepare=None):
    """As testing.run(), in namespaces. They have no network: what a file
    fetches it fetches in prepare(), which raises Skip where it can't."""
    if os.environ.get(ALONE):
        testing.run(tests)
    try:
        try_alone()
        if prepare:
            prepare()
    except Skip as why:
        reason = str(why)

        def skip():
            raise Skip(reason)
        testing.run({name: skip for name in tests if name[:5] == "test_"})
    with tempfile.TemporaryDirectory(prefix="mooncake-services-") as folder:
        done = subprocess.run([*ISOLATE, sys.executable,
                               os.path.realpath(sys.argv[0]), *sys.argv[1:]],
                              env={**os.environ, ALONE: "1", "TMPDIR": folder},
                              check=False)
    sys.exit(done.returncode)


def wait_until(condition, what):
    wait_for(condition, what, READY)


class Service:
    """What is in a folder of its own, started once for a test file, and
    ended with it."""

    _running = {}

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp())

    def start(self):
        """Servers, ready when it returns. Raises Skip where there are none."""
        raise NotImplementedError

    @classmethod
    def running(cls):
        if cls not in cls._running:
            service = cls()
            service.start()
            cls._running[cls] = service
        return cls._running[cls]

    def file(self, name, text=""):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def make(self, *names):
        for name in names:
            (self.folder / name).mkdir()

    def call(self, *line, seconds=READY, **more):
        """A command that must succeed; what it printed."""
        done = subprocess.run([*map(str, line)], capture_output=True,
                              text=True, timeout=seconds, check=False, **more)
        check(done.returncode == 0,
              f"{' '.join(map(str, line))}: {done.stderr[-500:]}")
        return done.stdout

    def answers(self, *line, **more):
        """Whether a command succeeds; one that hangs does not."""
        try:
            return subprocess.run([*map(str, line)], timeout=5, check=False,
                                  stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL,
                                  **more).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def serve(self, name, *line, **more):
        """A server that stays in the foreground, with a log of its own."""
        with open(self.folder / f"{name}.said", "ab") as log:
            server = subprocess.Popen([*map(str, line)], stdout=log,
                                      stderr=log, stdin=subprocess.DEVNULL,
                                      **more)
        return server


def kill(server):
    server.kill()
    server.wait()


def end(server):
    """In good order, as one that is told to stop."""
    server.terminate()
    server.wait(timeout=READY)


def grid(depths=(1, 16), threads=(0, 1), **job):
    """Every combination that counts must not depend on."""
    for depth in depths:
        for jobs in (1, 4):
            for thread in threads:
                for checked in ("1", "data"):
                    more = {"thread": 1} if thread else {}
                    exact(iodepth=depth, numjobs=jobs, check_blocks=checked,
                          **more, **job)


def endless(**job):
    """A run that goes on until something ends it, in the middle of which the
    caller is."""
    process = start(["env", "--default-signal=INT",
                     *command({"trace": mixed_trace(), "time_based": 1,
                               "runtime": 90, "numjobs": 2,
                               "check_blocks": "data", **job})])
    time.sleep(2)
    check(process.poll() is None, f"{job}: it ended by itself")
    return process


def ends_with_an_error(process):
    done = finish(process)
    check(done.status > 0, f"status {done.status}: {done.text[-500:]}")
    return done


def waits_until_interrupted(process):
    """A server that may come back is waited for; Ctrl-C ends the run."""
    time.sleep(2)
    check(process.poll() is None, "it did not wait")
    process.send_signal(signal.SIGINT)
    check_has(ends_with_an_error(process).err, "in flight")


def job_file(name, **values):
    """A file of jobs/, small, over the service that it is for."""
    small = {"max_requests": 50, "bytes_per_token": 8, "size": "16m", **values}
    done = run_fio([FIO, "--output-format=json", str(small_job(name, small))])
    check_equal(done.status, 0, f"{name}.fio: {done.text[-500:]}")
    clients, loads, requests = report(done).jobs
    check_equal(counts(clients), planned("builtin:conversation", 4096,
                                         max_requests=50), f"{name}.fio")
    check_equal(requests["read"]["total_ios"], 50, f"{name}.fio: requests")
    check(loads["read"]["total_ios"], f"{name}.fio: no loads")
