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
          "set ylabel 'latency'", "set rmargin 7")

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
            series = [(run.name, points) for run, points in each]
            plots.append((f"Latency distribution: {_NAMES[kind]}", series))
    text = ("Quickest on the left; each power of ten leaves a tenth of the "
            "samples to its right.")
    return [(title, text, plot.inline(
        series, (*_NINES, *axis.latency("y", _most_values(series))),
        f"lat{number}", title, narrow=_FEW_NINES))
            for number, (title, series) in enumerate(plots) if series]


def _most_values(series):
    """Those of the distributions that their axis is for."""
    return [value for _, points in series for at, value in points
            if 1 - 1 / at >= _LEFT_OUT or (at, value) == points[-1]]


_MARK = "#dc2626"


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
    end = timeline.end_of(logs)
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


def _changes(run, runs, number):
    """Evictions and fsyncs a second, where there are any."""
    end = timeline.end_of(run.logs)
    series = [(name, timeline.rate(moments, end)) for name, moments in
              (("evictions", timeline.evictions(run)),
               ("fsyncs", timeline.syncs(run, end))) if moments]
    if not series:
        return []
    title = _prefix(run, runs) + "Evictions and fsyncs over time"
    text = "A second. Evictions are the plan's, when their request was done;" \
        " fsyncs follow the writes as the option asks."
    return [(title, text, plot.inline(
        series, (*axis.time(end), *axis.linear("y", _most(series))),
        f"changes{number}", title))]


def _latency_log(run):
    """Of loads, else of requests, else of whatever has one."""
    logs = [log for log in run.logs if log.kind == "lat" and log.entries]
    kinds = ("load", "request", "store", "none")
    return min(logs, default=None, key=lambda log: kinds.index(
        log.job.observe if log.job and log.job.observe in kinds else "none"))


def _latency_over_time(run, runs, number):
    log = _latency_log(run)
    if not log:
        return []
    series = []
    for direction in log.directions():
        shares = ((0.5, "P50"), (0.99, "P99")) if log.per_io else \
            ((None, "mean"),)
        series += [(f"{direction}, {label}" if not log.observes else label,
                    [(at, max(value, 1) / 1e9) for at, value in
                     timeline.quantile(log, direction, share, log.end)])
                   for share, label in shares]
    arrow, legend = _first_eviction(run)
    title = f"{_prefix(run, runs)}Latency of {log.name} over time"
    settings = (*axis.time(log.end), *axis.latency("y", [
        value for _, points in series for _, value in points]), *arrow)
    made = [(title, "By what completed in each stretch of time.",
             plot.inline(series, settings, f"log{number}", title, legend))]
    if log.per_io:
        made += _heat_map(log, _prefix(run, runs), number)
    return made


def _heat_map(log, prefix, number):
    boxes = timeline.heat(log)
    if not boxes:
        return []
    most = max(each[4] for each in boxes)
    points = []
    for x0, x1, y0, y1, count in boxes:
        seen = 1 - 0.88 * (math.log(count + 1) / math.log(most + 1))
        points.append(((x0 + x1) / 2, (y0 * y1) ** 0.5, x0, x1, y0, y1,
                       (int(255 * seen) << 24) + 0x0072b2))
    style = "boxxyerror fs solid noborder lc rgb variable"
    title = f"{prefix}Heat map: latency of {log.name}"
    settings = (*axis.time(log.end), *axis.latency("y", [
        value for each in boxes for value in each[2:4]]))
    return [(title, "The darker a field, the more samples (on a logarithmic "
             f"scale, up to {most}).", plot.inline(
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


def _curve_of(runs):
    """From mooncake-plan, where the first plan is there."""
    plan = next((run.plan for run in runs if run.plan), None)
    return sorted((float(row["capacity"]), float(row["hit_rate"]))
                  for row in plan.asked("curve")) if plan else []


def _capacities(runs):
    """{(slots, hit rate): names of the runs that had them}"""
    found = {}
    for run in runs:
        if run.plan and run.plan.slots and run.plan.hit_rate is not None:
            found.setdefault((run.plan.slots, run.plan.hit_rate),
                             []).append(run.name)
    return found


def hit_rate(curve, runs):
    """The capacity of each run is marked by a line."""
    points = [(slots, 100 * rate) for slots, rate in curve if slots > 0]
    marks = _capacities(runs)
    whose = "this run" if len(runs) == 1 else "these runs"
    # Between two points the rate is that of the smaller.
    series = [("by capacity", points, "steps")]
    series += [(whose if len(marks) == 1 else ", ".join(names),
                [(slots, 0), (slots, 100 * rate)])
               for (slots, rate), names in marks.items()]
    settings = ("set logscale x", "set xlabel 'capacity in blocks'",
                "set ylabel 'hit rate, %'",
                *axis.linear("y", max(rate for _, rate in points)),
                "set xrange [1:*] noextend", "set format x '%.0s%c'")
    title = "Hit rate by capacity"
    return [(title, "What mooncake-plan says of this trace, without I/O.",
             plot.inline(series, settings, "curve", title))]


def make(runs, curve):
    curve = curve or _curve_of(runs)
    return latency(runs) + over_time(runs) + \
        (hit_rate(curve, runs) if curve else [])
