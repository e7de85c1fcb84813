"""Runs side by side: what differs, which is best, what can't be compared."""

import units

# More of these is better; of latencies less is.
_MORE = {"qps", "qps_io", "hit_rate", "read_bw", "write_bw", "bw",
         "prefill.beaten", "prefill.break_even"}
_LESS = (".avg", ".p50", ".p95", ".p99", ".max")
# What two runs must have in common before their figures mean anything.
_WORKLOAD = ("trace", "max_requests", "shard", "model", "bytes_per_token",
             "kv_dtype", "block_tokens", "size", "lookup", "eviction", "admit",
             "memory_size", "replay_no_stall", "replay_time_scale",
             "arrivals", "sessions")
_SIZES = ("size", "memory_size")


def best(figures):
    """The number of the run that did best, None where nothing tells."""
    values = [(figure.value, number) for number, figure in enumerate(figures)
              if figure and figure.value is not None]
    if len(values) < 2 or len({value for value, _ in values}) < 2:
        return None
    key = figures[values[0][1]].key
    if key in _MORE:
        return max(values)[1]
    return min(values)[1] if key.endswith(_LESS) else None


def differences(figures):
    """What each differs from the first by, in percent; "" where none."""
    base = figures[0].value if figures[0] else None
    found = [""]
    for figure in figures[1:]:
        value = figure.value if figure else None
        if not base or value is None or value == base:
            found.append("")
        else:
            found.append(_difference(value, base))
    return found


def _difference(value, base):
    """'+12.3%', '+250%', or '53 x' where percent would say no more."""
    percent = 100 * (value - base) / base
    if percent >= 1000:
        return f"{units.count(value / base)} x"
    return f"{percent:+.1f}%" if abs(percent) < 100 else f"{percent:+.0f}%"


def _options(run):
    """As the job has them; equal sizes alike, however they are written."""
    own = run.blocks[0].options if run.blocks else {}
    return {name: _shown(name, own[name]) if name in own else "by default"
            for name in _WORKLOAD}


def _shown(name, value):
    number = units.parse_size(value)
    if not number:
        return value
    return units.size(number) if name in _SIZES else str(number)


def unlike(runs):
    """
    [(option, [(value, names of the runs that have it)])] of the options in
    which the workloads of the runs differ.
    """
    known = [_options(run) for run in runs]
    found = []
    for name in _WORKLOAD:
        values = {}
        for run, options in zip(runs, known):
            values.setdefault(options[name], []).append(run.name)
        if len(values) > 1:
            found.append((name, list(values.items())))
    return found
