"""What the report plots: (title, text under it, SVG)."""

import json

import plot
import timeline
from cli import Error

_NAMES = {"request": "request", "load": "load", "store": "store",
          "read": "block read", "write": "block write"}
_NINES = ("set logscale x", "set logscale y",
          "set xtics ('0%%' 1, '50%%' 2, '90%%' 10, '99%%' 100,"
          " '99.9%%' 1e3, '99.99%%' 1e4, '99.999%%' 1e5, '99.9999%%' 1e6)",
          "set xlabel 'share of samples below'",
          "set ylabel 'latency'", "set format y '%.0s %cs'",
          "set key below", "set rmargin 7")


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
    return [(title, text, plot.inline(series, _NINES, f"lat{number}", title))
            for number, (title, series) in enumerate(plots) if series]


def _throughput(logs):
    series = [(direction, timeline.throughput(logs, direction,
                                              timeline.end_of(logs)))
              for direction in ("read", "write")
              if any(log.of(direction) for log in logs)]
    title = "Throughput over time"
    settings = ("set xlabel 'seconds'", "set yrange [0:*]", "set key below",
                "set format y '%.0b %BB/s'")
    return (title, "All block jobs together, from fio's bandwidth logs.",
            plot.inline(series, settings, "bw", title))


def _latency_log(number, log):
    series = []
    for direction in log.directions():
        shares = ((0.5, "median"), (0.99, "P99")) if log.per_io else \
            ((None, "mean"),)
        for share, label in shares:
            points = timeline.quantile(log, direction, share, log.end)
            series.append((f"{direction}, {label}",
                           [(at, max(value, 1) / 1e9)
                            for at, value in points]))
    title = f"Latency over time: {log.name}"
    settings = ("set xlabel 'seconds'", "set logscale y", "set key below",
                "set format y '%.0s %cs'")
    return (title, f"From fio's log of {log.kind}.",
            plot.inline(series, settings, f"log{number}", title))


def over_time(logs):
    """Parts of a latency are left out where its whole is given."""
    logs = [log for log in logs if log.entries]
    bandwidth = [log for log in logs if log.kind == "bw" and not log.observes]
    whole = {(log.prefix, log.number) for log in logs if log.kind == "lat"}
    parts = [log for log in logs if log.kind == "lat" or
             log.kind in ("clat", "slat") and
             (log.prefix, log.number) not in whole]
    return ([_throughput(bandwidth)] if bandwidth else []) + \
        [_latency_log(number, log) for number, log in enumerate(parts)]


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


def hit_rate(curve, marks):
    """@marks is [(run name, slots, hit rate)]."""
    points = [(slots, 100 * rate) for slots, rate in curve if slots > 0]
    series = [("by capacity", points)]
    settings = ["set logscale x", "set xlabel 'capacity in blocks'",
                "set ylabel 'hit rate, %'", "set yrange [0:*]",
                "set key left top", "set format x '%.0s%c'"]
    for name, slots, rate in marks:
        series.append((name, [(slots, 0), (slots, 100 * rate)]))
    title = "Hit rate by capacity"
    return (title, "The capacity of each run is marked.",
            plot.inline(series, settings, "curve", title))


def make(runs, curve):
    made = latency(runs) + over_time([log for run in runs
                                      for log in run.logs])
    if curve:
        marks = [(run.name, run.plan.slots, run.plan.hit_rate)
                 for run in runs if run.plan and run.plan.slots and
                 run.plan.hit_rate is not None]
        made.append(hit_rate(curve, marks))
    return made
