"""
Reading and planning a trace: lookups per second, memory per lookup, and how
both grow from one to a hundred times the trace.
"""

import multiprocessing

import units
from pairs import in_turn, show, spread
from traces import repeat


def _in_child(function, *arguments):
    """What a program had in memory counts for those that it starts."""
    child = multiprocessing.Process(target=function, args=arguments)
    child.start()
    child.join()


def _with_steps(bench, path):
    """The memory of a run of fio, which keeps the plan, and of a tiny one."""
    def peak(**more):
        return bench.replay(trace=path, backend="null", bytes_per_token=8,
                            size="1p", number_ios=1, **more).usage.peak
    return peak() - peak(max_requests=1)


def measure(bench, found):
    source = bench.trace_file()
    rows, each_lookup = [], {}
    tiny = bench.plan("--json", "--max-requests=1").peak
    for times in bench.choose((1, 10, 100), (1, 10)):
        path = bench.path("repeated.jsonl")
        bench.need_room(times * 8 << 20)
        _in_child(repeat, source, times, path)
        runs = in_turn(3 if times == 100 else 5, {
            "plan": lambda p=path: bench.plan("--json", trace=p)})["plan"]
        lookups = runs[0].stats["lookups"]
        speed = spread(lookups / (run.read_seconds + run.plan_seconds) / 1e6
                       for run in runs)
        peak = spread((run.peak - tiny) / lookups for run in runs)
        each_lookup[times] = 1 / speed.median
        found.figures[f"lookups_per_second_{times}x"] = 1e6 * speed.median
        found.figures[f"bytes_per_lookup_{times}x"] = peak.median
        rows.append([
            f"{times} x", units.count(lookups),
            show(spread(run.read_seconds for run in runs), units.seconds),
            show(spread(run.plan_seconds for run in runs), units.seconds),
            show(speed), f"{each_lookup[times] / each_lookup[1]:.2f}",
            units.size(runs[0].peak), units.digits(peak.median),
            units.digits(_with_steps(bench, path) / lookups)])
    found.table(["trace", "lookups", "read", "plan",
                 "million lookups a second", "time a lookup against 1 x",
                 "memory", "bytes a lookup", "bytes a lookup in fio"], rows)
    found.note(
        "CPU time and memory by mooncake-plan --timing, unbounded capacity. "
        "Bytes a lookup are above those of a run of one request; in fio they "
        "include the plan itself, which mooncake-plan does not keep.")
