#!/usr/bin/python3
"""
What lateness is compared with: does nothing but wait for the arrivals in a
JSON list of seconds, in the way of engine/wait.c. Prints how late each was
noticed, in nanoseconds, and the seconds and seconds of CPU time of it all.
"""

import ctypes
import gc
import json
import sys
import time

SPIN_NS = 60_000
# The first deadline is not over while the list of them is made.
HEAD_START_NS = 20_000_000
PR_SET_TIMERSLACK = 29


def wait(deadlines):
    """Returns the time at which each wait was over."""
    now_ns, sleep = time.monotonic_ns, time.sleep
    noticed = [0] * len(deadlines)
    for at, deadline in enumerate(deadlines):
        now = now_ns()
        if deadline > now + SPIN_NS:
            sleep((deadline - now - SPIN_NS) / 1e9)
            now = now_ns()
        while now < deadline:
            now = now_ns()
        noticed[at] = now
    return noticed


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        arrivals = json.load(file)
    ctypes.CDLL(None).prctl(PR_SET_TIMERSLACK, ctypes.c_ulong(1))
    gc.disable()
    cpu, start = time.process_time(), time.monotonic_ns() + HEAD_START_NS
    deadlines = [start + round(1e9 * each) for each in arrivals]
    noticed = wait(deadlines)
    json.dump({"late_ns": [a - b for a, b in zip(noticed, deadlines)],
               "seconds": (noticed[-1] - start) / 1e9,
               "cpu_seconds": time.process_time() - cpu}, sys.stdout)


main()
