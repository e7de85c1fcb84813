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
            found.append(f"{100 * (value - base) / base:+.1f}%")
    return found


def _options(run):
    """As the job has them; sizes in bytes, however they are written."""
    own = run.blocks[0].options if run.blocks else {}
    return {name: str(units.parse_size(own[name]) or own[name])
            if name in own else "by default" for name in _WORKLOAD}


def unlike(runs):
    """What is to be said before the runs are compared."""
    known = [_options(run) for run in runs]
    differing = [name for name in _WORKLOAD
                 if len({each[name] for each in known}) > 1]
    if not differing:
        return []
    return ["These runs did not do the same work, so their figures can't be "
            "compared as they stand: " + "; ".join(
                f"{name}=" + " | ".join(each[name] for each in known)
                for name in differing)]
