"""What every section has: the programs, the trace, a scratch directory."""

import json
import os
import re
import shlex
import shutil
import sys

import cli
import fiojson
import fiorun
import units

BLOCK_TOKENS = 512

_WAITED = re.compile(r"waited ([\d.]+) s in all for the order of slots")
_TIMING = re.compile(r"read in ([\d.]+) s, planned in ([\d.]+) s of CPU "
                     r"time, (\d+) KiB")


class Ran:
    """One run of fio: the figures of its block jobs together."""

    def __init__(self, said, usage):
        self.run = fiojson.parse(said, "fio")[0]
        self.usage = usage
        self.waited = sum(map(float, _WAITED.findall(said)))
        # The sum over jobs is no time that passed.
        self.seconds = max(job.raw["job_runtime"]
                           for job in self.run.blocks) / 1e3
        self.cpu_seconds = sum(
            (job.raw["usr_cpu"] + job.raw["sys_cpu"]) / 100 *
            job.raw["job_runtime"] / 1e3 for job in self.run.blocks)
        self.reads, self.writes = (self.run.total(each, "total_ios")
                                   for each in ("read", "write"))
        self.bytes = sum(self.run.total(each, "io_bytes")
                         for each in ("read", "write"))

    @property
    def ios(self):
        return self.reads + self.writes

    @property
    def iops(self):
        return self.ios / self.seconds

    @property
    def bandwidth(self):
        return self.bytes / self.seconds

    @property
    def cpu_per_io(self):
        return 1e9 * self.cpu_seconds / self.ios


class Planned:
    """One run of mooncake-plan; times are of CPU time."""

    def __init__(self, said, _):
        found = _TIMING.search(said)
        self.read_seconds, self.plan_seconds = map(float, found.groups()[:2])
        self.peak = int(found[3]) * 1024
        self.stats = None
        if "{" in said:
            self.stats = json.JSONDecoder().raw_decode(
                said, said.index("{"))[0]


class Context:
    def __init__(self, options, directory):
        self.quick = options.quick
        self.directory = directory
        self.trace = options.trace
        self.lookups = options.lookups
        self.commands = []
        self._show = options.show
        self._engine = os.path.join(options.build, "mooncake.so")
        self._plan = os.path.join(options.build, "mooncake-plan")
        self.slow_backend = os.path.join(options.build, "backends/slow.so")
        self._filled = 0
        for path in (self._engine, self._plan, self.slow_backend):
            if not os.path.exists(path):
                raise cli.Error(
                    f"{path}: is not there: run make all backends, or name "
                    "the directory by BUILD=")

    def choose(self, full, quick):
        return quick if self.quick else full

    def _note(self, command):
        command = [str(each) for each in command]
        self.commands.append(shlex.join(command))
        self._show(self.commands[-1])
        return command

    def _measure(self, command):
        return fiorun.measure(self._note(command))

    def path(self, name):
        return os.path.join(self.directory, name)

    def need_room(self, size):
        free = shutil.disk_usage(self.directory).free
        if free < 1.1 * size:
            raise cli.Error(
                f"{self.directory}: {units.size(1.1 * size)} are needed, "
                f"{units.size(free)} are free: give another --dir")

    def fio(self, *jobs):
        """Jobs are dictionaries of options; the first is the name."""
        return Ran(*self._measure(self._fio("normal,json", jobs)))

    def _fio(self, output, jobs):
        command = [fiorun.binary(), f"--output-format={output}"]
        for job in jobs:
            command += [f"--{name}={value}" for name, value in job.items()]
        return command

    def _replay(self, *observers, output="normal,json", **options):
        shared = {"ioengine": f"external:{self._engine}", "rw": "randrw",
                  "trace": self.trace, "filename": self.path("kv.dat"),
                  "replay_no_stall": 1, **options}
        jobs = [{"name": "blocks", **shared}]
        jobs += [{"name": each, **shared, "numjobs": 1, "new_group": 1,
                  "observe": each} for each in observers]
        return self._fio(output, jobs)

    def replay(self, *observers, **options):
        """A replay at full speed unless the options say otherwise."""
        return Ran(*self._measure(self._replay(*observers, **options)))

    def replay_in_slices(self, seconds, *replays):
        """Several, each the options of one, of which one at a time goes on."""
        commands = [self._note(self._replay(**each, thread=1))
                    for each in replays]
        return [Ran(*each)
                for each in fiorun.measure_in_slices(commands, seconds)]

    def plain(self, **options):
        """A plain fio job on the same file."""
        return self.fio({"name": "plain", "filename": self.path("kv.dat"),
                         **options})

    def fill(self, size):
        """The file is written once, before anything is measured on it."""
        if self._filled >= size:
            return
        self.need_room(size - self._filled)
        self.plain(rw="write", bs="1m", size=size, ioengine="libaio",
                   iodepth=16, direct=1, end_fsync=1)
        self._filled = size

    def plan(self, *arguments, trace=None):
        return Planned(*self._measure(
            [self._plan, "--timing", *arguments, trace or self.trace]))

    def compile(self, trace, path):
        self._measure([self._plan, "compile", trace, "-o", path])

    def _script(self, name, path):
        """What the program of this folder says of the file."""
        script = os.path.join(os.path.dirname(os.path.relpath(__file__)),
                              name)
        return self._measure([sys.executable, script, path])[0]

    def count_ids(self, trace):
        """CPU time of CPython's json and a dict, for as much as a plan reads."""
        return float(self._script("count_ids.py", trace).split()[2])

    def bare_loop(self, arrivals):
        """How late a program is that only waits for them."""
        return json.loads(self._script("bare_loop.py", arrivals))

    def stats(self, *arguments):
        return self.plan("--json", *arguments).stats

    def trace_file(self):
        """The trace as a file, also where it is a built-in one."""
        if not self.trace.startswith("builtin:"):
            return self.trace
        path = self.path("builtin.jsonl")
        if not os.path.exists(path):
            self._measure([self._plan, "generate", self.trace,
                           f"--output={path}"])
        return path
