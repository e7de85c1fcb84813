"""
Reading and planning a trace, against CPython's json and a dict in the same go,
and from a compiled trace: lookups per second, memory per lookup, and how both
grow from one to a hundred times the trace.
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


def _seconds(run):
    return run.read_seconds + run.plan_seconds


def _speed(runs):
    """Million lookups a second of CPU time."""
    return spread(run.stats["lookups"] / _seconds(run) / 1e6 for run in runs)


def _measure_size(bench, times, path):
    """What is measured in turn, at so many times the trace."""
    compiled = bench.path("repeated.mct")
    bench.compile(path, compiled)
    return in_turn(3 if times == 100 else 5, {
        "plan": lambda: bench.plan("--json", trace=path),
        "compiled": lambda: bench.plan("--json", trace=compiled),
        "python": lambda: bench.count_ids(path)})


def _row(bench, found, times, path, tiny):
    results = _measure_size(bench, times, path)
    runs = results["plan"]
    lookups = runs[0].stats["lookups"]
    speed, mapped = _speed(runs), _speed(results["compiled"])
    faster = spread(python / _seconds(run) for python, run in
                    zip(results["python"], runs))
    peak = spread((run.peak - tiny) / lookups for run in runs)
    found.figures[f"lookups_per_second_{times}x"] = 1e6 * speed.median
    found.figures[f"compiled_lookups_per_second_{times}x"] = \
        1e6 * mapped.median
    found.figures[f"against_python_{times}x"] = faster.median
    found.figures[f"bytes_per_lookup_{times}x"] = peak.median
    return [
        f"{times} x", units.count(lookups),
        show(spread(run.read_seconds for run in runs), units.seconds),
        show(spread(run.plan_seconds for run in runs), units.seconds),
        show(speed), show(faster), show(mapped), units.size(runs[0].peak),
        units.digits(peak.median),
        units.digits(_with_steps(bench, path) / lookups)]


def measure(bench, found):
    source = bench.trace_file()
    rows = []
    tiny = bench.plan("--json", "--max-requests=1").peak
    for times in bench.choose((1, 10, 100), (1, 10)):
        path = bench.path("repeated.jsonl")
        bench.need_room(times * 10 << 20)
        _in_child(repeat, source, times, path)
        rows.append(_row(bench, found, times, path, tiny))
    found.table(["trace", "lookups", "read", "plan",
                 "million lookups a second", "times as fast as CPython",
                 "million a second, compiled", "memory", "bytes a lookup",
                 "bytes a lookup in fio"], rows)
    found.note(
        "CPU time and memory by mooncake-plan --timing, unbounded capacity; "
        "of CPython that of json.loads() for each line and dict.setdefault() "
        "for each id, without a plan. Bytes a lookup are above those of a run "
        "of one request; in fio they include the plan itself, which "
        "mooncake-plan does not keep.")
