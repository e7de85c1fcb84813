"""
Runs of the real fio with this engine, for the end-to-end tests. Jobs are
dictionaries of options; what they don't say is in DEFAULTS, which makes small
blocks (one page) and quick runs.
"""

import atexit
import json
import os
import random
import re
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from testing import SECONDS, TOP, Skip, check, check_equal, check_has

BUILD = Path(os.environ.get("BUILD") or TOP / "build")
FIO = os.environ.get("FIO") or "fio"
NEWER = Path(os.environ.get("FIO_NEWER") or TOP / "build/fio-newer", "fio")
CLOCK = os.environ.get("FIO_CLOCK")     # that of tests/run
PLAN = BUILD / "mooncake-plan"
REFERENCE = TOP.parent / "shared" / "reference"
CONVERSATION = TOP.parent / "shared" / "traces" / "conversation_trace.jsonl"

SLOT = 4096     # with bytes_per_token=8
UNBOUNDED = 182790      # slots that the conversation trace needs at most
BACKENDS = ("psync", "libaio", "io_uring", "null")
DATA_BACKENDS = BACKENDS[:3]
SLOW = f"external:{BUILD}/backends/slow.so"     # tests/backends/README.md


def _scratch(directory):
    path = tempfile.mkdtemp(prefix="mooncake-", dir=directory)
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return Path(path)


def _roomy(directory, size):
    return os.access(directory, os.W_OK) and \
        shutil.disk_usage(directory).free > size


# In memory where that has room, so that no test waits for a drive.
FILES = _scratch("/dev/shm" if _roomy("/dev/shm", 4 << 30) else None)


class Engine:
    """This engine and the fio that it was built for."""

    def __init__(self, fio, library):
        self.fio = str(fio)
        self.library = library


ENGINE = Engine(FIO, BUILD / "mooncake.so")


def newer_engine():
    engine = Engine(NEWER, BUILD / "newer" / "mooncake.so")
    if not NEWER.exists() or not engine.library.exists():
        raise Skip("there is no newer fio with its engine")
    return engine


def needs_conversation():
    if not CONVERSATION.exists():
        raise Skip(f"{CONVERSATION} is not here")


def file(name="kv.dat"):
    return FILES / name


def defaults(engine):
    return {
        "ioengine": f"external:{engine.library}",
        "rw": "randrw",
        "replay_no_stall": 1,
        "filename": file(),
        "size": 64 * SLOT,
        "backend": "psync",
        "bytes_per_token": 8,
    }


def arguments(job, engine):
    """A job on fio's command line. None leaves a default out."""
    options = {"name": "job", **defaults(engine), **job}
    return [f"--{key}={value}" for key, value in options.items()
            if value is not None]


def small_job(name, values):
    """A file of jobs/ with these values where it has them, the trace cut
    short."""
    text = (TOP / "jobs" / f"{name}.fio").read_text(encoding="utf-8")
    text = text.replace("external:build/mooncake.so",
                        f"external:{ENGINE.library}")
    for option, value in values.items():
        text = re.sub(rf"^{option}=.*$", f"{option}={value}", text,
                      flags=re.MULTILINE)
    if "max_requests" not in text:
        text = re.sub(r"^trace=.*$", r"\g<0>\nmax_requests=300", text,
                      flags=re.MULTILINE)
    if "\nsize=" not in text:
        text = text.replace("\nfilename=", "\nsize=4m\nfilename=")
    path = FILES / f"{name}.fio"
    path.write_text(text, encoding="utf-8")
    return path


class Run:
    """How a run of fio went."""

    def __init__(self, status, out, err):
        self.status = status
        self.out = out
        self.err = err

    @property
    def text(self):
        return self.out + self.err

    @property
    def jobs(self):
        return json.loads(self.out)["jobs"]

    @property
    def job(self):
        return self.jobs[0]

    @property
    def counts(self):
        return counts(self.job)


def counts(job):
    """Reads and writes of a job in fio's JSON."""
    return job["read"]["total_ios"], job["write"]["total_ios"]


def command(*jobs, engine=ENGINE, fio=None, output="json"):
    """The whole command line; @fio are options before all jobs."""
    line = [engine.fio, f"--output-format={output}"]
    options = {"clocksource": CLOCK, **(fio or {})}
    line += [f"--{key}={value}" for key, value in options.items() if value]
    for job in jobs:
        line += arguments(job, engine)
    return line


def children(pid):
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
    return [int(child) for child in text.split()]


def jobs_of(process):
    """fio's jobs are its children, in sessions of their own."""
    return children(process.pid)


def kill(process):
    if process.poll() is None:
        for pid in (*jobs_of(process), process.pid):
            os.kill(pid, signal.SIGKILL)


def _is_stopped(pid):
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return stat.rpartition(")")[2].split()[0] in "TZ"


@contextmanager
def held(process):
    """Stops fio and its jobs, and lets them go on in the end."""
    every = (*jobs_of(process), process.pid)
    for pid in every:
        os.kill(pid, signal.SIGSTOP)
    for pid in every:
        wait_for(lambda pid=pid: _is_stopped(pid), f"{pid} to stop")
    yield
    for pid in every:
        os.kill(pid, signal.SIGCONT)


def start(line, **more):
    process = subprocess.Popen(line, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, cwd=FILES,
                               stdin=subprocess.DEVNULL, errors="replace",
                               **more)
    atexit.register(kill, process)
    return process


def finish(process):
    try:
        out, err = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        kill(process)
        out, err = process.communicate()
        raise AssertionError(f"fio still ran after {SECONDS} s: "
                             f"{(out + err)[-800:]}") from None
    return Run(process.returncode, out, err)


def run(line, **more):
    return finish(start(line, **more))


def replay(*jobs, engine=ENGINE, fio=None, output="json"):
    """Jobs that must succeed, without a word of complaint."""
    done = run(command(*jobs, engine=engine, fio=fio, output=output))
    check(done.status == 0, f"fio ended with {done.status}: "
          f"{(done.err + done.out)[:800]}")
    check_equal(done.err, "", "standard error")
    return done


def refused(*saying, engine=ENGINE, **job):
    """A job that must fail and say so, with the file as it was before."""
    path = Path(job.get("filename") or file())
    before = path.read_bytes() if path.is_file() else path.exists()
    done = run(command(job, engine=engine))
    check(done.status not in (0, None) and done.status > 0,
          f"{job} ended with {done.status}: {done.text[-400:]}")
    for part in saying:
        check_has(done.err, part)
    after = path.read_bytes() if path.is_file() else path.exists()
    check(before == after, f"{job} touched {path}")
    return done


def plan(trace, **options):
    """What mooncake-plan says: a list of rows."""
    line = [PLAN, "--json"] + [f"--{key.replace('_', '-')}={value}"
                               for key, value in options.items()]
    done = subprocess.run([*map(str, line), str(trace)], capture_output=True,
                          text=True, timeout=SECONDS, check=True)
    rows = json.loads(done.stdout)
    return rows if isinstance(rows, list) else [rows]


def request(hash_ids, timestamp=0, tokens=None, **more):
    """A line of a trace."""
    line = {"timestamp": timestamp,
            "input_length": 512 * len(hash_ids) if tokens is None else tokens,
            "output_length": 10, "hash_ids": list(hash_ids)}
    return json.dumps({**line, **more})


def write_trace(name, lines):
    path = FILES / name
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def mixed_trace(passes=1):
    """Repeats, evictions and blocks behind a miss, in 120 short requests."""
    draw = random.Random(1)
    lines = [request([draw.randrange(90) for _ in range(draw.randrange(1, 9))])
             for _ in range(120)]
    return write_trace(f"mixed{passes}.jsonl", lines * passes)


def small_trace():
    """Eight writes and five reads, in six requests."""
    ids = ([1, 2], [1, 3], [1, 2], [4, 5], [1, 3], [6, 7, 8])
    return write_trace("small.jsonl", map(request, ids))


MIXED_UNIQUE = 89       # blocks of mixed_trace()


def planned(trace, slots=64, **options):
    """Reads and writes by mooncake-plan."""
    row, = plan(trace, capacity=slots, **options)
    return row["hits"], row["misses"]


def traced(calls, *jobs, engine=ENGINE, **more):
    """The system calls @calls of a run that succeeds, as strace prints
    them."""
    if not shutil.which("strace"):
        raise Skip("strace is not here")
    log = FILES / "strace.log"
    done = run(["strace", "-f", "-y", "-o", log, "-e", f"trace={calls}",
                *command(*jobs, engine=engine, **more)])
    check(done.status == 0, done.text)
    return log.read_text(encoding="utf-8", errors="replace").splitlines()


def fails(*saying, engine=ENGINE, status=None, **job):
    """A job that must fail while it runs, and say why."""
    done = run(command(job, engine=engine))
    check(done.status > 0 if status is None else done.status == status,
          f"{job} ended with {done.status}: {done.text[-400:]}")
    for part in saying:
        check_has(done.err, part)
    return done


def wait_for(condition, what, seconds=SECONDS):
    deadline = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < deadline, f"waited {seconds} s for {what}")
        time.sleep(0.01)
