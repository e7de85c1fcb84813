"""What the report plots: (title, text under it, SVG)."""

import json
import math

import axis
import plot
import timeline
import units
from cli import Error

_NAMES = {"request": "request", "load": "load", "store": "store",
          "read": "block read", "write": "block write"}
_NINES = ("set logscale x", "set xrange [1:*] noextend",
          "set xtics ('0%%' 1, '50%%' 2, '90%%' 10, '99%%' 100,"
          " '99.9%%' 1e3, '99.99%%' 1e4, '99.999%%' 1e5, '99.9999%%' 1e6)",
          "set xlabel 'share of samples below'",
          "set ylabel 'latency'", "set rmargin 5")

# Fewer numbers fit.
_FEW_NINES = ("set xtics ('0%%' 1, '90%%' 10, '99%%' 100, '99.9%%' 1e3,"
              " '' 1e4, '99.999%%' 1e5, '' 1e6)", "unset ylabel")

# fio may time a few I/Os at next to nothing; the axis is for all others.
_LEFT_OUT = 0.01


def _distribution(samples):
    """Points (1 / (1 - share), seconds): each nine of share is a decade."""
    return [(1 / (1 - share), value / 1e9)
            for share, value in samples.curve() if share < 1 and value > 0]


def _samples(run, kind):
    if kind in run.observers:
        return run.samples(kind)
    return run.block_latency(kind)[0]


def latency(runs):
    """One run: a curve for each kind. Several: a plot for each kind."""
    curves = {kind: [(run, _distribution(_samples(run, kind)))
                     for run in runs] for kind in _NAMES}
    curves = {kind: [(run, points) for run, points in each if points]
              for kind, each in curves.items()}
    plots = []
    if len(runs) == 1:
        series = [(_NAMES[kind], each[0][1])
                  for kind, each in curves.items() if each]
        plots.append(("Latency distribution", series))
    else:
        for kind, each in curves.items():
            series = [(run.name, points, "lines", runs.index(run))
                      for run, points in each]
            plots.append((f"Latency distribution: {_NAMES[kind]}", series))
    text = ("At 99% stands the latency that 99 of 100 samples stayed below; "
            "each further nine leaves a tenth as many above it.")
    return [(title, text, plot.inline(
        series, (*_NINES, *axis.latency("y", _most_values(series))),
        f"lat{number}", title, narrow=_FEW_NINES))
            for number, (title, series) in enumerate(plots) if series]


def _most_values(series):
    """Those of the distributions that their axis is for."""
    return [value for _, points, *_ in series for at, value in points
            if 1 - 1 / at >= _LEFT_OUT or (at, value) == points[-1]]


_MARK = "#dc2626"

# Options of a plan that decide its hit rates, with the capacity.
_OF_CURVE = ("trace", "max_requests", "block_tokens", "timestamp_unit",
             "session_rows", "sessions", "partial", "warmup_requests",
             "lookup", "eviction", "admit", "memory_size", "offload", "shard",
             "bad_lines", "layout", "evict_high", "evict_low")

_SAMPLES = {"request": "requests", "load": "loads", "store": "stores"}

# How opaque the field of a single sample is: often the slowest of all.
FAINTEST = 0.3


def _prefix(run, runs):
    return f"{run.name}: " if len(runs) > 1 else ""


def _first_eviction(run):
    """(settings, legend) that mark when the cache was full."""
    moments = timeline.evictions(run)
    if not moments:
        return (), ()
    at = min(seconds for seconds, _ in moments)
    return ((f"set arrow from {at:.9g},graph 0 to {at:.9g},graph 1 nohead "
             f"dt 2 lw 1.5 lc rgb '{_MARK}'",),
            (("the cache is full: evictions begin", _MARK),))


def _most(series):
    return max((y for _, points in series for _, y in points), default=0)


def _throughput(run, runs, number):
    logs = [log for log in run.logs
            if log.kind == "bw" and log.entries and not log.observes]
    if not logs:
        return []
    end = timeline.end_of(run.logs)
    series = [(direction, timeline.throughput(logs, direction, end))
              for direction in ("read", "write")
              if any(log.of(direction) for log in logs)]
    arrow, legend = _first_eviction(run)
    title = _prefix(run, runs) + "Throughput over time"
    most = _most(series)
    size, unit = units.scale(most)
    series = [(name, [(x, y / size) for x, y in points])
              for name, points in series]
    settings = (*axis.time(end), *axis.linear("y", most / size),
                f"set ylabel '{unit}/s'", *arrow)
    return [(title, "What all block jobs read and wrote together.",
             plot.inline(series, settings, f"bw{number}", title, legend))]


_OF_EVICTIONS = "An eviction counts when the request that needs the room is " \
    "done."
_OF_SYNCS = "fio logs no syncs: each is drawn with the writes that it follows."


def _changes(run, runs, number):
    """Evictions and syncs a second, where there are any."""
    end = timeline.end_of(run.logs)
    found = [(name, timeline.rate(moments, end), text)
             for name, moments, text in (
                 ("evictions", timeline.evictions(run), _OF_EVICTIONS),
                 ("syncs", timeline.syncs(run, end), _OF_SYNCS)) if moments]
    if not found:
        return []
    names = " and ".join(name for name, _, _ in found).capitalize()
    title = f"{_prefix(run, runs)}{names} over time"
    series = [(name, points) for name, points, _ in found]
    settings = (*axis.time(end), *axis.linear("y", _most(series)),
                "set ylabel 'a second'")
    return [(title, " ".join(text for _, _, text in found),
             plot.inline(series, settings, f"changes{number}", title))]


def _latency_log(run):
    """Of loads, else of requests, else of whatever has one."""
    logs = [log for log in run.logs if log.kind == "lat" and log.entries]
    kinds = ("load", "request", "store", "none")
    return min(logs, default=None, key=lambda log: kinds.index(
        log.job.observe if log.job and log.job.observe in kinds else "none"))


def _latency_over_time(run, runs, number):
    log, end = _latency_log(run), timeline.end_of(run.logs)
    if not log:
        return []
    series = []
    for direction in log.directions():
        shares = ((0.5, "P50"), (0.99, "P99")) if log.per_io else \
            ((None, "mean"),)
        series += [(f"{direction}, {label}" if not log.observes else label,
                    [(at, max(value, 1) / 1e9) for at, value in
                     timeline.quantile(log, direction, share, end)])
                   for share, label in shares]
    arrow, legend = _first_eviction(run)
    title = f"{_prefix(run, runs)}Latency of {_what(log)} over time"
    settings = (*axis.time(end), *axis.latency("y", [
        value for _, points in series for _, value in points]), *arrow)
    text = "Of what completed in each " \
        f"{units.nanoseconds(timeline.step_of(end) * 1e9)}." if log.per_io \
        else "Means over the time between two entries of fio's log."
    made = [(title, text,
             plot.inline(series, settings, f"log{number}", title, legend))]
    if log.per_io:
        made += _heat_map(log, end, _prefix(run, runs), number)
    return made


def _what(log):
    """The samples of a log: 'loads', or the block job that it is of."""
    return _SAMPLES.get(log.job.observe if log.job else None, log.name)


def _heat_map(log, end, prefix, number):
    boxes = timeline.heat(log, end)
    if not boxes:
        return []
    most = max(each[4] for each in boxes)
    points = []
    for x0, x1, y0, y1, count in boxes:
        share = math.log(count) / math.log(most) if most > 1 else 1
        clear = (1 - FAINTEST) * (1 - share)
        points.append(((x0 + x1) / 2, (y0 * y1) ** 0.5, x0, x1, y0, y1,
                       (int(255 * clear) << 24) + plot.HEAT))
    style = "boxxyerror fs solid noborder lc rgb variable"
    title = f"{prefix}Heat map: latency of {_what(log)}"
    settings = (*axis.time(end), *axis.latency("y", [
        value for each in boxes for value in each[2:4]]))
    text = f"The stronger its colour, the more {_what(log)} are in a field: " \
        f"from 1 to {most}, on a logarithmic scale."
    return [(title, text, plot.inline(
        [("", points, style)], settings, f"heat{number}", title))]


def over_time(runs):
    made = []
    for number, run in enumerate(runs):
        for draw in (_throughput, _changes, _latency_over_time):
            made += draw(run, runs, number)
    return made


def _rows_of_csv(text, path):
    lines = [line for line in text.splitlines() if line.strip()]
    names = [name.strip() for name in lines[0].split(",")]
    rows = [dict(zip(names, line.split(","))) for line in lines[1:]]
    if "hit_rate" not in names:
        raise Error(f"{path}: no hit-rate curve: the first line must name "
                    "the columns slots and hit_rate")
    return rows


def _rows_of_json(value, path):
    if isinstance(value, dict):
        value = next((each for each in value.values()
                      if isinstance(each, list)), None)
    if not isinstance(value, list) or \
            not all(isinstance(each, dict) for each in value):
        raise Error(f"{path}: no hit-rate curve: a list of objects with "
                    "slots and hit_rate is needed")
    return value


def read_curve(path):
    """[(slots, hit rate)] as mooncake-plan writes them, as CSV or JSON."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Error(f"{path}: {error}") from error
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        value = None
    rows = _rows_of_csv(text, path) if value is None else \
        _rows_of_json(value, path)
    points = []
    for row in rows:
        slots = row.get("slots", row.get("capacity"))
        try:
            points.append((float(slots), float(row["hit_rate"])))
        except (TypeError, ValueError, KeyError):
            continue
    if not points:
        raise Error(f"{path}: no row with slots and hit_rate")
    return sorted(points)


def _curve_of(plan):
    """From mooncake-plan, where the plan is there."""
    return sorted((float(row["capacity"]), float(row["hit_rate"]))
                  for row in plan.asked("curve")) if plan else []


def _of_one_curve(runs):
    """Lists of the runs whose hit rates depend on capacity in the same way."""
    groups = {}
    for run in runs:
        options = run.plan.options if run.plan else {}
        key = [str(options.get(name)) for name in _OF_CURVE]
        if options.get("memory_size") or options.get("layout") == "buckets":
            key.append(run.plan.slot_bytes)
        groups.setdefault(tuple(key), []).append(run)
    return list(groups.values())


def _capacities(runs):
    """{(slots, hit rate): the runs that had them}"""
    found = {}
    for run in runs:
        if run.plan and run.plan.slots and run.plan.hit_rate is not None:
            found.setdefault((run.plan.slots, run.plan.hit_rate),
                             []).append(run)
    return found


def hit_rate(curve, group, runs, number):
    """The capacity of each run of the @group is marked by a line."""
    points = [(slots, 100 * rate) for slots, rate in curve if slots > 0]
    marks = _capacities(group)
    # Between two points the rate is that of the smaller.
    series = [("by capacity", points, "steps", None)]
    series += [("this run" if len(runs) == 1 else
                ", ".join(run.name for run in marked),
                [(slots, 0), (slots, 100 * rate)], "lines",
                runs.index(marked[0]))
               for (slots, rate), marked in marks.items()]
    most = max(rate for _, points, *_ in series for _, rate in points)
    end = 1.2 * max(slots for _, points, *_ in series for slots, _ in points)
    settings = ("set logscale x", "set xlabel 'capacity in blocks'",
                "set ylabel 'hit rate, %'", *axis.linear("y", most),
                f"set xrange [1:{end:.9g}]", "set format x '%.0s%c'")
    title = "Hit rate by capacity"
    if len(group) < len(runs):
        title += ": " + ", ".join(run.name for run in group)
    return [(title, "What mooncake-plan says of this trace, without I/O.",
             plot.inline(series, settings, f"curve{number}", title))]


def make(runs, curve):
    """The @curve that was given is of the first run's trace."""
    made = latency(runs) + over_time(runs)
    for number, group in enumerate(_of_one_curve(runs)):
        points = not number and curve or _curve_of(group[0].plan)
        if points:
            made += hit_rate(points, group, runs, number)
    return made
