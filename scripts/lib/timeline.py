"""fio's logs as figures over time: [(seconds, figure)], a step for each."""

import math

STEPS = 150


def _ran(job):
    """Seconds from the start of a job to its last I/O."""
    return max(job.direction(each).get("runtime", 0) / 1e3
               for each in ("read", "write"))


def end_of(logs):
    """Where the last of @logs ends, or the I/O of a job that they are of."""
    return max((max(log.end, _ran(log.job) if log.job else 0)
                for log in logs), default=0)


def _steps(end):
    """How many; fio's clock in logs has milliseconds."""
    return max(min(STEPS, int(end / 0.01)), 1)


def step_of(end):
    """Seconds of a step: the last one ends where the run does."""
    return end / _steps(end) or 0.01


def _at(seconds, end):
    """The step of a moment; the run's last moment is in its last step."""
    return min(int(seconds / step_of(end)), _steps(end) - 1)


def _points(totals, end):
    """Steps in which nothing happened count, too."""
    return [((at + 0.5) * step_of(end), totals.get(at, 0))
            for at in range(max(totals, default=-1) + 1)]


def _spread(totals, since, until, rate_, end):
    """Adds @rate_ times its part of each step between @since and @until."""
    step = step_of(end)
    for at in range(_at(since, end), _at(until, end) + 1):
        part = min(until, (at + 1) * step) - max(since, at * step)
        totals[at] = totals.get(at, 0) + rate_ * part / step


def _not_logged(log, logs, direction, moved):
    """
    (until when, bytes) that the log of means lacks: fio's last window is as
    a rule not over when the job ends. Known where no other log is of the job.
    """
    alone = log.job and sum(each.job is log.job for each in logs) == 1
    if not alone or log.per_io:
        return 0, 0
    return _ran(log.job), log.job.direction(direction).get("io_bytes", 0) - \
        moved


def throughput(logs, direction, end):
    """Bytes a second of all @logs together."""
    totals, step = {}, step_of(end)
    for log in logs:
        before = moved = 0
        window = float(log.job.options.get("log_avg_msec", 500)) / 1e3 \
            if log.job else 0.5
        for each in log.of(direction):
            if log.per_io:
                at = _at(each.seconds, end)
                totals[at] = totals.get(at, 0) + each.bytes / step
            else:
                # fio writes no entry for a window in which nothing moved.
                gap = each.seconds - before
                since = before if gap < 2 * window else each.seconds - window
                _spread(totals, since, each.seconds, each.value, end)
                moved += each.value * (each.seconds - since)
            before = each.seconds
        until, rest = _not_logged(log, logs, direction, moved)
        if rest > 0 and until > before:
            _spread(totals, before, until, rest / (until - before), end)
    return _points(totals, end)


def rate(moments, end):
    """How often a second, from [(seconds, how often)]."""
    totals, step = {}, step_of(end)
    for seconds, number in moments:
        at = _at(seconds, end)
        totals[at] = totals.get(at, 0) + number / step
    return _points(totals, end)


def quantile(log, direction, share, end):
    """Nanoseconds that @share of the samples of a step stay below."""
    if not log.per_io:
        return [(each.seconds, each.value) for each in log.of(direction)]
    parts, step = {}, step_of(end)
    for each in log.of(direction):
        parts.setdefault(_at(each.seconds, end), []).append(each.value)
    return [((at + 0.5) * step, _quantile(sorted(parts[at]), share))
            for at in sorted(parts)]


def _quantile(values, share):
    return values[min(int(share * len(values)), len(values) - 1)]


def evictions(run):
    """[(seconds, number)] of each request that evicts, when it was done."""
    log = next((log for log in run.logs if log.kind == "lat" and
                log.job in run.observers["request"]), None) or run.load_log()
    if not run.plan or not run.plan.evictions or not log or \
            any(each.offset is None for each in log.entries):
        return []
    rows = run.plan.asked("requests")
    return [(each.seconds, int(rows[each.offset % len(rows)]["evictions"]))
            for each in log.entries
            if rows and rows[each.offset % len(rows)]["evictions"] != "0"]


def syncs(run, end):
    """
    [(seconds, number)] of fsync= and fdatasync=, by the writes that they
    follow, in the steps up to @end: fio logs no syncs.
    """
    found = []
    for name in ("fsync", "fdatasync"):
        every = int(run.option(name, "0") or 0)
        writes = run.total("write", "total_ios")
        moved = run.total("write", "io_bytes")
        logs = [log for log in run.logs
                if log.kind == "bw" and not log.observes]
        if not every or not writes or not logs:
            continue
        found += [(at, rate_ * step_of(end) / (moved / writes) / every)
                  for at, rate_ in throughput(logs, "write", end)]
    return found


def heat(log, end, across=60, steps_a_decade=8):
    """[(from s, to s, from s of latency, to, samples)] of the full fields."""
    fields = {}
    width = max(end / across, 0.01)
    for each in log.entries:
        row = math.floor(math.log10(max(each.value, 1)) * steps_a_decade)
        key = min(int(each.seconds / width), across - 1), row
        fields[key] = fields.get(key, 0) + 1
    return [(x * width, (x + 1) * width,
             10 ** (y / steps_a_decade) / 1e9,
             10 ** ((y + 1) / steps_a_decade) / 1e9, number)
            for (x, y), number in sorted(fields.items())]
