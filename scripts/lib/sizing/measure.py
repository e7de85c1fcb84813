"""What a target does with the first requests of a trace, by fio."""

import glob
import hashlib
import json
import os
import subprocess
import sys

import cli
import fiorun

from sizing import programs, traffic

# Runs of mooncake-saturate until it knows the answer to a tenth.
SEARCH_RUNS = 8

_CANNOT = 3


class Measure:
    def __init__(self, options, demand, target, size):
        self.options = options
        self.traffic = traffic.of(options)
        self.target = target
        self.folder = options.folder
        first = demand.first(size, options.run_bytes, options.run_time)
        self.requests = first.requests
        self.span_s = first.span_s
        self.read_bytes = first.reads * demand.slot
        self.write_bytes = first.writes * demand.slot
        # Without evictions no more of the cache than this is ever written.
        self.size = size if first.evictions else self.write_bytes
        self.answer = self.paced = None

    @property
    def bytes(self):
        return self.read_bytes + self.write_bytes

    def path(self, name):
        return os.path.join(self.folder, name)

    def write_job(self, name, log, **settings):
        """
        A job file for the target with observers; @log are options of that of
        loads.
        """
        common = {
            "ioengine": f"external:{programs.engine()}",
            "trace": _absolute(self.options.trace), **self.options.set,
            "max_requests": self.requests, "filename": self.target.file,
            "size": self.size, "rw": "randrw", **settings}
        drive = {"backend": "io_uring", "iodepth": 32, "direct": 1,
                 **self.options.fio}
        loads = {"observe": "load", "new_group": 1, **log}
        sections = (("global", common), ("drive", drive), ("loads", loads),
                    ("requests", {"observe": "request", "new_group": 1}))
        with open(self.path(f"{name}.fio"), "w", encoding="utf-8") as file:
            for section, members in sections:
                file.write(f"[{section}]\n")
                file.writelines(f"{key}={value}\n"
                                for key, value in members.items())
                file.write("\n")
        return self.path(f"{name}.fio")

    def run(self, name, text, **settings):
        """({figure: value}, the commands) of one run of fio."""
        plan = self.path(f"{name}.plan.json")
        job = self.write_job(name, {"write_lat_log": self.path(name)},
                             plan_json=plan, **settings)
        command = [fiorun.binary(), "--output-format=json+",
                   f"--output={self.path(name)}.json", job]
        print(text, flush=True)
        fiorun.run(command, fiorun.ticker(text))
        more = ["--plan", plan]
        if self.options.prefill_rate:
            logs = glob.glob(glob.escape(self.path(name)) + "_lat.*.log")
            more += ["--prefill-rate", str(self.options.prefill_rate),
                     "--logs", *logs]
        figures, report = programs.report(self.path(f"{name}.json"), *more)
        return figures, [command, report]

    def unpaced(self):
        return self.run("drive", f"{self.requests} requests without waiting",
                        replay_no_stall=1)

    def search(self):
        """(what mooncake-saturate found, the command)."""
        job = self.write_job("saturate", {})
        with open(job, "rb") as file:
            known = hashlib.sha256(file.read()).hexdigest()[:8]
        state = self.path(f"saturate-{known}.json")
        command = [programs.script("mooncake-saturate"), job, "--latency",
                   self.options.latency, "--percentile",
                   f"{self.options.percentile:g}", "--tolerance", "0.1",
                   *self.traffic.arguments, "--state", state]
        done = subprocess.run([sys.executable, *command], check=False)
        if done.returncode == cli.INTERRUPTED:
            raise KeyboardInterrupt
        if done.returncode not in (0, _CANNOT):
            raise cli.Error("mooncake-saturate failed: see above")
        with open(state, encoding="utf-8") as file:
            return json.load(file), command

    def paced_run(self, carried):
        settings, what = self.traffic.paced(carried)
        seconds = self.traffic.seconds(self.span_s, carried)
        return self.run("pace", f"{self.requests} requests {what}, "
                        f"{seconds:.0f} s", **settings)


def _absolute(trace):
    return trace if trace.startswith("builtin:") else os.path.abspath(trace)
